"""The steps that domains compose."""

from datetime import date
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from work_data_hub.cleansing.registry import get_rule
from work_data_hub.domain.kernel.errors import StepFailedError
from work_data_hub.domain.pipelines.core import Pipeline, PipelineConfig, PipelineResult, TransformStep
from work_data_hub.domain.pipelines.steps import (
    CleanColumns,
    ColumnRule,
    CopyColumn,
    Derive,
    DropColumns,
    FillBlank,
    MapValues,
    RejectWhere,
    RenameColumns,
)

TEXT = pd.ArrowDtype(pa.string())


def frame(**columns: list[str | None]) -> pd.DataFrame:
    made = pd.DataFrame({name: pd.Series(cells, dtype=TEXT) for name, cells in columns.items()})
    return made.assign(row_number=range(10, 10 + len(made)), file_id="f", sheet="规模明细")


def run(step: TransformStep, data: pd.DataFrame) -> PipelineResult:
    before = data.copy(deep=True)
    result = Pipeline("p", PipelineConfig("collect_errors")).add_step(step).run(data)
    pd.testing.assert_frame_equal(data, before)
    return result


def cells(result: PipelineResult, column: str) -> list[object]:
    return [None if pd.isna(cell) else cell for cell in result.output_data[column]]


def test_columns_are_renamed_copied_derived_and_dropped() -> None:
    pipeline = (
        Pipeline("p")
        .add_step(RenameColumns({"客户名称": "customer_name"}))
        .add_step(CopyColumn("customer_name", "account_name"))
        .add_step(Derive("initial", lambda data: data["customer_name"].str[:1]))
        .add_step(DropColumns(("customer_name", "row_number", "file_id", "sheet")))
    )
    output = pipeline.run(frame(客户名称=["甲公司"])).output_data
    assert output.to_dict("list") == {"account_name": ["甲公司"], "initial": ["甲"]}


@pytest.mark.parametrize("step", [RenameColumns({"no": "x"}), DropColumns(("no",)), CopyColumn("no", "x")])
def test_a_column_that_is_not_there_fails_the_step(step: TransformStep) -> None:
    with pytest.raises(StepFailedError, match="no"):
        run(step, frame(a=["1"]))


def test_mapping_gives_the_default_for_blanks_and_unknown_text() -> None:
    result = run(
        MapValues("branch", "code", {"北京": "G01"}, default="G00"), frame(branch=["北京", "火星", None])
    )
    assert (cells(result, "code"), cells(result, "branch")) == (["G01", "G00", "G00"], ["北京", "火星", None])
    assert result.output_data["code"].dtype == TEXT


def test_mapping_without_a_default_leaves_blanks() -> None:
    assert cells(run(MapValues("a", "b", {"x": "1"}), frame(a=["x", "y", None])), "b") == ["1", None, None]


def test_mapping_may_keep_what_it_does_not_know() -> None:
    step = MapValues("a", "a", {"1P0290": "P0290"}, on_missing="keep")
    assert cells(run(step, frame(a=["1P0290", "P1", None])), "a") == ["P0290", "P1", None]


def test_mapping_may_reject_what_it_does_not_know_but_never_blanks() -> None:
    result = run(MapValues("a", "b", {"x": "1", "y": "2"}, on_missing="reject"), frame(a=["x", "z", None]))
    assert cells(result, "b") == ["1", None]
    fault = result.rejections[0]
    assert (fault.row_number, fault.column, fault.value, fault.expected) == (11, "a", "z", "one of x, y")


def test_blanks_are_filled_by_another_column_and_nothing_else_is_touched() -> None:
    step = FillBlank("plan_code", "plan_type", {"集合计划": "AN001", "单一计划": "AN002"})
    data = frame(
        plan_code=[None, None, "P1", None], plan_type=["集合计划", "单一计划", "集合计划", "职业年金"]
    )
    assert cells(run(step, data), "plan_code") == ["AN001", "AN002", "P1", None]


def test_rows_are_rejected_where_a_condition_holds() -> None:
    step = RejectWhere(
        lambda data: data["period"] != "2025-11", "period_mismatch", "period", "is another month"
    )
    result = run(step, frame(period=["2025-11", "2025-10", None]))
    assert cells(result, "period") == ["2025-11", None]
    fault = result.rejections[0]
    assert (fault.row_number, fault.rule, fault.value, fault.file_id) == (
        11,
        "period_mismatch",
        "2025-10",
        "f",
    )


CLEAN = CleanColumns(
    {
        "period": ColumnRule(
            get_rule("month"), required=True, not_after=date(2025, 11, 30), warn_before=date(2015, 1, 1)
        ),
        "amount": get_rule("amount_yuan"),
    }
)


def test_every_fault_of_a_row_is_listed_before_the_row_leaves() -> None:
    data = frame(
        period=["202511", "x", None, "2025年12月", "2009/1", "2025-10"],
        amount=["1,5", "y", "3", "4", "5万", None],
    )
    result = run(CLEAN, data)
    assert [(r.row_number, r.column, r.rule, r.value) for r in result.rejections] == [
        (10, "amount", "amount_yuan", "1,5"),
        (11, "period", "month", "x"),
        (11, "amount", "amount_yuan", "y"),
        (12, "period", "required", None),
        (13, "period", "not_after", "2025年12月"),
    ]
    assert {(r.file_id, r.sheet) for r in result.rejections} == {("f", "规模明细")}
    assert all(r.reason and r.expected for r in result.rejections)
    assert result.output_data["row_number"].tolist() == [14, 15]
    assert cells(result, "amount") == [Decimal(50000), None]
    assert cells(result, "period") == [date(2009, 1, 1), date(2025, 10, 1)]
    assert result.warnings == ("period: 1 dates before 2015-01-01",)
    assert result.rejected_rows == 4


def test_clean_columns_have_their_rules_types() -> None:
    output = run(CLEAN, frame(period=["202511"], amount=["1"])).output_data
    assert output["period"].dtype == pd.ArrowDtype(pa.date32())
    assert output["amount"].dtype == pd.ArrowDtype(pa.decimal128(18, 4))


@given(
    st.lists(
        st.tuples(st.sampled_from(["202511", "x", None]), st.sampled_from(["1", "y", None])), max_size=12
    )
)
def test_every_row_is_either_accepted_or_rejected(rows: list[tuple[str | None, str | None]]) -> None:
    result = run(CLEAN, frame(period=[period for period, _ in rows], amount=[amount for _, amount in rows]))
    accepted = set(result.output_data["row_number"])
    rejected = {rejection.row_number for rejection in result.rejections}
    assert accepted.isdisjoint(rejected)
    assert accepted | rejected == set(range(10, 10 + len(rows)))
    assert len(rejected) == result.rejected_rows
