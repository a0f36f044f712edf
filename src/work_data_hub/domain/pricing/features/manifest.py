"""The feature manifest: what each feature means, when it is known, in which unit, and what it is made from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from work_data_hub.domain.kernel.contract import Column
from work_data_hub.domain.kernel.errors import ConfigurationError
from work_data_hub.domain.pricing.contracts.feature import FEATURES, ORDER_FEATURES

_LINE: Final = "on the line itself"
_PAST_DISCOUNT: Final = ("order_date", "discount_pct", "usable")
_PAST_LINES: Final = ("order_date", "usable")
_SOURCES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "product_family": ("product_family",),
        "region": ("region",),
        "customer_tier": ("customer_tier", "customer_id", "order_date", "list_value", "usable"),
        "qty_band": ("quantity",),
        "country": ("country",),
        "negotiated": ("negotiated",),
        "log_quantity": ("quantity",),
        "log_list_price": ("list_price",),
        "log_list_value": ("list_value",),
        "order_lines": ("line_kind", "order_id", "order_date"),
        "log_order_value": ("line_kind", "order_id", "order_date", "list_value"),
        "cust_week_line_count": ("customer_id", "line_kind", "order_id", *_PAST_LINES),
        "log_cust_week_value": ("customer_id", "line_kind", "order_id", "list_value", *_PAST_LINES),
        "cust_discount_365": ("customer_id", *_PAST_DISCOUNT),
        "cust_lines_365": ("customer_id", *_PAST_LINES),
        "log_cust_value_365": ("customer_id", "list_value", *_PAST_LINES),
        "cust_recency_days": ("customer_id", *_PAST_LINES),
        "prod_discount_365": ("product_id", *_PAST_DISCOUNT),
        "prod_lines_365": ("product_id", *_PAST_LINES),
        "pair_discount_365": ("customer_id", "product_id", *_PAST_DISCOUNT),
        "pair_lines_365": ("customer_id", "product_id", *_PAST_LINES),
        "pair_last_discount": ("customer_id", "product_id", *_PAST_DISCOUNT),
        "family_discount_365": ("product_family", *_PAST_DISCOUNT),
        "list_price_change": ("product_id", "list_price", *_PAST_LINES),
    }
)
# what the contract's texts and flags can't say themselves
_AVAILABLE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "product_family": _LINE,
        "region": _LINE,
        "country": _LINE,
        "qty_band": _LINE,
        "negotiated": _LINE,
        "customer_tier": f"{_LINE}; by a spend rule, the day before the order",
    }
)


@dataclass(frozen=True, slots=True)
class FeatureNote:
    """One feature in words; `sources` are columns of order lines."""

    name: str
    meaning: str
    availability: str
    unit: str | None
    sources: tuple[str, ...]


def feature_manifest() -> tuple[FeatureNote, ...]:
    """Give a note of every feature, in the order in which a model sees them."""
    return notes(ORDER_FEATURES.column(name) for name in FEATURES)


def notes(columns: Iterable[Column]) -> tuple[FeatureNote, ...]:
    """Give notes of columns; one without availability or sources is refused."""
    return tuple(_note(column) for column in columns)


def _note(column: Column) -> FeatureNote:
    available = column.available or _AVAILABLE.get(column.name)
    sources = _SOURCES.get(column.name, column.sources)
    if not available or not sources:
        raise ConfigurationError(
            f"feature {column.name} does not say when it is known or what it is made from",
            expected="an availability and source columns for every feature",
            fix="declare `available` on its column, and its sources in the manifest",
        )
    return FeatureNote(column.name, column.meaning, available, column.unit, sources)
