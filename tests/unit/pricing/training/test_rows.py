"""Rows to learn from: usable orders alone, in an order of their own, and nothing that tells the target."""

from datetime import date

import pytest
from tests.unit.pricing.feature_rows import features
from tests.unit.pricing.training.lines import history, line

from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.pricing.contracts.feature import CATEGORICAL, FEATURES
from work_data_hub.domain.pricing.training.errors import LeakageError
from work_data_hub.domain.pricing.training.rows import (
    TrainingRows,
    checked_features,
    feature_frame,
    texts_among,
)

DAY = date(2025, 1, 7)


def test_quotes_and_lines_that_train_nothing_are_left_out() -> None:
    rows = TrainingRows.of(
        features(
            line(1, 1, DAY, 0.1),
            line(2, 1, DAY, 0.2, line_kind="quote"),
            line(3, 1, DAY, 0.3, usable=False),
            line(4, 1, DAY, None),
        )
    )
    assert rows.target.tolist() == [0.1]


def test_rows_in_another_order_are_the_same_rows() -> None:
    frame = history(deals=20)
    once, again = TrainingRows.of(frame), TrainingRows.of(frame.sample(frac=1, random_state=3))
    assert once.fingerprint == again.fingerprint
    assert (once.deals == again.deals).all()
    assert (once.days[1:] >= once.days[:-1]).all()


def test_a_changed_discount_is_another_fingerprint() -> None:
    one, other = (TrainingRows.of(features(line(1, 1, DAY, d))) for d in (0.1, 0.100001))
    assert one.fingerprint != other.fingerprint


def test_months_are_counted_by_lines_that_came_together() -> None:
    frame = features(*(line(i, 1, date(2025, month, 3), 0.1) for i, month in enumerate((1, 1, 2, 4))))
    rows = TrainingRows.of(frame)
    assert [rows.months_until(lines) for lines in (1, 2, 3, 4)] == [
        Period(2025, month) for month in (1, 1, 2, 4)
    ]
    assert len(rows.since(Period(2025, 2))) == 2


@pytest.mark.parametrize(
    "leak", ["sell_price", "discount_pct", "order_id", "customer_id", "product_id", "usable", "unit_cost"]
)
def test_what_is_known_only_later_and_ids_are_no_features(leak: str) -> None:
    with pytest.raises(LeakageError, match=leak):
        checked_features((*FEATURES, leak))


def test_the_contracts_features_are_what_a_model_sees() -> None:
    assert checked_features(FEATURES) == FEATURES
    assert list(feature_frame(history(deals=2), FEATURES).columns) == list(FEATURES)
    assert texts_among(FEATURES) == CATEGORICAL
    with pytest.raises(LeakageError, match="nothing"):
        checked_features(())


def test_columns_that_are_not_there_are_named() -> None:
    with pytest.raises(PermanentError, match="usable"):
        TrainingRows.of(history(deals=2).drop(columns="usable"))
    with pytest.raises(PermanentError, match="log_quantity"):
        feature_frame(history(deals=2).drop(columns="log_quantity"), FEATURES)
