"""EuroStyle's products: every code of its lines, with its commonest text, its value and its first and last day."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.cleansing.column import text_cells
from work_data_hub.domain.kernel.build import InputRef
from work_data_hub.domain.kernel.contract import MONEY, TEXT
from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.pipelines.exact import Integers, decimals, grouped_sums, total_of
from work_data_hub.domain.retail.config import RetailMappings
from work_data_hub.domain.retail.contracts.bronze import EUROSTYLE_LINES
from work_data_hub.domain.retail.frames.coded_column import CodedColumn
from work_data_hub.domain.retail.frames.row_codes import Flags, sheet_ranks
from work_data_hub.domain.retail.frames.shaping import days, same
from work_data_hub.domain.retail.rules.cell_rules import MOMENT, PRICE, WHOLE, trimmed, upper_codes
from work_data_hub.domain.retail.rules.codes import TEST_ITEM, CodeBook, kind_names
from work_data_hub.domain.retail.silver.brand_lines import MONEY_DIGITS, products_fit
from work_data_hub.domain.retail.silver.overlap import sheet_overlap

EUROSTYLE_TEXTS: Final = InputRef(
    EUROSTYLE_LINES,
    columns=(
        *("file_id", "sheet", "invoice", "stock_code"),
        *("description", "quantity", "invoice_date", "price"),
    ),
)
_LARGEST: Final = 10**18


def eurostyle_products(frame: pd.DataFrame, mappings: RetailMappings) -> Mapping[str, pa.Array]:
    """Give one row per upper-case code; sheet overlap counts once, test codes not at all."""
    sku = CodedColumn.of(frame["stock_code"]).mapped(upper_codes)
    kinds = CodeBook.of(mappings.codes).kinds(sku.texts)
    overlap = sheet_overlap(sheet_ranks(frame), text_cells(frame["invoice"]))
    counted = ~overlap.repeated & sku.written & np.append(kinds != TEST_ITEM, False)[sku.codes]
    codes, groups = sku.codes[counted], sku.distinct
    names, texts = _commonest(CodedColumn.of(frame["description"]).mapped(trimmed), codes, groups, counted)
    lines = np.bincount(codes, minlength=groups)
    first, last = _first_and_last(CodedColumn.of(frame["invoice_date"]), codes, groups, counted)
    return _present(
        lines > 0,
        {
            "source_system": same(mappings.eurostyle.system, groups, TEXT),
            "source_product_id": sku.texts,
            "product_name": names,
            "item_kind": kind_names(np.where(kinds == TEST_ITEM, 0, kinds).astype(np.int8)),
            "names": pa.array(texts),
            **{name: pa.nulls(groups, TEXT) for name in ("source_category", "brand", "color", "size")},
            **{name: pa.nulls(groups, MONEY) for name in ("list_price", "cost_price")},
            "lines": pa.array(lines.astype(np.int64)),
            "value": decimals(_values(frame, codes, groups, counted), MONEY),
            "first_order_date": first,
            "last_order_date": last,
        },
    )


def _values(frame: pd.DataFrame, codes: Integers, groups: int, counted: Flags) -> Integers:
    """Add up the positive amounts of each code's lines."""
    quantity, _ = CodedColumn.of(frame["quantity"]).numbers(WHOLE)
    price, _ = CodedColumn.of(frame["price"]).numbers(PRICE)
    fits = products_fit(quantity, price)
    amounts = np.maximum(np.where(fits, quantity, 0) * price, 0)[counted]
    if abs(total_of(amounts, MONEY_DIGITS)) >= _LARGEST // 10**MONEY_DIGITS:
        raise PermanentError("the value of all lines is too large", fix="correct the amounts in the source")
    return grouped_sums(codes, groups, amounts)


def _first_and_last(
    moments: CodedColumn, codes: Integers, groups: int, counted: Flags
) -> tuple[pa.Array, pa.Array]:
    """Give the first and the last day of each code, null where none of its days can be read."""
    numbers, known = (found[counted] for found in moments.days(MOMENT))
    info = np.iinfo(np.int32)
    first, last = np.full(groups, info.max, np.int64), np.full(groups, info.min, np.int64)
    np.minimum.at(first, codes[known], numbers[known])
    np.maximum.at(last, codes[known], numbers[known])
    dated = pa.array(first <= last)
    return tuple(pc.if_else(dated, days(ends), None) for ends in (first, last))


def _commonest(texts: CodedColumn, codes: Integers, groups: int, counted: Flags) -> tuple[pa.Array, Integers]:
    """Give each code's commonest text, the first by alphabet of equals, and how many different ones it has."""
    width = texts.distinct
    held = texts.codes[counted]
    pairs, times = np.unique((codes * width + held)[held < width], return_counts=True)
    of_code, text = np.divmod(pairs, max(width, 1))
    rank = np.empty(width, np.int64)
    rank[np.asarray(pc.sort_indices(texts.texts))] = np.arange(width)
    order = np.lexsort((rank[text], -times, of_code))
    named, at = np.unique(of_code[order], return_index=True)
    chosen = np.full(groups, width, np.int64)
    chosen[named] = text[order][at]
    names = texts.texts.take(pa.array(chosen, mask=chosen == width))
    return names, np.bincount(of_code, minlength=groups).astype(np.int64)


def _present(there: Flags, columns: Mapping[str, pa.Array]) -> Mapping[str, pa.Array]:
    """Leave out codes without a counted line, and sort by code."""
    kept = {name: values.filter(pa.array(there)) for name, values in columns.items()}
    order = pc.sort_indices(kept["source_product_id"])
    return {name: values.take(order) for name, values in kept.items()}
