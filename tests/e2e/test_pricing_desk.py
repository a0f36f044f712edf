"""The price desk as its users call it: from an empty warehouse to explained quotes, roll-backs and a refused model."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from psycopg2 import sql
from tests.e2e.price_desk import Rows, Said, of_file, publishes, read_rows, tables, wdh, write_rows
from tests.fixtures_postgres import run_sql, temporary_database

from work_data_hub.config.settings import get_settings
from work_data_hub.domain.pricing.contracts.bronze import QUOTES
from work_data_hub.domain.pricing.contracts.score import PRICE_RECS_LINE
from work_data_hub.io.tracking.database import tracking_database

# one worker, so that what the module sets up is set up once
pytestmark = pytest.mark.xdist_group("pricing")

MODEL, NEWEST = "price_rec_BU1", "2025-11"
WHY = ("--reason", "a test", "--author", "ann")
BAND = ("disc_q_0_10", "disc_q_0_50", "disc_q_0_90")


@dataclass(frozen=True, slots=True)
class Desk:
    """A price desk on a database of its own, and what was said while it was set up."""

    root: Path
    url: str
    said: Mapping[str, Said]
    seen: Mapping[str, Any]

    @property
    def quotes(self) -> Path:
        return self.root / "landing" / "pricing" / "BU1" / "quotes_2025-11.csv"

    @property
    def manifest(self) -> Any:
        return json.loads((self.root / "landing" / "sample_manifest.json").read_text(encoding="utf-8"))

    def champion(self) -> str:
        return str(wdh("models", "show", MODEL, "--json").json["champion"])


def scored_by(url: str) -> set[str]:
    """Give the versions that scored the newest month."""
    table = sql.Identifier("pricing_score", PRICE_RECS_LINE.name)
    month = sql.SQL("SELECT DISTINCT model_version FROM {} WHERE bu_id = 'BU1' AND period = '2025-11-01'")
    return {str(version) for (version,) in run_sql(url, month.format(table))}


@pytest.fixture(scope="module")
def desk(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk that was trained and scored by commands, then run by the orchestrator, then argued with."""
    root = tmp_path_factory.mktemp("price desk")
    with temporary_database(postgres_url) as url, pytest.MonkeyPatch.context() as patch:
        settings = {
            "DATABASE_URL": url,
            "ENVIRONMENT": "dev",
            "WDH_HOME": str(root / "wdh"),
            "LANDING_ROOT": str(root / "landing"),
            "DAGSTER_HOME": str(root / "dagster"),
            "COLUMNS": "180",
        }
        for name, value in settings.items():
            patch.setenv(name, value)
        patch.chdir(root)
        get_settings.cache_clear()
        said: dict[str, Said] = {}
        seen: dict[str, Any] = {}
        _tell(url, said, seen)
        yield Desk(root, url, said, seen)
        get_settings.cache_clear()
        name = str(tracking_database(url).sqlalchemy.database)
        run_sql(url, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _tell(url: str, said: dict[str, Said], seen: dict[str, Any]) -> None:
    """Set the desk up and live through a day with it."""
    sizes = ("--rows", "300", "--layout-rows", "120", "--retail-lines", "2000", "--pricing-lines", "3000")
    assert wdh("sample-data", *sizes).status == 0
    assert wdh("db", "upgrade").status == 0
    said["score before train"] = wdh("pricing", "score", "--bu", "BU1", "--json")
    said["train"] = wdh("pricing", "train", "--bu", "BU1")
    said["train again"] = wdh("pricing", "train", "--bu", "BU1", "--json")
    said["score"] = wdh("pricing", "score", "--bu", "BU1", "--json")
    seen["by commands"] = publishes(url)
    said["run"] = wdh("run", "pricing", "--json")
    seen["by the orchestrator"] = publishes(url)
    _argue(url, said, seen)
    _spoil(url, said, seen)


def _argue(url: str, said: dict[str, Said], seen: dict[str, Any]) -> None:
    """Go back to the first champion and put the second in force again."""
    seen["champions"] = [scored_by(url)]
    said["rollback"] = wdh("models", "rollback", MODEL, "--month", NEWEST, *WHY, "--json")
    said["status after rollback"] = wdh("status", "pricing", "--json")
    said["score after rollback"] = wdh("pricing", "score", "--bu", "BU1", "--json")
    seen["champions"].append(scored_by(url))
    second = said["rollback"].json["decision"]["incumbent"]
    said["promote"] = wdh("models", "promote", MODEL, second, "--month", NEWEST, *WHY)
    said["score after promote"] = wdh("pricing", "score", "--bu", "BU1", "--json")
    seen["champions"].append(scored_by(url))


def _spoil(url: str, said: dict[str, Said], seen: dict[str, Any]) -> None:
    """Let the prices of the summer be nonsense, from which the autumn's challenger learns."""
    orders = Path("landing/pricing/BU1/orders_2025.csv")
    kept = orders.read_bytes()
    rows = read_rows(orders)
    for at, row in enumerate(rows):
        if "2025-07-01" <= row["order_date"] <= "2025-08-15" and row["sell_price"] and row["list_price"]:
            row["sell_price"] = f"{float(row['list_price']) * (0.45, 0.98)[at % 2]:.2f}"
    write_rows(orders, rows)
    said["train on nonsense"] = wdh("pricing", "train", "--bu", "BU1", "--json")
    orders.write_bytes(kept)


@pytest.fixture
def file(desk: Desk, tmp_path: Path) -> Callable[..., Path]:
    """A file of quotes as the business unit writes them, with what a test changes in it."""

    def written(name: str, change: Callable[[Rows], Rows], columns: Sequence[str] | None = None) -> Path:
        return write_rows(tmp_path / name, change(read_rows(desk.quotes)), columns)

    return written


def test_nothing_is_scored_before_a_model_is_promoted_and_that_is_said(desk: Desk) -> None:
    said = desk.said["score before train"]
    assert said.status == 3
    (line,) = [line for line in said.json["tables"] if line["table"] == "score.price_recs_line"]
    assert (line["read"] > 200, line["published"]) == (True, 0)


def test_training_makes_every_model_that_was_due_and_says_why_the_newest_month_has_none(desk: Desk) -> None:
    said = desk.said["train"]
    assert said.status == 0, said.err
    assert "promoted: loss" in said.out
    assert "not due: every 3 months from 2025-07" in said.out
    again = tables(desk.said["train again"])
    assert set(again.values()) == {"unchanged"}
    trained = {
        line["scope"]: line["verdict"]
        for line in desk.said["train again"].json["tables"]
        if "verdict" in line
    }
    assert trained == {
        "bu_id=BU1,period=2025-07-01": "promoted",
        "bu_id=BU1,period=2025-10-01": "promoted",
    }


def test_a_model_that_was_trained_is_in_the_ledger_and_in_the_experiment_tracker(desk: Desk) -> None:
    made = run_sql(
        desk.url,
        "SELECT challenger, incumbent, champion, rows_fingerprint FROM hub.champion_ledger"
        " WHERE model_name = %s AND action = 'promoted' AND verdict = 'promoted' ORDER BY decided_at",
        MODEL,
    )
    (first, none, *_), (second, incumbent, champion, rows) = made
    assert (none, incumbent, champion) == (None, first, second)
    assert rows
    tracker = tracking_database(desk.url).libpq
    tagged = run_sql(
        tracker,
        "SELECT a.alias, t.value FROM registered_model_aliases a JOIN model_version_tags t"
        " ON t.name = a.name AND t.version = a.version AND t.key = 'wdh_version' WHERE a.name = %s",
        MODEL,
    )
    assert tagged == [("champion", desk.champion())]
    tags = run_sql(tracker, "SELECT value FROM registered_model_tags WHERE name = %s", MODEL)
    assert ("BU1",) in tags
    assert len(list((desk.root / "wdh" / "mlruns").rglob("features.json"))) >= 2


def test_a_score_publishes_what_it_was_made_with_and_trains_nothing(desk: Desk) -> None:
    said = desk.said["score"]
    assert said.status == 0, said.err
    results = tables(said)
    assert not [table for table, _ in results if table == "model.price_bands"]
    assert results["score.price_recs_line", f"bu_id=BU1,period={NEWEST}-01"] == "published"
    (line,) = [line for line in said.json["tables"] if line["table"] == "score.price_recs_line"]
    assert line["published"] == line["read"] > 200
    assert {line["model_version"]} == desk.seen["champions"][0]


def test_the_orchestrator_leaves_what_the_commands_published_and_adds_the_rest(desk: Desk) -> None:
    assert desk.said["run"].status in {0, 3}, desk.said["run"].err
    before, after = desk.seen["by commands"], desk.seen["by the orchestrator"]
    assert {key: after[key] for key in before} == before
    added = {scope for _, scope in after.keys() - before.keys()}
    assert {scope.partition(",")[0] for scope in added} == {"bu_id=BU1", "bu_id=BU2"}
    assert len(after) == 2 * (3 + 12 * 8 + 1) - 1  # a look-up is BU1's alone


@pytest.mark.parametrize("bu", ["BU1", "BU2"])
def test_what_was_published_is_what_the_manifest_says(desk: Desk, bu: str) -> None:
    expected = desk.manifest["pricing"]["units"][bu]["expected"]
    ((*found,),) = run_sql(
        desk.url,
        "SELECT sum(rows_read), sum(rows_published), sum(rows_rejected), sum(rows_deduplicated)"
        " FROM (SELECT DISTINCT ON (scope_key) * FROM hub.publishes"
        " WHERE table_key = 'pricing.silver.order_line' AND scope_key LIKE %s AND run_id = ANY(%s)"
        " ORDER BY scope_key, published_at DESC) newest",
        f"bu_id={bu},%",
        sorted(set(desk.seen["by the orchestrator"].values())),
    )
    names = ("read", "published", "rejected", "deduplicated")
    assert {name: int(str(figure)) for name, figure in zip(names, found, strict=True)} == {
        name: expected[name] for name in names
    }


def test_after_a_roll_back_scores_are_stale_and_made_again_by_the_version_before(desk: Desk) -> None:
    decision = desk.said["rollback"].json["decision"]
    first, second = decision["champion"], decision["incumbent"]
    states = desk.said["status after rollback"].json["domains"]["pricing"]["tables"]
    waiting = {
        (state["table"], state["period"])
        for state in states
        if state["state"] == "stale" and state["member"] == "BU1"
    }
    assert (PRICE_RECS_LINE.key, NEWEST) in waiting
    assert "pricing.feature.order_features" not in {table for table, _ in waiting}
    assert desk.seen["champions"] == [{second}, {first}, {second}]
    assert desk.said["promote"].status == 0
    assert f"{MODEL}: {second} is in force from {NEWEST} on, in place of {first}" in desk.said["promote"].out
    results = tables(desk.said["score after promote"])
    assert results["score.price_recs_line", f"bu_id=BU1,period={NEWEST}-01"] == "published"
    assert results["feature.order_features", f"bu_id=BU1,period={NEWEST}-01"] == "unchanged"


def test_a_worse_challenger_is_refused_and_stays_on_record(desk: Desk) -> None:
    said = desk.said["train on nonsense"]
    (refused,) = [line for line in said.json["tables"] if line.get("verdict") == "refused"]
    assert refused["scope"] == "bu_id=BU1,period=2025-10-01"
    shown = wdh("models", "show", MODEL, "--json").json
    assert refused["model_version"] in {kept["version"] for kept in shown["versions"]}
    (entry,) = [e for e in shown["decisions"] if e["decision"]["challenger"] == refused["model_version"]]
    assert (entry["decision"]["verdict"], entry["decision"]["champion"] != refused["model_version"]) == (
        "refused",
        True,
    )
    candidates = entry["decision"]["evidence"]["candidates"]
    assert candidates["challenger"]["loss"] > candidates["incumbent"]["loss"]
    assert shown["champion"] != refused["model_version"]


def test_a_quote_that_nobody_has_sold_is_answered_with_all_that_explains_it(
    desk: Desk, tmp_path: Path
) -> None:
    assert "sell_price" not in read_rows(desk.quotes)[0]
    before = publishes(desk.url)
    out = tmp_path / "scored.csv"
    said = of_file(desk.quotes, "--out", str(out))
    assert (said.status, publishes(desk.url)) == (0, before), said.err
    assert f"36 of 36 lines scored, by {MODEL} version {desk.champion()}" in said.out
    assert "Usual discount " in said.out
    rows = read_rows(out)
    assert len(rows) == 36
    for row in rows:
        low, middle, high = (float(row[name]) for name in BAND)
        assert low <= middle <= high
        assert float(row["floor"]) <= low <= high <= float(row["cap"]) or "margin" in row["bound_by"]
        price = float(row["list_price"]) * (1 - middle)
        assert float(row["rec_price_q_0_50"]) == pytest.approx(price, abs=1e-5)
        assert int(row["support"]) >= 30
        assert float(row["similar_p25"]) <= float(row["similar_p50"]) <= float(row["similar_p75"])
        drivers = json.loads(row["drivers"])
        assert len(drivers) == 3
        assert {"sell_price", "discount_pct"}.isdisjoint(driver["feature"] for driver in drivers)
        assert row["justification"].startswith("Usual discount ")
        assert (row["model_name"], row["model_version"]) == (MODEL, desk.champion())
        assert row["policy_version"]
        assert row["feature_version"]
        assert (row["cap_hit"] == "True") == ("cap:" in row["bound_by"])
    bound = [row for row in rows if row["bound_by"]]
    assert bound
    assert all("bound" in row["justification"] for row in bound)


def test_the_answer_does_not_hang_on_what_a_file_says_of_the_sell_price(
    desk: Desk, file: Callable[..., Path]
) -> None:
    asked = of_file(desk.quotes, "--json").json
    for price in ("0.01", "99999", "nonsense"):
        told = file("told.csv", lambda rows, price=price: [{**row, "sell_price": price} for row in rows])
        answer = of_file(told, "--json").json
        assert (answer["lines"], answer["deals"]) == (asked["lines"], asked["deals"])


def test_deals_are_told_beside_their_lines(desk: Desk) -> None:
    answer = of_file(desk.quotes, "--json").json
    deals = {deal["order_id"]: deal for deal in answer["deals"]}
    assert set(deals) == {line["order_id"] for line in answer["lines"]}
    alone = [line for line in answer["lines"] if deals[line["order_id"]]["line_count"] == 1]
    assert alone
    for line in alone:
        deal = deals[line["order_id"]]
        assert [deal[f"deal_{name}"] for name in BAND] == [line[name] for name in BAND]


def test_new_customers_and_products_are_flagged_and_fall_back_visibly(file: Callable[..., Path]) -> None:
    def unseen(rows: Rows) -> Rows:
        return [{**rows[0], "customer_id": "C-NEW"}, {**rows[1], "product_id": "P-NEW"}]

    customer, product = of_file(file("unseen.csv", unseen), "--json").json["lines"]
    assert (customer["unseen_customer"], product["unseen_product"]) == (True, True)
    assert "New customer" in customer["justification"]
    assert "New product" in product["justification"]
    assert customer["limit_level"] < 4
    assert product["limit_segment"] == "all"
    assert "the whole business unit" in product["justification"]


def test_lines_that_cannot_be_scored_are_named_and_the_others_are_scored(file: Callable[..., Path]) -> None:
    def some(rows: Rows) -> Rows:
        free, negative, undated = {"list_price": ""}, {"quantity": "-3"}, {"order_date": "someday"}
        return [{**rows[0], **free}, {**rows[1], **negative}, {**rows[2], **undated}, *rows[3:], rows[5]]

    said = of_file(file("some.csv", some), "--json")
    assert said.status == 3
    found = said.json
    assert (found["read"], found["scored"], found["repeated"]) == (37, 33, 1)
    assert {(line["row"], line["column"]) for line in found["rejections"]} == {
        (2, "list_price"),
        (3, "quantity"),
        (4, "order_date"),
    }
    shown = of_file(file("some.csv", some))
    assert "33 of 37 lines scored, 1 repeated" in shown.out
    assert "row 2, list_price: no list price above 0" in shown.err


def test_a_file_in_which_no_line_can_be_scored_is_refused(file: Callable[..., Path]) -> None:
    said = of_file(file("free.csv", lambda rows: [{**row, "list_price": "0"} for row in rows]))
    assert (said.status, said.out) == (4, "")
    assert "list_price: no list price above 0" in said.err


@pytest.mark.parametrize("missing", ["customer_id", "order_date", "quantity", "list_price"])
def test_a_file_without_a_needed_column_is_refused_by_its_name(
    desk: Desk, file: Callable[..., Path], missing: str
) -> None:
    columns = [name for name in read_rows(desk.quotes)[0] if name != missing]
    said = of_file(file("short.csv", lambda rows: rows, columns))
    assert said.status == 4
    assert missing in said.err
    assert "Fix: " in said.err


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (("--bu", "BU9"), "pricing has no BU9"),
        (("--bu", "OR", "--quotes", "{quotes}"), "OR says nothing of how its quotes are written"),
        (("--bu", "BU1", "--quotes", "{quotes}", "--model-name", f"{MODEL}:none"), "has no version none"),
        (("--bu", "BU1", "--quotes", "{quotes}", "--model-name", "other"), "not by other"),
        (("--bu", "BU1", "--model-name", f"{MODEL}:1"), "scored by the champion"),
        (("--bu", "BU1", "--month", "2031-01"), "BU1 has no orders in 2031-01"),
        (("--bu", "BU1", "--month", "soon"), "'soon' is not a period"),
        (("--bu", "BU1", "--quotes", "{quotes}", "--out", "/nowhere/x.csv"), "can't be written"),
        (("--bu", "BU1", "--quotes", "/nowhere/x.csv"), "does not exist"),
        (("--bu", "AW"), "AW has no orders yet"),
        (("--bu", "BU1", "--engine", "abacus"), "there is no engine 'abacus'"),
    ],
)
def test_wrong_usage_is_said_and_publishes_nothing(desk: Desk, call: Sequence[str], told: str) -> None:
    before = publishes(desk.url)
    said = wdh("pricing", "score", *(word.format(quotes=desk.quotes) for word in call))
    assert (said.status, said.out) == (2, ""), said.err
    assert told in " ".join(said.err.split())
    # the file in the landing folder is another than the one that was trained on, and is read first
    changed = {key for key, run_id in publishes(desk.url).items() if before.get(key) != run_id}
    assert {table for table, _ in changed} <= {"pricing.bronze.orders", QUOTES.key}


def test_a_file_is_scored_by_the_version_that_is_asked_for(desk: Desk) -> None:
    versions = [kept["version"] for kept in wdh("models", "show", MODEL, "--json").json["versions"]]
    answers = {
        version: of_file(desk.quotes, "--model-name", f"{MODEL}:{version}", "--json").json
        for version in versions[:2]
    }
    assert [answer["model"]["version"] for answer in answers.values()] == versions[:2]
    bands = [[line["raw_q_0_50"] for line in answer["lines"]] for answer in answers.values()]
    assert bands[0] != bands[1]


def test_models_are_listed_with_their_champion(desk: Desk) -> None:
    listed = {model["name"]: model for model in wdh("models", "list", "--json").json["models"]}
    assert set(listed) == {MODEL, "price_rec_BU2"}
    assert listed[MODEL]["champion"] == desk.champion()
    shown = wdh("models", "show", MODEL)
    assert shown.status == 0
    assert desk.champion() in shown.out
    assert wdh("models", "show", "price_rec_BU9").status == 2
