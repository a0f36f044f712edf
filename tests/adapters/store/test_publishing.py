"""One publish: what it writes, what it leaves alone, and what happens when it is interrupted."""

import threading
import time
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest
from tests.adapters.loader.conftest import Heard
from tests.adapters.store.conftest import CLOCK, Points, create_tables, in_both, rows_of
from tests.adapters.store.ledger_lines import (
    DECEMBER,
    LINES,
    NOVEMBER,
    ODD_ROWS,
    RICH,
    comparison,
    lines,
    many_lines,
    outcome,
    rejection,
    request,
)
from tests.adapters.store.proxy import lossy
from tests.fixtures_postgres import run_sql

from work_data_hub.application.ledgers import (
    DATA_QUALITY_METRICS,
    PUBLISHES,
    QUARANTINE,
    RECONCILIATION,
)
from work_data_hub.application.runs import InputVersion
from work_data_hub.domain.kernel.contract import Reference, Store, WriteMode
from work_data_hub.domain.kernel.errors import InputChangedError, PermanentError
from work_data_hub.domain.kernel.frames import identity_hash, to_arrow
from work_data_hub.domain.kernel.outcome import Comparison
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.io.loader.ledger import WarehouseLedger
from work_data_hub.io.loader.records import publish_record, publish_row
from work_data_hub.io.loader.store import LAKE_POINTS, PUBLISH_POINTS, WarehouseStore
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader


@pytest.fixture
def shop_url(migrated_url: str) -> str:
    create_tables(migrated_url, LINES, KNOWN)
    return migrated_url


COPYING = (
    "SELECT pid FROM pg_stat_progress_copy WHERE relid = 'shop_gold.lines'::regclass AND tuples_processed > 0"
)
KNOWN = replace(LINES, key="shop.gold.known", write_mode=WriteMode.UPSERT, primary_key=("line",))
ONE = lines([{"name": "一"}])
TWO = lines([{"name": "一"}, {"name": "二"}])


def stored(store: WarehouseStore) -> pa.Table:
    return to_arrow(LINES, store.read(LINES, NOVEMBER))


def contents(store: WarehouseStore) -> list[str]:
    return [str(name) for name in stored(store)["name"].to_pylist()]


def points_of(kind: Store) -> tuple[str, ...]:
    return LAKE_POINTS if kind is Store.LAKE else PUBLISH_POINTS


def by_name(lines_: tuple[Comparison, ...]) -> list[Comparison]:
    return sorted(lines_, key=lambda line: line.subject)


@in_both
def test_rows_come_back_as_they_were_published(store: WarehouseStore) -> None:
    record = store.publish(request(RICH))
    rows = stored(store)
    assert rows.drop_columns(["run_id"]).equals(lines(ODD_ROWS))
    assert set(rows["run_id"].to_pylist()) == {"run-1"}
    assert identity_hash(LINES, rows) == record.identity_hash


@in_both
def test_named_columns_come_alone_and_in_key_order(store: WarehouseStore) -> None:
    turned = lines(ODD_ROWS).take([4, 2, 0, 3, 1])
    store.publish(request(outcome(turned)))
    found = store.read(LINES, NOVEMBER, ("ratio", "name"))
    assert list(found.columns) == ["ratio", "name"]
    assert found["name"].tolist()[:2] == ["中国人寿", ""]
    assert found["name"].isna().tolist() == [False, False, True, False, False]


@in_both
def test_rows_before_a_month_are_read_together(store: WarehouseStore) -> None:
    for month in (NOVEMBER, DECEMBER, Scope.month(Period(2026, 1))):
        store.publish(request(outcome(lines([{}, {}], month)), f"run-{month}", scope=month))
    before = store.read(LINES, Scope.months_before(Period(2026, 1)), ("period",))
    assert before["period"].tolist() == [date(2025, 11, 1)] * 2 + [date(2025, 12, 1)] * 2
    assert len(store.read(LINES, Scope())) == 6


@in_both
def test_the_identity_tells_a_null_from_an_empty_text_and_from_the_word(store: WarehouseStore) -> None:
    made = [outcome(lines([{"name": name}])) for name in (None, "", "null", "None")]
    hashes = [store.publish(request(one, f"run-{n}")).identity_hash for n, one in enumerate(made)]
    assert len(set(hashes)) == 4


@in_both
def test_the_ledger_gives_back_what_the_publish_returned(
    store: WarehouseStore, ledger: WarehouseLedger
) -> None:
    inputs = (InputVersion("甲.xlsx", "2025-11", "a" * 64), InputVersion("x.y.z", "all", "absent"))
    record = store.publish(request(RICH, inputs=inputs))
    found = ledger.latest(LINES, NOVEMBER)
    assert found is not None
    assert replace(found, comparisons=()) == replace(record, comparisons=())
    assert by_name(found.comparisons) == by_name(record.comparisons) == by_name(RICH.comparisons)
    assert (found.inputs, found.counts, found.totals) == (inputs, RICH.counts, RICH.totals)
    assert (found.warnings, found.facts) == (RICH.warnings, RICH.facts)
    assert ledger.publishes([LINES]) == (found,)
    assert ledger.latest(LINES, DECEMBER) is None


def test_a_ledger_row_turns_back_into_its_record() -> None:
    wanted, now = request(RICH), CLOCK.now()
    record = publish_record(publish_row(wanted, "identity", 1.5, now), RICH.comparisons)
    assert (record.run_id, record.table, record.scope) == ("run-1", LINES.key, "period=2025-11-01")
    assert (record.counts, record.totals, record.comparisons) == (RICH.counts, RICH.totals, RICH.comparisons)
    assert (record.warnings, record.facts, record.contract_version) == (RICH.warnings, RICH.facts, "1.2.0")
    assert (record.identity_hash, record.seconds, record.published_at) == ("identity", 1.5, now)


@in_both
def test_comparisons_are_replaced_within_their_scope_and_metrics_are_kept_by_run(
    store: WarehouseStore, loader: WarehouseLoader
) -> None:
    store.publish(request(RICH))
    store.publish(request(outcome(lines([], DECEMBER), comparisons=RICH.comparisons[:1]), scope=DECEMBER))
    second = outcome(ONE, comparisons=(comparison("new", Decimal(1), Decimal(1)),), facts=RICH.facts)
    store.publish(request(second, "run-2"))
    told = {(row["scope_key"], row["subject"], row["verdict"]) for row in rows_of(loader, RECONCILIATION)}
    assert told == {(NOVEMBER.key, "new", "ties"), (DECEMBER.key, "金额 row 9", "ties")}
    metrics = {(row["run_id"], row["metric"], row["value"]) for row in rows_of(loader, DATA_QUALITY_METRICS)}
    assert metrics == {
        (run, name, value)
        for run in ("run-1", "run-2")
        for name, value in (("rejected.rows", 2.0), ("名称.null_ratio", 0.2))
    }


@in_both
def test_evidence_alone_leaves_the_table_and_its_ledger_as_they_were(
    store: WarehouseStore, ledger: WarehouseLedger, loader: WarehouseLoader
) -> None:
    record = store.publish(request(outcome(TWO, rejections=(rejection(1),))))
    refused = request(outcome(ONE, rejections=(rejection(2), rejection(3, "missing"))), "run-2")
    store.keep_evidence(refused)
    store.keep_evidence(refused)
    assert contents(store) == ["一", "二"]
    assert ledger.latest(LINES, NOVEMBER) == record
    kept = {(row["row_number"], row["rule"], row["state"]) for row in rows_of(loader, QUARANTINE)}
    assert kept == {
        (n, rule, "open") for n, rule in ((1, "unreadable_number"), (2, "unreadable_number"), (3, "missing"))
    }


def test_an_upserted_table_keeps_the_rows_it_knows_and_counts_them(store: WarehouseStore) -> None:
    def publish(table: pa.Table, run: str) -> tuple[int, int]:
        counts = store.publish(replace(request(outcome(table), run), contract=KNOWN)).counts
        return counts.published, counts.deduplicated

    assert publish(ONE, "run-1") == (1, 0)
    assert publish(TWO, "run-2") == (1, 1)
    assert publish(TWO, "run-3") == (0, 2)


@in_both
def test_a_fault_in_the_middle_leaves_nothing_behind(
    store: WarehouseStore, loader: WarehouseLoader, ledger: WarehouseLedger, points: Points, kind: Store
) -> None:
    def fail() -> None:
        raise InputChangedError("as told", fix="none")

    before = store.publish(request(RICH))
    evidence = [rows_of(loader, table) for table in (QUARANTINE, RECONCILIATION, DATA_QUALITY_METRICS)]
    changed = outcome(ONE, rejections=(rejection(9),), facts={"metrics": {"x": 1}})
    for point in points_of(kind)[:-1]:
        points.once(point, fail)
        with pytest.raises(InputChangedError):
            store.publish(request(changed, "run-2"))
    assert stored(store).num_rows == len(ODD_ROWS)
    assert ledger.latest(LINES, NOVEMBER) == replace(before, comparisons=ledger_lines(ledger))
    assert evidence == [
        rows_of(loader, table) for table in (QUARANTINE, RECONCILIATION, DATA_QUALITY_METRICS)
    ]


def ledger_lines(ledger: WarehouseLedger) -> tuple[Comparison, ...]:
    found = ledger.latest(LINES, NOVEMBER)
    assert found is not None
    assert by_name(found.comparisons) == by_name(RICH.comparisons)
    return found.comparisons


@in_both
def test_rows_that_break_the_contract_are_refused_before_anything_is_touched(
    store: WarehouseStore, loader: WarehouseLoader, points: Points
) -> None:
    twice = pa.concat_tables([TWO, ONE])
    with pytest.raises(PermanentError, match="breaks its contract"):
        store.publish(request(outcome(twice)))
    assert points.passed == []
    assert rows_of(loader, PUBLISHES) == []


@in_both
def test_a_lost_answer_to_the_commit_does_not_load_twice(
    *,
    shop_url: str,
    store: WarehouseStore,
    loader: WarehouseLoader,
    heard: Heard,
    points: Points,
    kind: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with lossy(shop_url) as (proxy, url):
        far = WarehouseLoader(url, delays=(0.01,) * 3, on_event=heard.event)
        monkeypatch.setattr(store, "_loader", far)
        points.once("reconciled", proxy.arm)
        record = store.publish(request(RICH))
        far.disconnect()
    monkeypatch.undo()
    assert proxy.lost.is_set()
    assert heard.names() == ["retry", "recovered"]
    assert points.passed == [*points_of(kind)[:-1], "opened", "committed"]
    (row,) = rows_of(loader, PUBLISHES)
    assert (row["identity_hash"], row["rows_published"]) == (record.identity_hash, len(ODD_ROWS))
    assert stored(store).num_rows == len(ODD_ROWS)
    assert len(rows_of(loader, DATA_QUALITY_METRICS)) == 2
    assert record.counts == RICH.counts
    assert record.comparisons == RICH.comparisons


@in_both
def test_a_second_publish_of_a_scope_waits_for_the_first_and_replaces_it(
    shop_url: str, store: WarehouseStore, ledger: WarehouseLedger
) -> None:
    passed: list[str] = []
    first_is_in, second_may_go = threading.Event(), threading.Event()

    def publish(name: str, table: pa.Table, points: Points) -> None:
        for point in PUBLISH_POINTS:
            points.once(point, lambda point=point: passed.append(f"{name} {point}"))  # type: ignore[misc]
        type(store)(store._loader, CLOCK, points, shelf=store._lake).publish(request(outcome(table), name))

    def hold() -> None:
        passed.append("first loads")
        first_is_in.set()
        assert second_may_go.wait(10)

    slow = Points()
    slow.once("verified", hold)
    threads = [threading.Thread(target=publish, args=("first", TWO, slow))]
    threads[0].start()
    assert first_is_in.wait(10)
    threads.append(threading.Thread(target=publish, args=("second", ONE, Points())))
    threads[1].start()
    waiting = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    deadline = time.monotonic() + 10
    while not run_sql(shop_url, waiting) and time.monotonic() < deadline:
        threads[1].join(0.01)
    second_may_go.set()
    for thread in threads:
        thread.join(20)
    assert passed.index("second locked") > passed.index("first reconciled")
    assert contents(store) == ["一"]
    found = ledger.latest(LINES, NOVEMBER)
    assert found is not None
    assert (found.run_id, found.rows_replaced) == ("second", 2)


def test_publishes_of_different_months_do_not_wait_for_each_other(
    shop_url: str, store: WarehouseStore, points: Points
) -> None:
    own = WarehouseLoader(shop_url)
    other = WarehouseStore(own, CLOCK)
    points.once("loaded", lambda: other.publish(request(outcome(lines([{}], DECEMBER)), scope=DECEMBER)))
    store.publish(request(outcome(ONE)))
    own.disconnect()
    assert store.read(LINES, DECEMBER).shape[0] == store.read(LINES, NOVEMBER).shape[0] == 1


def test_a_big_publish_cut_while_its_rows_stream_is_retried_and_complete(
    shop_url: str, store: WarehouseStore, loader: WarehouseLoader, heard: Heard
) -> None:
    store.publish(request(outcome(TWO), "old"))
    cut = threading.Event()

    def cut_when_seen() -> None:
        copying = f"SELECT pg_terminate_backend(pid) FROM ({COPYING}) AS loads"
        while not cut.is_set():
            if run_sql(shop_url, copying):
                cut.set()

    killer = threading.Thread(target=cut_when_seen, daemon=True)
    killer.start()
    record = store.publish(request(outcome(many_lines(200_000)), "new"))
    assert cut.is_set()
    killer.join(10)
    assert heard.names() == ["retry", "recovered"]
    stored = loader.read(LINES, scope=NOVEMBER)
    assert (stored.num_rows, record.rows_replaced) == (200_000, 2)
    assert identity_hash(LINES, stored) == record.identity_hash


POINTING = replace(
    LINES,
    key="shop.gold.pointing",
    references=(Reference(("name",), LINES.key, ("name",), enforced=False),),
)


def test_rows_whose_logical_reference_leads_nowhere_are_written_counted_and_told(
    store: WarehouseStore, loader: WarehouseLoader, shop_url: str
) -> None:
    create_tables(shop_url, POINTING)
    store.publish(request(outcome(ONE)))
    three = lines([{"name": "一"}, {"name": "二"}, {"name": None}])
    record = store.publish(replace(request(outcome(three), "run-2"), contract=POINTING))
    metric = "unmatched.name→shop.gold.lines"
    assert record.counts.published == 3
    assert record.facts["metrics"] == {metric: 1}
    assert record.warnings == ("1 rows: unmatched.name→shop.gold.lines leads nowhere",)
    kept = {row["metric"]: row["value"] for row in rows_of(loader, DATA_QUALITY_METRICS)}
    assert kept[metric] == 1.0


def test_new_members_are_named_and_known_ones_are_not(store: WarehouseStore) -> None:
    def publish(table: pa.Table, run: str) -> object:
        return store.publish(replace(request(outcome(table), run), contract=KNOWN)).facts["new_members"]

    assert publish(ONE, "run-1") == [{"key": "1"}]
    assert publish(TWO, "run-2") == [{"key": "2"}]
    assert publish(TWO, "run-3") == []
