"""What the quality log tells of EuroStyle's sheets as they came, sheet by sheet and over all of them."""

import re
from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from work_data_hub.cleansing.column import text_cells
from work_data_hub.domain.pipelines.exact import Integers, total_of
from work_data_hub.domain.retail.frames.coded_column import CodedColumn
from work_data_hub.domain.retail.frames.row_codes import joint_codes, repeats, sheet_ranks
from work_data_hub.domain.retail.rules.cell_rules import PRICE, WHOLE
from work_data_hub.domain.retail.rules.codes import ADJUSTS, CANCELS, NORMAL, invoice_prefixes
from work_data_hub.domain.retail.silver.brand_lines import MONEY_DIGITS, products_fit
from work_data_hub.domain.retail.silver.eurostyle_cells import RAW
from work_data_hub.domain.retail.silver.overlap import sheet_overlap

# the configuration's patterns decide what is rejected; this only describes the file
_TEST: Final = r"^\s*TEST"
_PADDED: Final = r"^\s|\s$"
_NOT_ALPHANUMERIC: Final = re.compile(r"[^0-9a-z]+")


def eurostyle_profile(frame: pd.DataFrame) -> Mapping[str, float]:
    """Count what each sheet holds, and what the sheets share; `frame` holds bronze lines."""
    if not len(frame):
        return {"rows": 0, "overlap_lines": 0, "overlap_invoices": 0}
    ranks = sheet_ranks(frame)
    overlap = sheet_overlap(ranks, text_cells(frame["invoice"]))
    metrics: dict[str, float] = {
        "rows": len(frame),
        "overlap_lines": overlap.lines,
        "overlap_invoices": overlap.invoices,
    }
    for rank in range(int(ranks.max()) + 1):
        rows = _rows_at(frame, np.flatnonzero(ranks == rank))
        prefix = _snake(str(rows["sheet"].iloc[0]))
        metrics |= {f"{prefix}.{name}": number for name, number in sheet_profile(rows).items()}
    return metrics


def sheet_profile(rows: pd.DataFrame) -> dict[str, float]:
    """Count what one sheet holds."""
    columns = {name: CodedColumn.of(rows[name]) for name in RAW}
    invoices, codes, texts = (columns[name] for name in ("invoice", "stock_code", "description"))
    equal = joint_codes((column.codes for column in columns.values()), len(rows))
    return {
        "rows": len(rows),
        "invoices": invoices.distinct,
        "stock_codes": codes.distinct,
        "stock_codes_upper": codes.distinct_upper,
        "customers": columns["customer_id"].distinct,
        "countries": columns["country"].distinct,
        "customer_missing": columns["customer_id"].missing,
        "description_missing": texts.missing,
        "description_padded": texts.matching(_PADDED),
        "identical_duplicates": int(repeats(equal).sum()),
        "test_code_lines": codes.matching(_TEST),
        **_figures(columns),
    }


def _figures(columns: Mapping[str, CodedColumn]) -> dict[str, float]:
    """Count lines by the prefix of their invoice and the signs of their numbers, and add up."""
    (quantity, counted), (price, priced) = columns["quantity"].numbers(WHOLE), columns["price"].numbers(PRICE)
    prefixes = np.append(invoice_prefixes(columns["invoice"].texts), NORMAL)[columns["invoice"].codes]
    fits = products_fit(quantity, price)
    return {
        "cancellation_lines": int((prefixes == CANCELS).sum()),
        "adjustment_lines": int((prefixes == ADJUSTS).sum()),
        "positive_cancellations": int(((prefixes == CANCELS) & (quantity > 0)).sum()),
        "negative_without_c": int(((prefixes != CANCELS) & (quantity < 0)).sum()),
        "zero_price": int(((price == 0) & priced).sum()),
        "negative_price": int((price < 0).sum()),
        "quantity_largest": int(quantity.max(initial=0)),
        "quantity_smallest": int(quantity.min(initial=0)),
        "price_smallest": float(price.min(initial=0)) / 10**MONEY_DIGITS,
        "unreadable_numbers": int((~counted & columns["quantity"].written).sum())
        + int((~priced & columns["price"].written).sum()),
        "control_sum": float(total_of(np.where(fits, quantity, 0) * price, MONEY_DIGITS)),
    }


def _rows_at(frame: pd.DataFrame, positions: Integers) -> pd.DataFrame:
    first, last = int(positions[0]), int(positions[-1])
    # a sheet's rows stand together, and a slice copies nothing
    return frame.iloc[first : last + 1] if last - first + 1 == len(positions) else frame.iloc[positions]


def _snake(sheet: str) -> str:
    return _NOT_ALPHANUMERIC.sub("_", sheet.lower()).strip("_")
