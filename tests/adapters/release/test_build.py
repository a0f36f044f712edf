"""Releases of a published table: versions, idempotence, gates, and what lies in the folder."""

import hashlib
import json
import threading
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.adapters.release.conftest import Desk
from tests.adapters.release.gold import ITEM, KEY, SALES, create, publish, rows, tree, with_column
from tests.fixtures_postgres import run_sql

from work_data_hub.application.release.errors import GateError, ReleaseBusyError
from work_data_hub.application.release.manifest import ScoreFacts
from work_data_hub.application.release.records import Releasable, State
from work_data_hub.application.release.releases import Releases
from work_data_hub.application.release.verify import verify
from work_data_hub.domain.kernel.contract import COUNT, DAY, TEXT, Column, Store, TableContract
from work_data_hub.domain.kernel.errors import ConfigurationError, HubError, UsageError
from work_data_hub.io.release.inspection import batches, inspect

TODAY = datetime.now(UTC).date()


def test_the_folder_is_what_the_contract_says(desk: Desk) -> None:
    with desk.open(part_bytes=1, group_rows=10) as releases:
        built = releases.build(KEY, run_id="6f9619ff-8b86-4011-b42d-00c04fc964ff")
    day = built.manifest.created_utc.date()
    assert built.path == desk.root / f"release/gold/sales_daily/{day:%Y/%m/%d}/v1.0.0"
    parts = [f"sales_daily_{day:%Y%m%d}_v1.0.0_part-{number:05d}.parquet" for number in range(1, 5)]
    assert sorted(path.name for path in built.path.iterdir()) == ["_SUCCESS", "release_manifest.json", *parts]
    said = json.loads((built.path / "release_manifest.json").read_text())
    assert set(said) == {
        *("dataset", "table", "version", "run_id", "created_utc", "row_count_total", "files", "schema"),
        "watermark",
    }
    assert (said["dataset"], said["table"], said["version"]) == ("shop-unified", "sales_daily", "1.0.0")
    assert said["run_id"] == "6f9619ff-8b86-4011-b42d-00c04fc964ff"
    assert said["created_utc"].endswith("Z")
    assert said["row_count_total"] == 40
    assert [(file["name"], file["rows"]) for file in said["files"]] == [(name, 10) for name in parts]
    for file in said["files"]:
        assert hashlib.md5((built.path / file["name"]).read_bytes()).hexdigest() == file["md5"]
    ddl = (
        'create table "sales_daily" ("amount" numeric(18,4), "article" text not null, "day" date not null,'
        ' "open" boolean, "seen_at" timestamptz, "share" double precision, "units" bigint,'
        ' primary key ("article", "day"))'
    )
    assert said["schema"]["schema_hash"] == hashlib.sha256(ddl.encode()).hexdigest()
    assert said["schema"]["columns"][0] == {"name": "day", "type": "date", "nullable": False}
    assert said["watermark"]["date_max"] == "2025-11-05"
    assert said["watermark"]["load_window"]["start"] <= said["created_utc"]


def test_the_rows_are_those_of_the_table_in_an_order_of_their_own(releases: Releases) -> None:
    built = releases.build(KEY)
    held = pa.concat_tables(batches(verify(inspect, built.path))).to_pylist()
    expected = sorted(rows(40), key=lambda row: (row["day"], row["article"].encode()))
    assert held == expected
    assert "run_id" not in held[0]


def test_what_did_not_change_is_not_released_again(desk: Desk, releases: Releases) -> None:
    first = releases.build(KEY)
    before = tree(desk.root)
    again = releases.build(KEY)
    assert (again.created, again.version, again.path) == (False, first.version, first.path)
    # the same rows from another run are the same release, on another day too
    publish(desk.url, rows(40), "run-2")
    desk.clock.days = 1
    assert releases.build(KEY).created is False
    assert tree(desk.root) == before


def test_the_same_rows_give_the_same_bytes(desk: Desk, tmp_path: Path) -> None:
    with desk.open() as releases:
        one = releases.build(KEY)
    run_sql(desk.url, "DELETE FROM hub.releases")
    # physical order is another one now
    run_sql(desk.url, "UPDATE shop_gold.sales_daily SET open = open WHERE units > 7")
    with Desk(desk.url, tmp_path / "other").open() as releases:
        two = releases.build(KEY)
    assert [file.md5 for file in one.manifest.files] == [file.md5 for file in two.manifest.files]


def fitting(contract: TableContract, content: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give rows the columns of a contract."""
    more = {"must": 1, "note": None}
    text = contract.column("units").dtype == TEXT
    return [
        {
            name: str(row[name]) if text and name == "units" else (more | row)[name]
            for name in contract.column_names
            if name != "run_id"
        }
        for row in content
    ]


@pytest.mark.parametrize(
    ("changed", "version", "why"),
    [
        (SALES, "1.0.1", ()),
        (with_column(Column("note", TEXT, "note", "note", nullable=True)), "1.1.0", ("nullable note added",)),
        (with_column(Column("must", COUNT, "must", "must")), "2.0.0", ("must added",)),
        (
            replace(SALES, columns=tuple(c for c in SALES.columns if c.name != "share")),
            "2.0.0",
            ("share dropped",),
        ),
        (
            replace(
                SALES,
                columns=tuple(replace(c, dtype=TEXT) if c.name == "units" else c for c in SALES.columns),
            ),
            "2.0.0",
            ("units retyped from bigint to text",),
        ),
    ],
    ids=["data", "nullable column", "column", "dropped", "retyped"],
)
def test_the_version_says_what_changed(
    desk: Desk, changed: TableContract, version: str, why: tuple[str, ...]
) -> None:
    with desk.open() as releases:
        releases.build(KEY)
    create(desk.url, changed)
    publish(desk.url, fitting(changed, rows(41)), "run-2", changed)
    item = Releasable(changed, ITEM.dataset)
    with desk.open(item) as releases:
        plan = releases.plan_build(KEY)
        built = releases.build(KEY)
    assert (str(built.version), built.changes) == (version, why)
    assert (str(plan.next), plan.changes, plan.rows) == (version, why, 41)
    assert verify(inspect, built.path).manifest.row_count_total == 41


def test_a_plan_writes_nothing(desk: Desk, releases: Releases) -> None:
    plan = releases.plan_build(KEY)
    assert (plan.newest, str(plan.next), plan.rows) == (None, "1.0.0", 40)
    assert not desk.root.exists()
    releases.build(KEY)
    assert releases.plan_build(KEY).next is None


def test_rows_after_a_day_stay_out(releases: Releases) -> None:
    built = releases.build(KEY, until=date(2025, 11, 2))
    assert built.manifest.row_count_total == 18
    assert built.manifest.watermark.date_max == date(2025, 11, 2)
    whole = releases.build(KEY)
    assert (str(whole.version), whole.manifest.row_count_total) == ("1.0.1", 40)


def test_a_release_that_was_tampered_with_is_not_given_back(releases: Releases) -> None:
    built = releases.build(KEY)
    part = built.path / built.manifest.files[0].name
    part.write_bytes(part.read_bytes() + b"x")
    said: list[str] = []
    again = releases.build(KEY, tell=said.append)
    assert (again.created, str(again.version)) == (True, "1.0.1")
    assert "its MD5 is" in said[0]


def without_constraints(url: str) -> None:
    run_sql(url, "ALTER TABLE shop_gold.sales_daily DROP CONSTRAINT pk_sales_daily")
    run_sql(url, "ALTER TABLE shop_gold.sales_daily ALTER article DROP NOT NULL")


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        ("DELETE FROM shop_gold.sales_daily", "there are no rows"),
        ("UPDATE shop_gold.sales_daily SET article = NULL WHERE units = 3", "1 rows have no article"),
        (
            "INSERT INTO shop_gold.sales_daily SELECT * FROM shop_gold.sales_daily WHERE units < 4",
            "3 rows repeat the key (day, article) of another",
        ),
    ],
    ids=["no rows", "no key", "key twice"],
)
def test_rows_that_may_not_leave_are_refused_before_anybody_sees_them(
    desk: Desk, spoil: str, reason: str
) -> None:
    without_constraints(desk.url)
    run_sql(desk.url, spoil)
    with desk.open(group_rows=7, part_bytes=1) as releases:
        with pytest.raises(GateError, match="can't be released") as refused:
            releases.build(KEY)
        assert refused.value.evidence["failed"] == [reason]
        assert refused.value.exit_status == 4
        assert (tree(desk.root), releases.list(KEY)) == ({}, ())


def test_a_table_that_was_never_published_is_refused(desk: Desk, releases: Releases) -> None:
    run_sql(desk.url, "DELETE FROM hub.publishes")
    with pytest.raises(GateError, match="never published"):
        releases.build(KEY)


def test_scores_say_which_model_made_them(desk: Desk) -> None:
    scores = replace(SALES, key="shop.score.churn")
    create(desk.url, scores)
    publish(desk.url, rows(5), "run-1", scores)
    facts = ScoreFacts(
        model_version="3.1.0",
        feature_version="2.0.0",
        training_run_id="train-1",
        scoring_run_id="score-1",
        bucket_edges=(0.2, 0.3),
    )
    with desk.open(Releasable(scores, "shop-unified")) as releases:
        with pytest.raises(GateError, match="which model made them"):
            releases.build(scores.key)
        built = releases.build(scores.key, scores=facts)
        assert verify(inspect, built.path).manifest.scores == facts
        # another model is another release, though the rows are the same
        other = releases.build(scores.key, scores=facts.model_copy(update={"model_version": "3.2.0"}))
        assert str(other.version) == "1.0.1"


def test_two_builds_of_one_table_do_not_meet(desk: Desk) -> None:
    entered, leave = threading.Event(), threading.Event()

    def hold(point: str) -> None:
        if point == "parts_staged":
            entered.set()
            leave.wait(30)

    def build_slowly() -> None:
        with desk.open(at=hold) as slow:
            slow.build(KEY)

    thread = threading.Thread(target=build_slowly)
    thread.start()
    try:
        assert entered.wait(30)
        with desk.open() as releases, pytest.raises(ReleaseBusyError, match="another process"):
            releases.build(KEY)
    finally:
        leave.set()
        thread.join()
    with desk.open() as releases:
        assert [str(line.version) for line in releases.list(KEY)] == ["1.0.0"]


@pytest.mark.parametrize("point", ["part_staged", "parts_staged", "manifest_staged", "renamed"])
def test_a_build_that_fails_leaves_nothing_that_verifies(desk: Desk, point: str) -> None:
    def fail(passed: str) -> None:
        if passed == point:
            raise OSError("disk full")

    with (
        desk.open(at=fail, part_bytes=1, group_rows=10) as releases,
        pytest.raises(OSError, match="disk full"),
    ):
        releases.build(KEY)
    left = [path.parent for path in desk.root.rglob("release_manifest.json")]
    for folder in left:
        with pytest.raises(HubError, match="_SUCCESS is missing"):
            verify(inspect, folder)
    with desk.open(part_bytes=1, group_rows=10) as releases:
        built = releases.build(KEY)
    assert (str(built.version), built.created) == ("1.0.0", True)
    assert bool(built.cleaned) == (point == "renamed")
    assert {path.parent for path in desk.root.rglob("*.parquet")} == {built.path}


def test_the_ledger_remembers(desk: Desk, releases: Releases) -> None:
    built = releases.build(KEY)
    (record,) = releases.ledger.records(KEY)
    assert (record.place, record.manifest, record.state) == (built.place, built.manifest, State.BUILT)
    (published,) = record.inputs
    identity = run_sql(desk.url, "SELECT identity_hash FROM hub.publishes")[0][0]
    assert (published.scope, published.identity) == ("all", identity)
    # a ledger that lost a release learns of it from the folder
    run_sql(desk.url, "DELETE FROM hub.releases")
    assert releases.build(KEY).created is False
    assert [r.inputs_hash for r in releases.ledger.records(KEY)] == [record.inputs_hash]


def test_one_folder_belongs_to_one_data_set(desk: Desk, releases: Releases) -> None:
    releases.build(KEY)
    run_sql(desk.url, "DELETE FROM hub.releases")
    stranger = Releasable(SALES, "another")
    with (
        desk.open(stranger) as others,
        pytest.raises(ConfigurationError, match="is a release of shop-unified"),
    ):
        others.build(KEY)


def test_what_can_not_be_asked_for_is_said(desk: Desk, releases: Releases) -> None:
    with pytest.raises(UsageError, match="is not released"):
        releases.build("shop.gold.other")
    with pytest.raises(UsageError, match="is no run id"):
        releases.build(KEY, run_id="today")
    timeless = replace(
        SALES,
        columns=tuple(replace(c, dtype=COUNT) if c.dtype == DAY else c for c in SALES.columns),
    )
    with desk.open(Releasable(timeless, "x")) as others, pytest.raises(UsageError, match="has no date"):
        others.build(KEY, until=TODAY)
    in_the_lake = Releasable(replace(SALES, store=Store.LAKE), "x")
    with desk.open(in_the_lake) as others, pytest.raises(ConfigurationError, match="kept in the lake"):
        others.build(KEY)


def test_a_table_is_read_as_of_one_moment(desk: Desk) -> None:
    done: list[str] = []

    def publish_meanwhile(_rows: Any) -> None:
        if not done:
            done.append("run-2")
            publish(desk.url, rows(45), "run-2")

    with desk.open() as releases, releases.gold.open(SALES, None) as snapshot:
        before = snapshot.count()
        publish_meanwhile(None)
        held = sum(table.num_rows for table in snapshot.batches())
    assert (before, held, len(snapshot.inputs)) == (40, 40, 1)


def test_files_are_readable_without_us(releases: Releases) -> None:
    built = releases.build(KEY)
    (file,) = built.manifest.files
    schema = pq.read_schema(built.path / file.name)
    assert schema.field("amount").type == pa.decimal128(18, 4)
    assert schema.field("seen_at").type == pa.timestamp("us", tz="UTC")
    assert not schema.field("day").nullable
