import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.kernel.tables import SALES, Row, sales
from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.kernel.frames import empty_frame, identity_hash, to_arrow
from work_data_hub.domain.kernel.validation import validate

ROWS: list[Row] = [(1, "cash", "1.5", "a", None), (2, "card", "2", None, "A1"), (3, "cash", "0", "ä", "B2")]
Cells = list[tuple[str, str | None]]
cells = st.tuples(
    st.text(max_size=5).map(lambda t: t.replace("\x00", "")), st.none() | st.text("AB12", max_size=3)
)


def hash_of(frame: pd.DataFrame) -> str:
    return identity_hash(SALES, to_arrow(SALES, frame))


def test_equal_content_has_an_equal_identity_in_any_order() -> None:
    assert hash_of(sales(ROWS)) == hash_of(sales(ROWS[::-1]))


@pytest.mark.parametrize(
    "row", [(3, "cash", "0", "a", "B2"), (4, "cash", "0", "ä", "B2"), (3, "cash", "0", "ä", None)]
)
def test_any_changed_cell_changes_the_identity(row: Row) -> None:
    assert hash_of(sales(ROWS)) != hash_of(sales([*ROWS[:2], row]))


@given(st.lists(cells, min_size=1, max_size=6), st.lists(cells, min_size=1, max_size=6))
def test_identities_are_equal_only_where_contents_are(left: Cells, right: Cells) -> None:
    first, second = (
        [(i, "cash", "1", note, code) for i, (note, code) in enumerate(side)] for side in (left, right)
    )
    assert (hash_of(sales(first)) == hash_of(sales(second))) is (left == right)


def test_an_absent_value_is_not_an_empty_one() -> None:
    assert hash_of(sales([(1, "cash", "1", None, None)])) != hash_of(sales([(1, "cash", "1", "", None)]))


def test_nothing_is_cast_on_the_way_in() -> None:
    frame = sales(ROWS).astype({"row_number": "float64"})
    with pytest.raises(PermanentError, match=r"row_number is double in the frame[\s\S]*Expected: int64"):
        to_arrow(SALES, frame)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(PermanentError, match="lacks amount, note"):
        to_arrow(SALES, sales(ROWS).drop(columns=["amount", "note"]))


def test_an_empty_frame_has_the_contract_s_types() -> None:
    assert to_arrow(SALES, empty_frame(SALES)).schema == SALES.arrow_schema
    validate(SALES, empty_frame(SALES))


def test_a_frame_that_obeys_its_contract_passes() -> None:
    validate(SALES, sales(ROWS))


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ((3, "gold", "1", None, None), "kind"),
        ((3, "cash", "-1", None, None), "amount"),
        ((3, "cash", "1", None, "a1"), "code"),
        ((2, "cash", "1", None, None), "row_number"),
    ],
)
def test_each_broken_rule_is_found_with_its_column_and_value(row: Row, column: str) -> None:
    with pytest.raises(PermanentError, match=f"breaks its contract 1.0.0[\\s\\S]*{column}"):
        validate(SALES, sales([*ROWS[:2], row]))


def test_a_null_in_a_column_that_allows_none_is_found() -> None:
    frame = sales(ROWS)
    frame.loc[1, "kind"] = None
    with pytest.raises(PermanentError, match="kind: not_nullable"):
        validate(SALES, frame)
