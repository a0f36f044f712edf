"""A sheet that was read becomes bronze rows with their coordinates, none lost."""

from typing import Any

import pandas as pd
import pytest
from tests.unit.annuity.rows import NOVEMBER, arrow_series, stamped, values

from work_data_hub.domain.annuity.contracts import SCALE_ROWS
from work_data_hub.domain.annuity.scale import SCALE_SHEET
from work_data_hub.domain.kernel.contract import COUNT, TEXT
from work_data_hub.domain.kernel.frames import to_arrow
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.sheets import SheetRead
from work_data_hub.domain.kernel.validation import validate
from work_data_hub.domain.pipelines.bronze import bronze_outcome


@pytest.fixture
def outcome() -> Outcome:
    texts: dict[str, list[Any]] = {column.name: [None, None, None] for column in SCALE_SHEET.columns}
    texts |= {
        "row_kind": ["data", "data", "total"],
        "plan_code": ["S1", "S2", None],
        "extra_cells": [None, '{"新列": "x"}', None],
    }
    del texts["remark"]
    rows = pd.DataFrame({name: arrow_series(cells, TEXT) for name, cells in texts.items()})
    read = SheetRead(
        rows=rows.assign(row_number=arrow_series([4, 6, 9], COUNT)),
        sheet="规模明细",
        header_row=3,
        header_map={"plan_code": "计划号"},
        column_letters={"plan_code": "E"},
        read_rows=6,
        blank_rows=2,
        repeated_header_rows=1,
        totals_rows=1,
        data_rows=2,
        unknown_headers=("新列",),
        absent_columns=("remark",),
        sheets_seen=("说明", "规模明细"),
        forward_filled_cells=0,
        warnings=("1 unknown header",),
    )
    return bronze_outcome(SCALE_ROWS, read, NOVEMBER, "abcd")


def test_every_row_keeps_its_coordinates_and_its_cells(outcome: Outcome) -> None:
    frame = outcome.accepted
    assert values(frame, "row_number") == [4, 6, 9]
    assert values(frame, "row_kind") == ["data", "data", "total"]
    assert values(frame, "plan_code") == ["S1", "S2", None]
    assert values(frame, "extra_cells") == [None, '{"新列": "x"}', None]
    assert set(values(frame, "period")) == {NOVEMBER.start}
    assert set(values(frame, "file_id")) == {"abcd"}
    assert set(values(frame, "sheet")) == {"规模明细"}


def test_a_column_that_is_not_in_the_sheet_is_null(outcome: Outcome) -> None:
    assert values(outcome.accepted, "remark") == [None, None, None]


def test_bronze_fulfils_its_contract_but_for_the_stamp(outcome: Outcome) -> None:
    assert "run_id" not in outcome.accepted
    whole = stamped(SCALE_ROWS, outcome.accepted)
    validate(SCALE_ROWS, whole)
    assert to_arrow(SCALE_ROWS, whole).num_rows == 3


def test_rows_that_stay_out_are_counted(outcome: Outcome) -> None:
    assert (outcome.counts.read, outcome.counts.published, outcome.counts.skipped) == (6, 3, 3)
    assert outcome.counts.balanced


def test_what_the_reader_saw_is_told(outcome: Outcome) -> None:
    assert outcome.warnings == ("1 unknown header",)
    assert outcome.facts["unknown_headers"] == ["新列"]
    assert outcome.facts["absent_columns"] == ["remark"]
    assert outcome.facts["header_row"] == 3
    assert outcome.facts["metrics"]["repeated_header_rows"] == 1  # type: ignore[index]


def test_the_scale_sheet_is_read_by_labels_and_aliases() -> None:
    columns = {column.name: column for column in SCALE_SHEET.columns}
    assert columns["plan_code"].headers == ("计划代码", "计划号")
    assert columns["period_return"].headers == ("当期收益率", "年化收益率")
    assert {name for name, column in columns.items() if column.required} == {
        *("reporting_month", "plan_code", "customer_name", "opening_aum", "closing_aum"),
        *("investment_result", "period_return"),
    }
    assert {name for name, column in columns.items() if column.forward_fill} == {"business_type", "plan_type"}
    assert {name for name, column in columns.items() if column.may_be_empty} == {"customer_name"}
    assert {"row_kind", "extra_cells", "run_id", "period"}.isdisjoint(columns)
