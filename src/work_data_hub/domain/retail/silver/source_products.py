"""The products of both brands: every code of a line or of a product list."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.build import BuildContext, InputRef
from work_data_hub.domain.kernel.contract import MONEY, TEXT
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.exact import decimals, grouped_sums, scaled
from work_data_hub.domain.retail.config import RetailConfig, RetailMappings
from work_data_hub.domain.retail.contracts.silver import CONTOSO_LINE, SOURCE_PRODUCT
from work_data_hub.domain.retail.frames.shaping import frame_of, same
from work_data_hub.domain.retail.silver.contoso_frames import PRODUCT_RULES, PRODUCTS_INPUT, Cells, Found
from work_data_hub.domain.retail.silver.eurostyle_products import EUROSTYLE_TEXTS, eurostyle_products

_CONTOSO_LINES: Final = InputRef(CONTOSO_LINE, columns=("sku", "order_date", "amount"))
SOURCE_PRODUCT_INPUTS: Final = (EUROSTYLE_TEXTS, PRODUCTS_INPUT, _CONTOSO_LINES)
_LISTED: Final = {
    "product_name": "product_name",
    "source_category": "category",
    "brand": "brand",
    "color": "color",
    "size": "size",
    "list_price": "catalog_price",
    "cost_price": "cost_price",
}


def make_source_product(context: BuildContext) -> Outcome:
    """Give the products of both brands, one below the other."""
    config: RetailConfig = context.config
    listed = Cells.of(context.frame(PRODUCTS_INPUT.name), PRODUCT_RULES)
    brands = {
        "eurostyle": eurostyle_products(context.frame(EUROSTYLE_TEXTS.name), config.mappings),
        "contoso": contoso_products(listed, context.frame(_CONTOSO_LINES.name), config.mappings),
    }
    frame = frame_of(SOURCE_PRODUCT, list(brands.values()))
    metrics = {
        **{f"products.{brand}": len(columns["names"]) for brand, columns in brands.items()},
        **{f"several_names.{brand}": _several(columns["names"]) for brand, columns in brands.items()},
        "without_name": int(frame["product_name"].isna().sum()),
        "unreadable_cells": len(listed.faults),
    }
    odd = f"{len(listed.faults)} cells of contoso_products can't be read and count as blank"
    warnings = (odd,) if listed.faults else ()
    return Outcome(
        frame, Counts(read=len(frame), published=len(frame)), warnings=warnings, facts={"metrics": metrics}
    )


def contoso_products(listed: Cells, lines: pd.DataFrame, mappings: RetailMappings) -> Mapping[str, pa.Array]:
    """Give the product list, with what the sale lines tell; a product of lines alone is there too."""
    sku = arrow(lines, "sku")
    known = pa.concat_arrays([listed.read["product_id"].drop_null(), sku]).unique()
    ids = known.take(pc.sort_indices(known))
    found: Found = listed.found("product_id", ids)
    columns = {name: found.column(source) for name, source in _LISTED.items()}
    return {
        "source_system": same(mappings.contoso.system, len(ids), TEXT),
        "source_product_id": ids,
        **columns,
        # the patterns of stock codes are EuroStyle's; all that Contoso sells are products
        "item_kind": same("product", len(ids), TEXT),
        "names": columns["product_name"].is_valid().cast(pa.int64()),
        **_of_lines(ids, sku, lines),
    }


def _of_lines(ids: pa.Array, sku: pa.Array, lines: pd.DataFrame) -> Mapping[str, pa.Array]:
    at = np.asarray(pc.index_in(sku, ids), np.int64)
    amounts = np.maximum(scaled(lines["amount"]), 0)
    ends = (
        pa.table({"at": at, "day": arrow(lines, "order_date")}).group_by("at").aggregate([("day", "min_max")])
    )
    where = pc.index_in(pa.array(np.arange(len(ids))), ends["at"].combine_chunks())
    found = ends["day_min_max"].combine_chunks()
    return {
        "lines": pa.array(np.bincount(at, minlength=len(ids)).astype(np.int64)),
        "value": decimals(grouped_sums(at, len(ids), amounts), MONEY),
        "first_order_date": found.field("min").take(where),
        "last_order_date": found.field("max").take(where),
    }


def _several(names: pa.Array) -> int:
    return int(pc.sum(pc.greater(names, 1)).as_py() or 0)
