"""Every feature says when it is known and what it is made from."""

from dataclasses import replace

import pytest

from work_data_hub.domain.kernel.errors import ConfigurationError
from work_data_hub.domain.pricing.contracts.feature import FEATURES, NUMERIC
from work_data_hub.domain.pricing.contracts.silver import ORDER_LINE
from work_data_hub.domain.pricing.features.manifest import feature_manifest, notes


def test_every_feature_has_a_note() -> None:
    manifest = feature_manifest()
    assert tuple(note.name for note in manifest) == FEATURES
    assert all(note.meaning and note.availability and note.sources for note in manifest)


def test_sources_are_columns_of_order_lines_and_never_the_sell_price() -> None:
    sources = {name for note in feature_manifest() for name in note.sources}
    assert sources <= set(ORDER_LINE.column_names) - {"sell_price", "unit_cost"}


def test_what_is_made_from_discounts_is_known_the_day_before() -> None:
    told = [note for note in feature_manifest() if "discount_pct" in note.sources]
    assert told
    assert all(note.availability.startswith("the day before the order") for note in told)


def test_a_feature_without_availability_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="log_quantity does not say when it is known"):
        notes([replace(NUMERIC[0], available=None)])


def test_a_feature_without_sources_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="what it is made from"):
        notes([replace(NUMERIC[0], name="sell_price_today")])
