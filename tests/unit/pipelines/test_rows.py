"""Row by row: one bad row costs one row."""

from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from work_data_hub.cleansing.registry import get_rule
from work_data_hub.domain.kernel.errors import StepFailedError, TransientError
from work_data_hub.domain.pipelines.core import Pipeline, PipelineConfig, PipelineResult
from work_data_hub.domain.pipelines.rows import Row, RowStep

COLLECT = PipelineConfig("collect_errors", max_retries=0)


def arrow(values: list[Any]) -> pd.Series:
    return pd.Series(pd.arrays.ArrowExtensionArray(pa.array(values)))


def hundred() -> pd.DataFrame:
    cells = ["bad" if position % 10 == 7 else str(position) for position in range(100)]
    return pd.DataFrame(
        {
            "cell": arrow(cells),
            "row_number": arrow(list(range(5, 105))),
            "file_id": arrow(["f"] * 100),
            "sheet": arrow(["规模明细"] * 100),
        }
    )


def to_number(row: Row) -> Row:
    return row | {"number": int(row["cell"])}


def collect(frame: pd.DataFrame, function: Any) -> PipelineResult:
    return Pipeline("p", COLLECT).add_step(RowStep("number", function)).run(frame)


def test_ten_bad_of_a_hundred_rows_leave_ninety_and_ten_reasons() -> None:
    result = collect(hundred(), to_number)
    assert (result.success, len(result.output_data), len(result.rejections)) == (True, 90, 10)
    first = result.rejections[0]
    assert (first.row_number, first.file_id, first.sheet, first.rule) == (12, "f", "规模明细", "number")
    assert "ValueError: invalid literal" in first.reason
    assert result.output_data["number"].tolist() == [n for n in range(100) if n % 10 != 7]
    assert result.output_data.index.tolist() == [n for n in range(100) if n % 10 != 7]


def test_stopping_ends_at_the_first_bad_row_and_names_step_index_row_and_cause() -> None:
    seen: list[str] = []

    def watched(row: Row) -> Row:
        seen.append(row["cell"])
        return to_number(row)

    with pytest.raises(StepFailedError) as error:
        Pipeline("p").add_step(RowStep("number", watched)).run(hundred())
    assert "step 'number' (index 0)" in str(error.value)
    assert "row 12" in str(error.value)
    assert isinstance(error.value.__cause__, ValueError)
    assert (len(seen), len(error.value.evidence["result"].rejections)) == (8, 1)


def test_without_lineage_the_index_names_the_row() -> None:
    frame = pd.DataFrame({"cell": ["1", "x"]}, index=[3, 4])
    assert collect(frame, to_number).rejections[0].row_number == 4
    assert collect(frame.set_axis(["a", "b"]), to_number).rejections[0].row_number is None


def test_an_unreadable_cell_gives_its_reason_and_what_was_expected() -> None:
    rejection = collect(hundred(), lambda row: row | {"x": get_rule("number").apply(row["cell"])}).rejections[
        0
    ]
    assert (rejection.reason, rejection.expected) == ("is not a number", "a number such as 1,234.5 or 3万")


def test_types_stay_and_new_columns_are_arrow() -> None:
    frame = pd.DataFrame({"a": arrow([Decimal("1.50"), None]), "f": [0.5, None], "n": [1, 2]})
    result = collect(frame, lambda row: {**row, "b": row["a"] is None}).output_data
    assert result["a"].dtype == frame["a"].dtype
    assert [str(result[name].dtype) for name in "fn"] == ["float64", "int64"]
    assert result["b"].dtype == pd.ArrowDtype(pa.bool_())
    assert result["b"].tolist() == [False, True]


def test_blanks_reach_the_function_as_none() -> None:
    seen: list[Any] = []

    def look(row: Row) -> Row:
        seen.append((row["a"], row["f"]))
        return row

    frame = pd.DataFrame({"a": arrow(["x", None]), "f": [float("nan"), 1.0]})
    collect(frame, look)
    assert seen == [("x", None), (None, 1.0)]


@pytest.mark.parametrize("frame", [hundred().head(0), hundred().loc[[7]]])
def test_no_row_left_is_an_empty_frame_with_its_columns(frame: pd.DataFrame) -> None:
    output = collect(frame, to_number).output_data
    assert (len(output), set(frame.columns) <= set(output.columns)) == (0, True)
    assert output["cell"].dtype == frame["cell"].dtype


def test_a_transient_error_is_no_rejection() -> None:
    def down(row: Row) -> Row:
        raise TransientError("down", fix="wait")

    with pytest.raises(StepFailedError) as error:
        collect(hundred(), down)
    assert isinstance(error.value.__cause__, TransientError)
