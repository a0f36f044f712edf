"""The sheets of a drop become bronze rows: each with its place, in its month, or rejected."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from work_data_hub.cleansing.timestamps import TIMESTAMP_US, months_of
from work_data_hub.domain.kernel.contract import (
    COUNT,
    DAY,
    TEXT,
    Column,
    Conservation,
    Role,
    TableContract,
)
from work_data_hub.domain.kernel.errors import ConfigurationError, EmptyInputError
from work_data_hub.domain.kernel.frames import to_arrow
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.sheets import DropPart, SheetRead
from work_data_hub.domain.kernel.validation import validate
from work_data_hub.domain.pipelines.drops import drop_outcome, drop_spec

LINES = TableContract(
    key="shop.bronze.lines",
    version="1.0.0",
    label="Lines",
    description="Invoice lines as they came.",
    grain="one row per row of a sheet",
    owner="team:shop",
    columns=(
        Column("period", DAY, "Month", "month of the order", role=Role.LINEAGE, sources=("ordered_at",)),
        Column("file_id", TEXT, "File", "file", role=Role.LINEAGE),
        Column("sheet", TEXT, "Sheet", "sheet", role=Role.LINEAGE),
        Column("row_number", COUNT, "Row", "row", role=Role.LINEAGE),
        Column("order_id", TEXT, "Invoice", "order", nullable=True, aliases=("InvoiceNo",)),
        Column("ordered_at", TEXT, "InvoiceDate", "moment", nullable=True),
        Column("note", TEXT, "Note", "note", nullable=True),
        Column("extra_cells", TEXT, "Others", "other cells", nullable=True),
        Column("run_id", TEXT, "Run", "run", role=Role.STAMP),
    ),
    primary_key=("file_id", "sheet", "row_number"),
    conservation=Conservation.ROW_PRESERVING,
    sliced_by="period",
)
WHOLE = replace(LINES, columns=LINES.columns[1:], sliced_by=None)
DECEMBER, JANUARY = date(2009, 12, 1), date(2010, 1, 1)


def texts(values: Sequence[Any], dtype: pa.DataType = TEXT) -> pd.Series:
    return pd.Series(pd.arrays.ArrowExtensionArray(pa.array(values, dtype)))


def part(
    sheet: str, moments: Sequence[str | None], *, file: str = "ab" * 8, first: int = 2, **more: Any
) -> DropPart:
    count = len(moments)
    rows = pd.DataFrame(
        {
            "row_number": texts(range(first, first + count), COUNT),
            "row_kind": texts(["data"] * count),
            "order_id": texts([f"{sheet}-{number}" for number in range(count)]),
            "ordered_at": texts(moments),
            "extra_cells": texts(['{"New": "1"}'] + [None] * (count - 1)),
        }
    )
    facts: dict[str, Any] = {
        "header_map": {"order_id": "InvoiceNo"},
        "column_letters": {"order_id": "A"},
        "blank_rows": 0,
        "repeated_header_rows": 0,
        "unknown_headers": ("New",),
        "absent_columns": ("note",),
        "sheets_seen": (sheet, "Notes"),
        "warnings": (),
    } | more
    skipped = facts["blank_rows"] + facts["repeated_header_rows"]
    read = SheetRead(
        rows=rows,
        sheet=sheet,
        header_row=1,
        read_rows=count + skipped,
        totals_rows=0,
        data_rows=count,
        forward_filled_cells=0,
        **facts,
    )
    return DropPart(file, f"shop/{file[:2]}.xlsx", read)


def column(outcome: Outcome, name: str) -> list[Any]:
    return [None if pd.isna(value) else value for value in outcome.accepted[name]]


@pytest.fixture
def parts() -> tuple[DropPart, ...]:
    return (
        part("2009", ["2009-12-01T07:45:00", "2009-12-31"], blank_rows=2),
        part("2010", ["2010-01-05 10:00", "x", None], repeated_header_rows=1, first=5),
    )


def test_the_rows_of_all_parts_follow_one_another_with_their_places(parts: tuple[DropPart, ...]) -> None:
    outcome = drop_outcome(LINES, parts)
    assert column(outcome, "order_id") == ["2009-0", "2009-1", "2010-0"]
    assert column(outcome, "sheet") == ["2009", "2009", "2010"]
    assert column(outcome, "row_number") == [2, 3, 5]
    assert set(column(outcome, "file_id")) == {"ab" * 8}
    assert column(outcome, "note") == [None, None, None]
    assert column(outcome, "extra_cells") == ['{"New": "1"}', None, '{"New": "1"}']
    assert column(outcome, "period") == [DECEMBER, DECEMBER, JANUARY]
    assert outcome.accepted.index.tolist() == [0, 1, 2]


def test_rows_without_a_month_are_rejected_with_their_place_and_cell(parts: tuple[DropPart, ...]) -> None:
    outcome = drop_outcome(LINES, parts)
    assert [
        (r.rule, r.file_id, r.sheet, r.row_number, r.column, r.value, r.reason) for r in outcome.rejections
    ] == [
        ("no_month", "ab" * 8, "2010", 6, "ordered_at", "x", "tells no month"),
        (*("no_month", "ab" * 8, "2010", 7, "ordered_at"), None, "is blank, so the row belongs to no month"),
    ]
    counts = outcome.counts
    assert (counts.read, counts.published, counts.rejected, counts.skipped) == (8, 3, 2, 3)
    assert counts.balanced


def test_the_outcome_fulfils_its_contract_but_for_the_stamp(parts: tuple[DropPart, ...]) -> None:
    outcome = drop_outcome(LINES, parts)
    assert "run_id" not in outcome.accepted
    whole = outcome.accepted.assign(run_id=texts(["run"] * 3))[list(LINES.column_names)]
    validate(LINES, whole)
    assert to_arrow(LINES, whole).num_rows == 3


def test_a_table_that_is_not_sliced_needs_no_month(parts: tuple[DropPart, ...]) -> None:
    outcome = drop_outcome(WHOLE, parts)
    assert (outcome.counts.published, outcome.rejections) == (5, ())
    assert "period" not in outcome.accepted


def test_months_may_be_read_in_another_way() -> None:
    outcome = drop_outcome(
        LINES,
        [part("S", ["12/1/2009 8:26", "1/12/2010 8:26"])],
        months=lambda frame: months_of(frame["ordered_at"], TIMESTAMP_US),
    )
    assert column(outcome, "period") == [DECEMBER, JANUARY]


def test_nobody_guesses_where_the_month_stands(parts: tuple[DropPart, ...]) -> None:
    silent = replace(LINES, columns=(replace(LINES.columns[0], sources=()), *LINES.columns[1:]))
    with pytest.raises(ConfigurationError, match="nothing says how to read it"):
        drop_outcome(silent, parts)
    outcome = drop_outcome(silent, parts, months=lambda frame: texts([None] * len(frame), DAY))
    assert {(r.column, r.value) for r in outcome.rejections} == {(None, None)}
    with pytest.raises(ConfigurationError, match="5 rows and 1 months"):
        drop_outcome(LINES, parts, months=lambda frame: texts([DECEMBER], DAY))


def test_a_profile_of_the_accepted_rows_joins_the_counts_of_the_readers(parts: tuple[DropPart, ...]) -> None:
    def profile(frame: pd.DataFrame) -> Mapping[str, float]:
        return {"december": int((frame["period"] == DECEMBER).sum()), "rows": len(frame)}

    assert drop_outcome(LINES, parts, profile=profile).facts["metrics"] == {
        "data_rows": 5,
        "totals_rows": 0,
        "blank_rows": 2,
        "repeated_header_rows": 1,
        "forward_filled_cells": 0,
        "december": 2,
        "rows": 3,
    }


def test_what_the_readers_saw_is_told_by_sheet_and_for_the_drop(parts: tuple[DropPart, ...]) -> None:
    other = part("2010", ["2010-01-05"], file="cd" * 8, warnings=("odd",), unknown_headers=("Newer",))
    outcome = drop_outcome(LINES, (*parts, other))
    facts: Any = outcome.facts
    assert facts["files"] == ["shop/ab.xlsx", "shop/cd.xlsx"]
    assert [(sheet["file_id"], sheet["sheet"], sheet["rows"]["data_rows"]) for sheet in facts["sheets"]] == [
        *(("ab" * 8, "2009", 2), ("ab" * 8, "2010", 3), ("cd" * 8, "2010", 1))
    ]
    assert facts["sheets"][0]["header_map"] == {"order_id": "InvoiceNo"}
    assert facts["unknown_headers"] == ["New", "Newer"]
    assert facts["absent_columns"] == ["note"]
    assert facts["sheets_seen"] == ["2009", "Notes", "2010"]
    assert facts["column_letters"] == {"order_id": "A"}
    assert outcome.warnings == ("shop/cd.xlsx, 2010: odd",)


def test_a_drop_without_a_sheet_or_a_table_that_loses_rows_is_refused(parts: tuple[DropPart, ...]) -> None:
    with pytest.raises(EmptyInputError):
        drop_outcome(LINES, ())
    with pytest.raises(ConfigurationError, match="does not preserve rows"):
        drop_outcome(replace(LINES, conservation=Conservation.DERIVED), parts)


@given(
    st.lists(
        st.lists(st.sampled_from(["2009-12-01", "2010-01-31 23:59", "x", "", None]), min_size=1, max_size=9),
        min_size=1,
        max_size=4,
    )
)
def test_every_row_has_exactly_one_fate(sheets: list[list[str | None]]) -> None:
    drop = [part(str(number), moments) for number, moments in enumerate(sheets)]
    outcome = drop_outcome(LINES, drop)
    accepted = set(zip(column(outcome, "sheet"), column(outcome, "row_number"), strict=True))
    rejected = {(rejection.sheet, rejection.row_number) for rejection in outcome.rejections}
    assert outcome.counts.balanced
    assert accepted | rejected == {
        (str(number), row + 2) for number, moments in enumerate(sheets) for row in range(len(moments))
    }
    assert accepted.isdisjoint(rejected)


def test_a_drop_is_read_by_labels_and_aliases_of_its_contract() -> None:
    spec = drop_spec(LINES, required=("order_id", "ordered_at"), sheets="20*", may_be_empty=("ordered_at",))
    assert [(column.name, column.headers) for column in spec.columns] == [
        *(("order_id", ("Invoice", "InvoiceNo")), ("ordered_at", ("InvoiceDate",)), ("note", ("Note",)))
    ]
    assert [column.required for column in spec.columns] == [True, True, False]
    assert [column.may_be_empty for column in spec.columns] == [False, True, False]
    assert spec.sheets == "20*"


def test_a_month_that_is_no_lineage_is_not_looked_for_in_the_file() -> None:
    month = replace(LINES.columns[0], role=Role.BUSINESS)
    spec = drop_spec(replace(LINES, columns=(month, *LINES.columns[1:])), required=())
    assert "period" not in {column.name for column in spec.columns}
