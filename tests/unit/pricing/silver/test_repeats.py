"""Line numbers become distinct whatever the source has, and those that are distinct already stay."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from work_data_hub.domain.pricing.silver.repeats import distinct_numbers

PAIRS = st.lists(
    st.tuples(st.sampled_from("XY"), st.sampled_from(["1", "1#2", "1#3", "2", "1#2#2"])), max_size=30
)


@given(PAIRS)
def test_numbers_are_distinct_in_their_order_and_first_ones_stay(pairs: list[tuple[str, str]]) -> None:
    orders, numbers = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    given_numbers, changed = distinct_numbers(pa.array(orders, pa.string()), pa.array(numbers, pa.string()))
    found = list(zip(orders, given_numbers.to_pylist(), strict=True))
    assert len(set(found)) == len(found)
    assert changed == len(pairs) - len(set(pairs))
    assert set(pairs) <= set(found)


def test_what_has_no_number_is_left_alone() -> None:
    found, changed = distinct_numbers(pa.array(["X", "X"]), pa.array([None, None], pa.string()))
    assert (found.to_pylist(), changed) == ([None, None], 0)
