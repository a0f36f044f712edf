"""Naive bands: quantiles of the segment, of a wider one where it is thin."""

from datetime import date

import numpy as np
from tests.unit.pricing.feature_rows import features
from tests.unit.pricing.training.lines import FIRST, history, line

from work_data_hub.domain.pricing.training.baselines import SegmentBands, last_month
from work_data_hub.domain.pricing.training.rows import TrainingRows

KEYS = ("product_family", "customer_tier")
QUANTILES = (0.1, 0.5, 0.9)


def test_thin_segments_take_the_bands_of_wider_ones() -> None:
    rows = [line(i, 1, FIRST, i / 100, product_family="tools", customer_tier="A") for i in range(1, 11)]
    rows += [
        line(20 + i, 1, FIRST, 0.5, product_family="tools", customer_tier="B", region="x") for i in range(3)
    ]
    rows += [line(30, 1, FIRST, 0.9, product_family="pipes", customer_tier="A")]
    bands = SegmentBands.fit(TrainingRows.of(features(*rows)), KEYS, QUANTILES, min_lines=5)
    asked = features(
        line(1, 1, FIRST, None, product_family="tools", customer_tier="A"),
        line(2, 1, FIRST, None, product_family="tools", customer_tier="B"),
        line(3, 1, FIRST, None, product_family="pipes", customer_tier="A"),
        line(4, 1, FIRST, None, product_family="new", customer_tier="new"),
    )
    own, family, everything, new = bands.predict(asked).tolist()
    assert own == [0.01, 0.05, 0.09]
    assert family == [0.02, 0.07, 0.5]
    assert everything == new == [0.02, 0.07, 0.5]


def test_every_band_is_a_discount_that_was_given() -> None:
    rows = TrainingRows.of(history(deals=30))
    found = SegmentBands.fit(rows, KEYS, QUANTILES, 5).predict(rows.frame)
    assert set(found.ravel()) <= set(rows.target)
    assert (np.diff(found, axis=1) >= 0).all()


def test_last_periods_bands_are_made_from_the_newest_month() -> None:
    rows = TrainingRows.of(
        features(
            line(1, 1, date(2025, 1, 31), 0.1), line(2, 1, date(2025, 2, 1), 0.2), line(3, 1, FIRST, 0.3)
        )
    )
    assert last_month(rows).target.tolist() == [0.2]
