"""Tables of members on real stores: one member's publish leaves the rows and versions of the others untouched."""

from dataclasses import replace
from typing import Any

import pytest
from tests.adapters.store.conftest import CLOCK, Points, create_tables, in_both
from tests.fixtures_postgres import run_sql
from tests.unit.application.stalls import (
    ALL,
    DECEMBER,
    EAST,
    NORTH,
    NOVEMBER,
    OCTOBER,
    SALES,
    SO_FAR,
    TAKINGS,
    TOTALS,
    WHOLESALE,
    Stalls,
    short,
)

from work_data_hub.application.ports import PublishRequest
from work_data_hub.application.runs import InputVersion
from work_data_hub.domain.kernel.contract import Store, TableContract
from work_data_hub.domain.kernel.errors import InputChangedError, PermanentError
from work_data_hub.domain.kernel.frames import identity_hash, to_arrow
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.io.lake.shelf import LakeShelf
from work_data_hub.io.lake.tables import LakeTables
from work_data_hub.io.loader.ledger import WarehouseLedger
from work_data_hub.io.loader.recent import RecentScopes
from work_data_hub.io.loader.store import LAKE_POINTS, PUBLISH_POINTS, WarehouseStore
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader

TEA, CUP = ("2025-11-03", "tea", "4"), ("2025-12-24", "cup", "7")
JAR, PAN = ("2025-10-09", "jar", "2"), ("2025-11-30", "pan", "3")


@pytest.fixture
def shop_url(migrated_url: str) -> str:
    create_tables(migrated_url, *ALL, WHOLESALE)
    return migrated_url


@pytest.fixture
def shelf(kind: Store, loader: WarehouseLoader, request: pytest.FixtureRequest) -> LakeShelf | None:
    if kind is Store.WAREHOUSE:
        return None
    lake: LakeTables = request.getfixturevalue("lake")
    return LakeShelf(loader, lambda: lake)


@pytest.fixture
def stalls(
    kind: Store, loader: WarehouseLoader, ledger: WarehouseLedger, shelf: LakeShelf | None, points: Points
) -> Stalls:
    store = WarehouseStore(loader, CLOCK, points, shelf=shelf)
    made = Stalls(ledger=ledger, store=store, kind=kind, clock=CLOCK)
    made.drop("sales.EAST", TEA, CUP)
    made.drop("sales.NORTH", JAR, PAN)
    return made


@pytest.fixture
def keeping(stalls: Stalls, loader: WarehouseLoader, shelf: LakeShelf | None) -> Stalls:
    """The same stalls in a process that keeps in mind what it has seen."""
    store = WarehouseStore(loader, CLOCK, recent=RecentScopes(), shelf=shelf)
    return replace(stalls, store=store, process="keeping")


def of_member(member: str, month: Period | None = None) -> Scope:
    whole = Scope() if month is None else Scope.month(month)
    return whole.of_member("stall", member)


def read(stalls: Stalls, contract: TableContract, scope: Scope, *columns: str) -> Any:
    return stalls.ports.store.read(stalls.laid(contract), scope, columns)


def amounts(stalls: Stalls, contract: TableContract = TAKINGS) -> dict[str, int]:
    rows = read(stalls, contract, Scope())
    named = zip(rows["stall"], rows["period"], rows["amount"], strict=True)
    return {f"{stall} {str(month)[:7]}": int(amount) for stall, month, amount in named}


def lineage(stalls: Stalls, member: str) -> set[tuple[str, str, str]]:
    rows = read(stalls, SALES, of_member(member))
    return {(str(r.period)[:7], r.good, r.run_id) for r in rows.itertuples()}


@in_both
def test_members_and_months_are_published_read_and_found_unchanged(stalls: Stalls) -> None:
    reports = {(report.table.split(".")[2], short(report.scope)): report for report in stalls.load()}
    assert amounts(stalls) == {
        "EAST 2025-11": 4,
        "EAST 2025-12": 7,
        "NORTH 2025-10": 2,
        "NORTH 2025-11": 3,
    }
    assert amounts(stalls, SO_FAR) == {
        "EAST 2025-11": 0,
        "EAST 2025-12": 4,
        "NORTH 2025-10": 0,
        "NORTH 2025-11": 2,
    }
    assert sorted(read(stalls, TOTALS, Scope())["amount"]) == [5, 11]
    for contract, scope in ((TAKINGS, of_member(EAST, NOVEMBER)), (TOTALS, of_member(NORTH))):
        stored = to_arrow(stalls.laid(contract), read(stalls, contract, scope))
        record = reports[contract.name, short(scope.key)].record
        assert identity_hash(stalls.laid(contract), stored) == record.identity_hash
        assert stalls.ledger.latest(contract, scope) == record
    assert stalls.published() == []


@in_both
def test_a_slice_all_slices_and_the_history_of_one_member_are_read_alone(stalls: Stalls) -> None:
    stalls.load()
    assert list(read(stalls, SALES, of_member(NORTH, NOVEMBER), "good")["good"]) == ["pan"]
    assert sorted(read(stalls, SALES, of_member(NORTH))["good"]) == ["jar", "pan"]
    before = Scope.months_before(DECEMBER).of_member("stall", NORTH)
    assert sorted(read(stalls, SALES, before)["good"]) == ["jar", "pan"]
    assert list(read(stalls, TAKINGS, before)["amount"]) == [2, 3]
    assert read(stalls, TAKINGS, Scope.months_before(NOVEMBER).of_member("stall", EAST)).empty
    assert len(read(stalls, SALES, Scope())) == 4


@in_both
def test_a_member_that_is_published_again_leaves_the_others_rows_and_versions(stalls: Stalls) -> None:
    stalls.load()
    rows = lineage(stalls, NORTH)
    record = stalls.ledger.latest(SALES, of_member(NORTH))
    stalls.drop("sales.EAST", ("2025-11-03", "tea", "5"), CUP)
    (changed, same) = stalls.build(SALES)
    assert (changed.record.scope, changed.record.rows_replaced, same.record) == ("stall=EAST", 1, record)
    assert lineage(stalls, NORTH) == rows
    runs = {month: run for month, _, run in lineage(stalls, EAST)}
    # the month that is as it was is not written again
    assert runs["2025-12"] != runs["2025-11"] == changed.record.run_id
    assert [scope for _, scope in stalls.published()] == [
        "EAST 2025-11",
        "EAST 2025-11",
        "EAST 2025-12",
        "EAST",
    ]
    assert amounts(stalls)["EAST 2025-11"] == 5
    assert amounts(stalls)["NORTH 2025-11"] == 3


@in_both
def test_a_month_that_is_gone_is_gone_for_its_member_alone(stalls: Stalls) -> None:
    stalls.load()
    stalls.drop("sales.EAST", CUP)
    stalls.load()
    assert amounts(stalls) == {"EAST 2025-12": 7, "NORTH 2025-10": 2, "NORTH 2025-11": 3}
    assert sorted(read(stalls, SALES, Scope.month(NOVEMBER))["stall"]) == [NORTH]


@in_both
def test_rows_of_another_member_are_refused_and_nothing_is_written(stalls: Stalls) -> None:
    stalls.load()
    store, contract = stalls.ports.store, stalls.laid(SALES)
    rows = read(stalls, SALES, of_member(NORTH))
    before = lineage(stalls, EAST), lineage(stalls, NORTH)
    caught: list[PublishRequest] = []
    stalls.store = _Catching(caught)
    stalls.drop("sales.EAST", TEA)
    with pytest.raises(_CaughtError):
        stalls.build(SALES)
    stalls.store = store
    stray = rows.drop(columns=["run_id"])
    request = replace(caught[0], outcome=replace(caught[0].outcome, accepted=stray))
    with pytest.raises(PermanentError, match="lie outside the scope stall=EAST"):
        store.publish(request)
    assert (lineage(stalls, EAST), lineage(stalls, NORTH)) == before
    assert contract.member == "stall"


class _CaughtError(PermanentError):
    """Raised in the place of a publish."""


class _Catching:
    """A store that takes requests and publishes nothing."""

    def __init__(self, caught: list[PublishRequest]) -> None:
        self.caught = caught

    def publish(self, request: PublishRequest) -> Any:
        self.caught.append(request)
        raise _CaughtError("caught", fix="none")

    def read(self, *_: Any) -> Any:
        return None

    def keep_evidence(self, request: PublishRequest) -> None:
        """Need no evidence."""


@in_both
def test_a_member_that_changed_stops_a_build_from_it_and_no_other(stalls: Stalls, points: Points) -> None:
    stalls.load()
    other = replace(stalls, process="other")

    def change() -> None:
        other.drop("sales.NORTH", JAR, ("2025-11-30", "pan", "9"))
        other.build(SALES)

    stalls.drop("sales.EAST", ("2025-11-03", "tea", "6"), CUP)
    stalls.build(SALES)
    points.once("opened", change)
    (east, *_) = stalls.build(TAKINGS, NOVEMBER)
    assert (east.scope, amounts(stalls)["EAST 2025-11"]) == (of_member(EAST, NOVEMBER).key, 6)

    stalls.drop("sales.EAST", ("2025-11-03", "tea", "8"), CUP)
    stalls.build(SALES)

    def change_mine() -> None:
        other.drop("sales.EAST", ("2025-11-03", "tea", "9"), CUP)
        other.build(SALES)

    points.once("opened", change_mine)
    with pytest.raises(InputChangedError, match="for stall=EAST,period=2025-11-01 was published again"):
        stalls.build(TAKINGS, NOVEMBER)
    assert amounts(stalls)["EAST 2025-11"] == 6


@in_both
@pytest.mark.parametrize("point", ["verified", "lake_committed", "loaded", "reconciled"])
def test_a_publish_that_breaks_off_leaves_all_members_as_they_were(
    point: str, stalls: Stalls, points: Points, kind: Store
) -> None:
    if point not in (LAKE_POINTS if kind is Store.LAKE else PUBLISH_POINTS):
        pytest.skip("a point of the lake")
    stalls.load()
    before = lineage(stalls, EAST), lineage(stalls, NORTH), amounts(stalls)

    def fail() -> None:
        raise InputChangedError("as told", fix="none")

    stalls.drop("sales.EAST", ("2025-11-03", "tea", "5"), CUP)
    points.once(point, fail)
    with pytest.raises(InputChangedError, match="as told"):
        stalls.build(SALES)
    assert (lineage(stalls, EAST), lineage(stalls, NORTH), amounts(stalls)) == before
    stalls.drop("sales.NORTH", JAR, PAN, ("2025-12-01", "pan", "1"))
    stalls.load()
    assert amounts(stalls)["EAST 2025-11"] == 5
    assert amounts(stalls)["NORTH 2025-12"] == 1


@in_both
def test_what_a_process_keeps_in_mind_is_one_members(keeping: Stalls, stalls: Stalls, shop_url: str) -> None:
    keeping.load()
    before = Scope.months_before(DECEMBER).of_member("stall", NORTH)
    stored = read(stalls, TAKINGS, before)
    if keeping.kind is Store.WAREHOUSE:
        run_sql(shop_url, "DELETE FROM stalls_silver.takings")
    assert to_arrow(keeping.laid(TAKINGS), read(keeping, TAKINGS, before)).equals(
        to_arrow(keeping.laid(TAKINGS), stored)
    )
    assert list(read(keeping, TAKINGS, of_member(EAST, NOVEMBER))["amount"]) == [4]
    assert list(read(keeping, SALES, of_member(NORTH, OCTOBER))["good"]) == ["jar"]
    stalls.drop("sales.NORTH", ("2025-10-09", "jar", "8"), PAN)
    stalls.load()
    assert list(read(keeping, SALES, of_member(NORTH, OCTOBER))["amount"]) == ["8"]
    assert read(keeping, TAKINGS, before)["amount"].tolist()[0] == 8


@in_both
def test_a_version_of_a_member_that_does_not_hold_stops_a_publish(stalls: Stalls, points: Points) -> None:
    stalls.load()
    caught: list[PublishRequest] = []
    real = stalls.store
    stalls.store = _Catching(caught)
    stalls.drop("sales.EAST", TEA)
    with pytest.raises(_CaughtError):
        stalls.build(SALES)
    record = stalls.ledger.latest(SALES, of_member(NORTH))
    assert record is not None
    assert real is not None
    right = InputVersion(SALES.key, "stall=NORTH,period=2025-11-01", record.slices["2025-11-01"])
    wrong = replace(right, scope="stall=NORTH,period=2025-10-01")
    with pytest.raises(InputChangedError, match="for stall=NORTH,period=2025-10-01"):
        real.publish(replace(caught[0], inputs=(right, wrong)))
    assert real.publish(replace(caught[0], inputs=(right,))).scope == "stall=EAST"


def test_a_month_of_a_members_drop_is_not_fetched_twice(keeping: Stalls, shop_url: str) -> None:
    keeping.load()
    assert list(read(keeping, SALES, of_member(NORTH, OCTOBER))["good"]) == ["jar"]
    run_sql(shop_url, "DELETE FROM stalls_bronze.sales")
    assert list(read(keeping, SALES, of_member(NORTH, OCTOBER))["good"]) == ["jar"]
