"""Keys that depend on what a row is, and on nothing else."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.retail.frames.surrogates import joined, surrogate_key, surrogate_keys

TEXTS = st.lists(st.text(min_size=1, max_size=8), unique=True, max_size=30)


@given(TEXTS)
def test_keys_are_positive_distinct_and_follow_their_rows(codes: list[str]) -> None:
    systems = pa.array(["EUROSTYLE"] * len(codes))
    keys = surrogate_keys(systems, pa.array(codes, pa.string())).tolist()
    assert all(0 <= key < 2**63 for key in keys)
    assert len(set(keys)) == len(codes)
    backwards = surrogate_keys(systems, pa.array(codes[::-1], pa.string())).tolist()
    assert backwards == keys[::-1]


def test_a_key_stays_the_same_for_ever() -> None:
    assert surrogate_key("EUROSTYLE|85123A") == 665693568868550965


def test_a_row_that_occurs_twice_is_refused() -> None:
    with pytest.raises(PermanentError, match="same key"):
        surrogate_keys(pa.array(["CONTOSO", "CONTOSO"]), pa.array(["1", "1"]))


def test_brands_do_not_share_keys() -> None:
    assert len(set(surrogate_keys(pa.array(["CONTOSO", "EUROSTYLE"]), pa.array(["1", "1"])).tolist())) == 2


def test_a_missing_part_has_no_joined_text() -> None:
    assert joined(pa.array(["a", None]), pa.array(["b", "c"])).to_pylist() == ["a|b", None]
