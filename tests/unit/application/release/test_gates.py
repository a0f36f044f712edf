"""What rows must prove before they leave, however they come in batches."""

from collections import Counter
from datetime import UTC, date, datetime
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from work_data_hub.application.release.errors import GateError
from work_data_hub.application.release.gates import RowGate
from work_data_hub.application.release.records import PublishedInput, inputs_hash
from work_data_hub.application.release.schema import ReleaseColumn, ReleaseSchema
from work_data_hub.application.release.watermarks import LatestDay, date_column, watermark
from work_data_hub.domain.kernel.contract import COUNT, DAY, STAMP, Column, TableContract

SCHEMA = ReleaseSchema(
    "sales",
    (
        ReleaseColumn("shop", "text", nullable=False),
        ReleaseColumn("line", "bigint", nullable=False),
        ReleaseColumn("day", "date", nullable=True),
    ),
    ("shop", "line"),
)
LOOSE = pa.schema([pa.field(field.name, field.type) for field in SCHEMA.arrow])
Keys = list[tuple[str | None, int | None]]


def batched(keys: Keys, cuts: list[int]) -> list[pa.Table]:
    rows = [{"shop": shop, "line": line, "day": None} for shop, line in keys]
    places = sorted({0, len(rows), *(cut % (len(rows) + 1) for cut in cuts)})
    return [pa.Table.from_pylist(rows[a:b], LOOSE) for a, b in pairwise(places)]


def gate_of(tables: list[pa.Table]) -> RowGate:
    gate = RowGate(SCHEMA)
    for table in tables:
        gate.see(table)
    return gate


def failures(gate: RowGate, held: ReleaseSchema = SCHEMA) -> list[str]:
    try:
        gate.require("shop.gold.sales", held)
    except GateError as error:
        return list(error.evidence["failed"])
    return []


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 4)), max_size=12),
    st.lists(st.integers(0, 12), max_size=4),
)
def test_repeated_keys_are_counted_however_the_rows_are_cut(keys: Keys, cuts: list[int]) -> None:
    repeated = sum(count - 1 for count in Counter(keys).values())
    gate = gate_of(batched(sorted(keys, key=str), cuts))
    assert gate.rows == len(keys)
    assert gate.open == (repeated == 0)
    told = [f"{repeated} rows repeat the key (shop, line) of another"] if repeated else []
    assert failures(gate) == told + ([] if keys else ["there are no rows"])


@given(
    st.lists(st.tuples(st.sampled_from(["a", None]), st.sampled_from([1, None])), min_size=1, max_size=8),
    st.lists(st.integers(0, 8), max_size=3),
)
def test_keys_without_a_value_are_counted(keys: Keys, cuts: list[int]) -> None:
    gate = gate_of(batched(keys, cuts))
    lost = [sum(key[place] is None for key in keys) for place in (0, 1)]
    told = failures(gate)
    for count, name in zip(lost, ("shop", "line"), strict=True):
        assert (f"{count} rows have no {name}" in told) == (count > 0)


def test_files_of_another_schema_are_refused() -> None:
    other = ReleaseSchema("sales", SCHEMA.columns[:2], SCHEMA.primary_key)
    (failure,) = failures(gate_of(batched([("a", 1)], [])), other)
    assert failure == f"the files' schema hash {other.hash} is not the contract's {SCHEMA.hash}"


def test_a_table_without_a_key_needs_rows_only() -> None:
    gate = RowGate(ReleaseSchema("sales", SCHEMA.columns, ()))
    for table in batched([("a", 1), ("a", 1)], [1]):
        gate.see(table)
    assert gate.open


STAMPED = (
    PublishedInput("period=2025-11-01", "h1", datetime(2025, 12, 1, 10, 0, 0, 999, tzinfo=UTC)),
    PublishedInput("period=2025-12-01", "h2", datetime(2026, 1, 2, tzinfo=UTC)),
)


@pytest.mark.parametrize(
    ("dtype", "values", "latest"),
    [
        (pa.date32(), [date(2025, 1, 2), date(2025, 3, 1), None], date(2025, 3, 1)),
        (pa.timestamp("us", tz="UTC"), [datetime(2025, 3, 1, 23, 59, tzinfo=UTC)], date(2025, 3, 1)),
        (pa.date32(), [None], None),
    ],
)
def test_a_watermark_says_how_far_the_rows_go(
    dtype: pa.DataType, values: list[object], latest: date | None
) -> None:
    days = LatestDay("day")
    for value in values:
        days.see(pa.table({"day": pa.array([value], dtype)}))
    mark = watermark("day", days.day, STAMPED)
    assert (mark.column, mark.date_max) == (("day", latest) if latest else (None, None))
    assert mark.load_window.start == datetime(2025, 12, 1, 10, tzinfo=UTC)
    assert mark.load_window.end == datetime(2026, 1, 2, tzinfo=UTC)


def test_a_table_without_a_date_has_no_latest_day() -> None:
    days = LatestDay(None)
    days.see(pa.table({"n": [1]}))
    assert watermark(None, days.day, STAMPED).date_max is None


def test_inputs_are_the_same_in_any_order_and_differ_with_what_is_asked() -> None:
    assert inputs_hash(STAMPED, "x") == inputs_hash(STAMPED[::-1], "x")
    assert inputs_hash(STAMPED, "x") != inputs_hash(STAMPED, "y")
    assert inputs_hash(STAMPED[:1]) != inputs_hash(STAMPED)


def timed(*columns: Column, key: tuple[str, ...] = ("n",), month: str | None = None) -> TableContract:
    return TableContract(
        key="shop.gold.sales",
        version="1.0.0",
        label="l",
        description="d",
        grain="g",
        owner="o",
        columns=(Column("n", COUNT, "n", "n"), *columns),
        primary_key=key,
        sliced_by=month,
    )


PERIOD, SALE = Column("period", DAY, "p", "p"), Column("order_date", DAY, "o", "o")
AS_OF, SEEN = Column("as_of_date", DAY, "a", "a"), Column("seen_at", STAMP, "s", "s")
BORN, LEFT = Column("born", DAY, "b", "b"), Column("left", DAY, "l", "l", nullable=True)


@pytest.mark.parametrize(
    ("contract", "column"),
    [
        (timed(), None),
        (timed(LEFT), None),
        (timed(BORN), "born"),
        (timed(BORN, SEEN, key=("n", "seen_at")), "seen_at"),
        (timed(BORN, PERIOD, month="period"), "period"),
        (timed(PERIOD, BORN, AS_OF, month="period", key=("period", "n")), "as_of_date"),
        (timed(PERIOD, SALE, AS_OF, month="period", key=("period", "order_date")), "order_date"),
        (timed(PERIOD, month="period", key=("period", "n")), "period"),
    ],
)
def test_the_day_of_a_row_is_found_in_its_contract(contract: TableContract, column: str | None) -> None:
    assert date_column(contract) == column
