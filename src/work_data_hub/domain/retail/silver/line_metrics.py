"""Figures about a month's sales lines for the quality log."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from work_data_hub.domain.pipelines.exact import Integers
from work_data_hub.domain.retail.contracts.silver import ITEM_KINDS, LINE_TYPES
from work_data_hub.domain.retail.frames.row_codes import Flags, codes_of
from work_data_hub.domain.retail.rules.codes import CANCELLATION, SALE
from work_data_hub.domain.retail.rules.countries import Places
from work_data_hub.domain.retail.silver.brand_lines import BrandLines


def line_metrics(brands: Sequence[BrandLines], places: Sequence[Places]) -> dict[str, float]:
    """Add up the figures of both brands; each brand's own lines are counted too."""
    parts = [_of_brand(lines, place) for lines, place in zip(brands, places, strict=True)]
    names = dict.fromkeys(name for part in parts for name in part)
    added = {name: sum(part.get(name, 0) for part in parts) for name in names}
    by_brand = {f"lines.{lines.brand.system.lower()}": float(lines.rows) for lines in brands}
    # a line without a rate is refused before it gets here
    return {**added, **by_brand, "fx_coverage": 1.0}


def _of_brand(lines: BrandLines, place: Places) -> dict[str, float]:
    columns, types, kinds = lines.columns, lines.line_types, lines.item_kinds
    zero, quantity = _flags(columns["zero_price"]), np.asarray(columns["quantity"], np.int64)
    sale = types == SALE
    orders = codes_of(columns["order_id"])
    write_offs = (types != CANCELLATION) & (quantity < 0)
    return {
        **lines.metrics,
        **_counted("line_type", LINE_TYPES, types.astype(np.int64)),
        **_counted("item_kind", ITEM_KINDS, kinds.astype(np.int64)),
        "orders": _distinct(orders[sale]),
        "zero_price_lines": int(zero.sum()),
        "zero_price_sale_lines": int((zero & sale).sum()),
        # orders of which nothing was paid: they count as orders, and lower the average order value
        "zero_price_orders": _distinct(orders[sale]) - _distinct(orders[sale & ~zero]),
        "customer_missing": columns["customer_id"].null_count,
        "description_missing": columns["description"].null_count,
        "positive_cancellations": int(_flags(columns["positive_cancellation"]).sum()),
        "write_offs": int(write_offs.sum()),
        "country_unmapped": int(place.unmapped.sum()),
        **{
            name: int(_flags(columns[name]).sum())
            for name in ("date_swapped", "before_signup", "total_differs")
        },
    }


def _counted(what: str, names: tuple[str, ...], codes: Integers) -> dict[str, float]:
    counts = np.bincount(codes, minlength=len(names)).tolist()
    return {f"{what}.{name}": number for name, number in zip(names, counts, strict=True)}


def _flags(values: pa.Array) -> Flags:
    return np.asarray(values.to_numpy(zero_copy_only=False), bool)


def _distinct(codes: Integers) -> int:
    return int((np.bincount(codes) > 0).sum())
