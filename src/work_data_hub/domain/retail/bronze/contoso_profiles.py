"""What the quality log tells of Contoso's files as they came."""

from collections.abc import Callable, Mapping
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.retail.rules.cell_rules import CODE, DATE, PRICE, WHOLE, trimmed, values

Profile = Callable[[pd.DataFrame], Mapping[str, float]]


def distinct(**columns: str) -> Profile:
    """Make a profile that counts the different texts of columns, by the name of the metric."""

    def profile(frame: pd.DataFrame) -> Mapping[str, float]:
        return {metric: _distinct(trimmed(frame[column])) for metric, column in columns.items()}

    return profile


def sales_profile(frame: pd.DataFrame) -> Mapping[str, float]:
    """Count sales, their buyers, and the numbers that no sale has up to the largest one."""
    ids = trimmed(frame["sale_id"])
    numbers = [int(sale) for sale in ids.drop_null().to_pylist() if sale.isascii() and sale.isdigit()]
    return {
        "sales": _distinct(ids),
        "sale_id_largest": max(numbers, default=0),
        "sale_id_gaps": max(numbers, default=0) - len(set(numbers) - {0}),
        "buyers": _distinct(values(frame["customer_id"], CODE)),
        "days": _distinct(values(frame["sale_date"], DATE)),
        **_by_text("channel", trimmed(frame["channel"])),
        "total_amount": _sum(values(frame["total_amount"], PRICE)),
    }


def items_profile(frame: pd.DataFrame) -> Mapping[str, float]:
    """Count items, the words for their campaign's channel, and the values of their discounts."""
    return {
        "items": _distinct(trimmed(frame["item_id"])),
        "sales": _distinct(trimmed(frame["sale_id"])),
        "products": _distinct(trimmed(frame["product_id"])),
        "percentage_discounts": _ending(trimmed(frame["discount_percent"]), "%"),
        "discount_values": _distinct(trimmed(frame["discount_percent"])),
        **_by_text("campaign_channel", trimmed(frame["channel_campaigns"])),
        "item_total": _sum(values(frame["item_total"], PRICE)),
    }


def products_profile(frame: pd.DataFrame) -> Mapping[str, float]:
    """Count products by category, and the words of their other columns."""
    return {
        **distinct(products="product_id", categories="category", labels="brand", genders="gender")(frame),
        **_by_text("category", trimmed(frame["category"])),
    }


def customers_profile(frame: pd.DataFrame) -> Mapping[str, float]:
    """Count customers by country."""
    return {
        **distinct(customers="customer_id", countries="country")(frame),
        **_by_text("country", trimmed(frame["country"])),
    }


def stock_profile(frame: pd.DataFrame) -> Mapping[str, float]:
    """Count stock lines by country."""
    return {
        **distinct(stock_countries="country", products="product_id")(frame),
        **_by_text("country", trimmed(frame["country"])),
        "units": _sum(values(frame["stock_quantity"], WHOLE)),
    }


def campaigns_profile(frame: pd.DataFrame) -> Mapping[str, float]:
    """Tell how many values are a percentage and how many an amount, and where that is not what the type says."""
    written = trimmed(frame["discount_value"])
    percent = pc.fill_null(pc.ends_with(written, "%"), False)
    fixed = pc.and_(written.is_valid(), pc.invert(percent))
    said = pc.equal(pc.utf8_lower(trimmed(frame["discount_type"])), "percentage")
    return {
        "percentage_campaign_values": pc.sum(percent).as_py() or 0,
        "fixed_campaign_values": pc.sum(fixed).as_py() or 0,
        "values_unlike_their_type": pc.sum(pc.not_equal(said, percent)).as_py() or 0,
    }


def rates_profile(frame: pd.DataFrame) -> Mapping[str, float]:
    """Count currencies and days."""
    return distinct(currencies="currency", days="rate_date")(frame)


CHANNELS_PROFILE: Final = distinct(channels="channel")


def _distinct(cells: pa.Array) -> int:
    return int(pc.count_distinct(cells).as_py())


def _ending(cells: pa.Array, end: str) -> int:
    return int(pc.sum(pc.ends_with(cells, end)).as_py() or 0)


def _sum(numbers: pa.Array) -> float:
    return float(pc.sum(numbers).as_py() or 0)


def _by_text(what: str, cells: pa.Array) -> dict[str, float]:
    counts = pc.value_counts(cells.drop_null())
    found = zip(counts.field("values").to_pylist(), counts.field("counts").to_pylist(), strict=True)
    return {f"{what}.{name}": number for name, number in sorted(found)}
