"""Words of whole columns: what is null is left out, and no row gets lost."""

import numpy as np
import pyarrow as pa
import pytest

from work_data_hub.domain.pricing.scoring.words import listed, only_where, percents


def test_rows_of_nothing_stay_rows() -> None:
    left = pa.array([None, "a", None, "b"], pa.string())
    right = pa.array([None, None, "c", "d"], pa.string())
    assert listed(left, right, between=", ").to_pylist() == [None, "a", "c", "b, d"]


@pytest.mark.parametrize(
    ("millionths", "said"),
    [(0, "0"), (140_000, "14"), (145_500, "14.6"), (-145_500, "-14.6"), (499, "0"), (1_000_000, "100")],
)
def test_percentages_have_one_digit_at_most(millionths: int, said: str) -> None:
    assert percents(np.array([millionths])).to_pylist() == [said]


def test_a_sentence_stands_where_it_is_true() -> None:
    assert only_where(np.array([True, False]), "yes").to_pylist() == ["yes", None]
