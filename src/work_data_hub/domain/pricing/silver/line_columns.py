"""The columns of order lines from the read cells of one source."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.contract import DAY, TEXT
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pricing.config import UNKNOWN, BuConfig, TrailingSpend
from work_data_hub.domain.pricing.silver.cells import as_flags
from work_data_hub.domain.pricing.silver.exclusions import exclusions
from work_data_hub.domain.pricing.silver.money import discounts, list_values
from work_data_hub.domain.pricing.silver.raw_lines import LINEAGE
from work_data_hub.domain.pricing.silver.typed_lines import QUOTE, TypedLines

_TAKEN: Final = (
    *("order_id", "order_line_id", "customer_id", "product_id", "country", "order_date", "currency"),
    *("list_price", "sell_price", "unit_cost", "quantity", "quote_id", "sales_rep"),
)


def line_columns(unit: BuConfig, lines: TypedLines, period: Period) -> Mapping[str, pa.Array]:
    """Give the published lines' columns in the contract's types."""
    kept = pa.array(lines.published)
    read = {name: values.filter(kept) for name, values in lines.cells.items()}
    quote = lines.raw.kind == QUOTE
    discount = discounts(read["list_price"], read["sell_price"])
    excluded = exclusions(
        unit,
        quote=quote,
        quantity=read["quantity"],
        list_price=read["list_price"],
        sell_price=read["sell_price"],
        discount=discount,
    )
    rows = len(discount)
    return {
        **{name: arrow(lines.raw.rows, name).filter(kept) for name in LINEAGE},
        **{name: read[name] for name in _TAKEN},
        "bu_id": pa.repeat(pa.scalar(unit.bu_id, TEXT), rows),
        "period": pa.repeat(pa.scalar(period.start, DAY), rows),
        "line_kind": pa.repeat(pa.scalar(lines.raw.kind, TEXT), rows),
        "region": read["region"].fill_null(UNKNOWN),
        "product_family": read["product_family"].fill_null(UNKNOWN),
        "customer_tier": _tier(unit, read["customer_tier"]),
        "list_value": list_values(read["list_price"], read["quantity"]),
        "discount_pct": discount,
        "negotiated": as_flags(read["negotiated"]),
        "usable": pc.is_null(excluded),
        "exclusion": excluded,
    }


def line_metrics(lines: TypedLines, columns: Mapping[str, pa.Array]) -> dict[str, float]:
    """Count a source's lines by what became of them."""
    kind = lines.raw.kind
    reasons = Counter(columns["exclusion"].drop_null().to_pylist())
    rules = Counter(fault.rule for fault in lines.faults)
    return {
        f"{kind}.lines": len(lines.raw),
        f"{kind}.usable": len(columns["usable"]) - sum(reasons.values()),
        f"{kind}.renumbered": lines.renumbered,
        **{f"{kind}.excluded.{reason}": number for reason, number in sorted(reasons.items())},
        **{f"{kind}.rejected.{rule}": number for rule, number in sorted(rules.items())},
    }


def _tier(unit: BuConfig, tiers: pa.Array) -> pa.Array:
    return tiers if isinstance(unit.segments.customer_tier, TrailingSpend) else tiers.fill_null(UNKNOWN)
