"""Models and decisions in the warehouse: written with the rows or not at all, and never changed."""

import json
import multiprocessing
import signal
from dataclasses import replace
from datetime import date

import pytest
from tests.adapters.models.victim import train_and_die
from tests.adapters.store.conftest import Points, rows_of
from tests.fixtures_postgres import run_sql
from tests.unit.application.models.pace import (
    DECEMBER,
    MODEL,
    NAME,
    NOVEMBER,
    OCTOBER,
    SCORE,
    Gym,
    version_of,
)

from work_data_hub.application.ledgers import CHAMPION_LEDGER, MODEL_VERSIONS, PUBLISHES
from work_data_hub.application.models.book import Action
from work_data_hub.application.models.decisions import promote, promotion, roll_back
from work_data_hub.application.ports import PublishRequest
from work_data_hub.application.runs import PublishRecord, Result
from work_data_hub.application.status import State
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.errors import InputChangedError, PermanentError
from work_data_hub.domain.kernel.models import ModelVerdict
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.domain.pipelines.champions import recompute
from work_data_hub.io.loader.champions import WarehouseChampions, write_trained
from work_data_hub.io.loader.store import PUBLISH_POINTS, WarehouseStore
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader

processes = multiprocessing.get_context("spawn")
WHY = {"actor": "ann", "reason": "sie rät zu hoch 价格"}
BEFORE_COMMIT = PUBLISH_POINTS[:-1]


def ledgers(loader: WarehouseLoader) -> tuple[int, int, int]:
    """Count versions, entries and publishes."""
    counts = [len(rows_of(loader, contract)) for contract in (MODEL_VERSIONS, CHAMPION_LEDGER, PUBLISHES)]
    return counts[0], counts[1], counts[2]


def test_what_is_written_comes_back(gym: Gym, book: WarehouseChampions) -> None:
    first = gym.month(OCTOBER, "first 价格", 1.0)
    worse = gym.month(NOVEMBER, "worse", 1.5)
    kept, refused = book.versions(NAME, (first,))
    assert (kept.version, kept.content, kept.period) == (first, "first 价格", date(2025, 10, 1))
    assert (kept.domain, kept.member, kept.table) == ("gym", None, MODEL.key)
    assert kept.about["metrics"] == {"mae": 0.5}
    assert (refused.version, refused.content, refused.sha256[:12]) == (worse, None, worse)
    # the inputs of the training stand beside what the training itself says
    assert refused.about["inputs"] == [
        {"name": "hub.platform.champion_ledger:pace", "scope": "period<2025-11-01", "version": first}
    ]
    entry = book.entries(NAME)[-1].decision
    assert (entry.action, entry.verdict, entry.champion) == (Action.JUDGED, ModelVerdict.REFUSED, first)
    assert entry.run_id == "run-2"
    judged = recompute(entry.evidence)
    assert (judged.verdict, judged.reason, judged.rows) == (entry.verdict, entry.reason, entry.rows)
    assert book.names() == (NAME,)


def test_the_champion_of_a_month(gym: Gym, book: WarehouseChampions) -> None:
    first, second = gym.month(OCTOBER, "first", 1.0), gym.month(NOVEMBER, "second", 0.9)
    found = book.champion(NAME, DECEMBER)
    assert found is not None
    assert (found.version, found.content, found.about["loss"]) == (second, "second", 0.9)
    before = book.champion(NAME, NOVEMBER, incumbent=True)
    assert before is not None
    assert before.version == first
    assert book.champion(NAME, OCTOBER, incumbent=True) is None
    assert book.champion("nobody", None) is None


def test_promotion_and_roll_back_are_entries_of_their_own(gym: Gym, book: WarehouseChampions) -> None:
    first = gym.month(OCTOBER, "first", 1.0)
    second = gym.month(NOVEMBER, "second", 0.9)
    gym.run(DECEMBER)
    entry = roll_back(book, NAME, month=DECEMBER, **WHY)
    assert entry == book.entries(NAME)[-1]
    assert (entry.decision.champion, entry.decision.incumbent) == (first, second)
    assert (entry.decision.actor, entry.decision.reason) == ("ann", WHY["reason"])
    assert gym.states(DECEMBER)[SCORE.key, "2025-12"].reason.startswith(
        "hub.platform.champion_ledger:pace changed"
    )
    gym.trains("second", 0.9)
    _, scored = gym.run(DECEMBER)
    assert (scored.result, gym.scored_with(DECEMBER)) == (Result.PUBLISHED, first)
    promote(book, NAME, second, month=DECEMBER, **WHY)
    gym.run(DECEMBER)
    assert (gym.scored_with(DECEMBER), gym.scored_with(NOVEMBER)) == (second, second)
    assert {state.state for state in gym.states(OCTOBER, NOVEMBER, DECEMBER).values()} == {State.FRESH}


def test_a_model_that_is_trained_again_is_kept_once_and_judged_twice(
    gym: Gym, loader: WarehouseLoader
) -> None:
    gym.month(OCTOBER, "first", 1.0)
    gym.run(OCTOBER, force=True)
    assert ledgers(loader) == (1, 2, 4)


def test_a_decision_on_an_outdated_view_is_refused(gym: Gym, book: WarehouseChampions) -> None:
    gym.month(OCTOBER, "first", 1.0)
    plain = gym.month(NOVEMBER, "plain", 1.5)
    late = promotion(book, NAME, plain, month=NOVEMBER, **WHY)
    roll_back(book, NAME, month=NOVEMBER, **WHY)
    with pytest.raises(InputChangedError, match="another decision about pace for 2025-11 was made meanwhile"):
        book.decide(late)
    assert book.entries(NAME)[-1].decision.action is Action.ROLLED_BACK


@pytest.mark.parametrize("table", [MODEL, SCORE])
def test_a_decision_while_a_month_is_built_stops_its_publish(
    gym: Gym, book: WarehouseChampions, points: Points, table: TableContract
) -> None:
    gym.month(OCTOBER, "first", 1.0)
    plain = gym.month(NOVEMBER, "plain", 1.5)
    gym.trains("other", 0.5)
    if table is SCORE:
        points.once("opened", lambda: None)
    points.once("opened", lambda: promote(book, NAME, plain, month=DECEMBER, **WHY))
    with pytest.raises(InputChangedError, match=f"the champion of pace changed while {table.name} was built"):
        gym.run(DECEMBER)
    trained_again, scored = gym.run(DECEMBER)
    assert gym.ports.ledger.latest(SCORE, Scope.month(DECEMBER)) == scored.record
    assert trained_again.record.inputs[0].version in {plain, version_of("first")}


@pytest.mark.parametrize("point", BEFORE_COMMIT)
def test_a_fault_before_the_commit_leaves_neither_version_nor_entry(
    gym: Gym, loader: WarehouseLoader, points: Points, point: str
) -> None:
    def break_off() -> None:
        raise PermanentError("pulled the plug", fix="none")

    first = gym.month(OCTOBER, "first", 1.0)
    before = ledgers(loader)
    points.once(point, break_off)
    gym.trains("second", 0.5)
    with pytest.raises(PermanentError, match="pulled the plug"):
        gym.run(NOVEMBER)
    assert ledgers(loader) == before
    assert gym.month(NOVEMBER, "second", 0.5) == gym.scored_with(NOVEMBER) != first


@pytest.mark.parametrize(("point", "survives"), [("reconciled", False), ("committed", True)])
def test_killed_at_a_point_of_the_publish(
    gym: Gym, gym_url: str, loader: WarehouseLoader, point: str, survives: bool
) -> None:
    first = gym.month(OCTOBER, "first", 1.0)
    victim = processes.Process(target=train_and_die, args=(gym_url, point))
    victim.start()
    victim.join(60)
    assert victim.exitcode == -signal.SIGKILL
    more = int(survives)
    assert ledgers(loader) == (1 + more, 1 + more, 2 + more)
    second = version_of("second")
    champion = gym.ports.champion_book.champion(NAME, NOVEMBER)
    assert champion is not None
    assert champion.version == (second if survives else first)


def test_a_member_and_its_month_are_told_by_the_scope(
    gym: Gym, loader: WarehouseLoader, gym_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests: list[PublishRequest] = []
    publish = WarehouseStore.publish

    def listening(store: WarehouseStore, request: PublishRequest) -> PublishRecord:
        requests.append(request)
        return publish(store, request)

    monkeypatch.setattr(WarehouseStore, "publish", listening)
    first = gym.month(OCTOBER, "first", 1.0)
    run_sql(gym_url, "DELETE FROM hub.model_versions")
    scope = Scope((("version", "BU1"), *requests[0].scope.values))
    request = replace(requests[0], contract=replace(MODEL, member="version"), scope=scope)
    loader.run(lambda session: write_trained(session, request))
    (row,) = rows_of(loader, MODEL_VERSIONS)
    assert (row["member"], row["period"], row["version"]) == ("BU1", date(2025, 10, 1), first)
    assert json.loads(row["about"])["code_version"] == "code"
