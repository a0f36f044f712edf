"""The fast features against the slow ones, line by line."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from tests.unit.pricing.features import oracle
from tests.unit.pricing.features.order_rows import FRIDAY, SPEND, config, frame, many_lines, numbered, row

from work_data_hub.domain.pricing.contracts.feature import NUMERIC
from work_data_hub.domain.pricing.features.build import order_features

Rows = list[dict[str, Any]]


def assert_equal(lines: Rows, past: Rows) -> None:
    rows = order_features(frame(lines), frame(past) if past else None, config())
    expected = oracle.features(numbered(lines), past)
    assert len(rows) == len(expected)
    for fast, slow in zip(rows.to_dict("records"), expected, strict=True):
        assert set(slow) == {column.name for column in NUMERIC}
        for name, value in slow.items():
            found = None if fast[name] is None or fast[name] != fast[name] else fast[name]
            wanted = None if value is None else pytest.approx(value, rel=1e-13, abs=1e-13)
            assert found == wanted, name


@settings(max_examples=5)
@given(lines=many_lines)
def test_features_equal_the_slow_ones(lines: Rows) -> None:
    assert_equal(lines, [])


@settings(max_examples=5)
@given(lines=many_lines, past=many_lines)
def test_features_with_a_past_equal_the_slow_ones(lines: Rows, past: Rows) -> None:
    assert_equal(lines, past)


@settings(max_examples=5)
@given(lines=many_lines)
def test_the_order_of_rows_changes_nothing(lines: Rows) -> None:
    named = numbered(lines)
    keys = ["line_kind", "order_id", "order_line_id"]
    one, other = (order_features(frame(rows), None, config()) for rows in (named, named[::-1]))
    assert one.sort_values(keys, ignore_index=True).equals(other.sort_values(keys, ignore_index=True))


@settings(max_examples=5)
@given(lines=many_lines)
def test_a_spend_rule_looks_only_backwards(lines: Rows) -> None:
    named = numbered(lines)
    rows = order_features(frame(named), None, config(SPEND))
    for tier, line in zip(rows["customer_tier"], filter(oracle.is_fit, named), strict=True):
        spent = oracle.spend(line, named, SPEND["days"])  # type: ignore[arg-type]  # the rule's days
        assert tier == ("gold" if spent >= Decimal("5000.005") else "silver" if spent >= 1000 else "new")


@pytest.mark.parametrize(("days", "counted"), [(0, 0), (1, 1), (364, 1), (365, 1), (366, 0)])
def test_a_year_ends_after_365_days(days: int, counted: int) -> None:
    past = [row(customer_id="C9", order_date=FRIDAY)]
    line = row(customer_id="C9", order_date=FRIDAY + timedelta(days))
    rows = order_features(frame([line]), frame(past), config())
    assert rows["cust_lines_365"].tolist() == [counted]
    assert rows["prod_lines_365"].tolist() == [counted]
    assert rows["cust_recency_days"].notna().tolist() == [days > 0]
