"""Small tables to compare, and a slow comparison by key that anybody can check by eye."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa
from hypothesis import strategies as st

from work_data_hub.application.compare.findings import Held, findings
from work_data_hub.application.compare.match import pair_rows
from work_data_hub.application.compare.model import ComparedColumn, Findings, Kind, Side
from work_data_hub.cleansing.column import Failure

MONEY: Final = pa.decimal128(18, 4)
TEMPORARY: Final = "IN[A-Z2-7]{16}"
TEMPORARY_ID: Final = "IN" + "A" * 16
TOLERANCE: Final = Decimal("0.01")
COLUMNS: Final = (
    ComparedColumn("plan", "计划", "计划", Kind.TEXT, pa.string()),
    ComparedColumn("customer", "客户", "客户", Kind.TEXT, pa.string()),
    ComparedColumn("opening", "期初", "期初", Kind.NUMBER, MONEY, TOLERANCE, summed=True),
    ComparedColumn("closing", "期末", "期末", Kind.NUMBER, MONEY, TOLERANCE, summed=True),
    ComparedColumn("company", "公司", "公司", Kind.TEXT, pa.string(), temporary=TEMPORARY),
)
NAMES: Final = tuple(column.name for column in COLUMNS)
Row = tuple[Any, ...]

_AMOUNTS: Final = st.sampled_from(
    [None, *map(Decimal, ("0", "0.0050", "0.0100", "0.0200", "1.5000", "-7.2500"))]
)
ROWS: Final = st.tuples(
    st.sampled_from([None, "P1", "P2"]),
    st.sampled_from([None, "甲", "乙", "丙 丁"]),
    _AMOUNTS,
    _AMOUNTS,
    st.sampled_from([None, "600000001", "600000002", TEMPORARY_ID]),
)


def side(rows: Sequence[Row], unreadable: Mapping[str, tuple[Failure, ...]] | None = None) -> Side:
    """Put rows into columns."""
    columns = {
        column.name: pa.array([row[place] for row in rows], column.dtype)
        for place, column in enumerate(COLUMNS)
    }
    return Side(columns, len(rows), unreadable or {})


def compared(
    here: Sequence[Row], there: Sequence[Row], key: Sequence[str] = (), samples: int = 99
) -> Findings:
    """Compare rows with rows."""
    one, other = side(here), side(there)
    return findings(Held(COLUMNS, one, other, pair_rows(COLUMNS, one, other, key)), samples)


def fate(column: ComparedColumn, one: Any, other: Any) -> str:
    """Say what a pair of cells is."""
    if one == other:
        return "equal"
    if column.temporary and TEMPORARY_ID in (one, other):
        return "temporary"
    numbers = isinstance(one, Decimal) and isinstance(other, Decimal)
    return "within_tolerance" if numbers and abs(one - other) <= column.tolerance else "different"


def by_hand(here: Sequence[Row], there: Sequence[Row]) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    """Compare rows whose first cell names them, one after the other."""
    one, other = {row[0]: row for row in here}, {row[0]: row for row in there}
    rows = dict.fromkeys(("exact", "agreeing", "differing"), 0)
    cells = {
        name: dict.fromkeys(("equal", "temporary", "within_tolerance", "different"), 0) for name in NAMES
    }
    for name in one.keys() & other.keys():
        fates = [fate(*three) for three in zip(COLUMNS, one[name], other[name], strict=True)]
        for column, what in zip(NAMES, fates, strict=True):
            cells[column][what] += 1
        verdict = "differing" if "different" in fates else "agreeing"
        rows["exact" if set(fates) == {"equal"} else verdict] += 1
    rows |= {
        "only_here": len(one.keys() - other.keys()),
        "only_there": len(other.keys() - one.keys()),
    }
    return rows, cells
