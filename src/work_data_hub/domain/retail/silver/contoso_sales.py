"""Contoso's lines of a month in the form that both brands share."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.build import InputRef
from work_data_hub.domain.kernel.contract import MONEY, STAMP, TEXT
from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.exact import Integers, decimals, scaled
from work_data_hub.domain.retail.config import RetailMappings
from work_data_hub.domain.retail.contracts.silver import CONTOSO_LINE
from work_data_hub.domain.retail.frames.row_codes import codes_of, in_file_order, running_numbers
from work_data_hub.domain.retail.frames.shaping import same
from work_data_hub.domain.retail.rules.codes import PRODUCT, CodeBook
from work_data_hub.domain.retail.silver.brand_lines import (
    MONEY_DIGITS,
    BrandLines,
    Fates,
    control_total,
    products_fit,
)

_TAKEN: Final = (
    *("file_id", "sheet", "row_number", "order_id", "sku", "customer_id", "order_date", "quantity"),
    *(
        "unit_price",
        "list_price",
        "country_name",
        "channel",
        "date_swapped",
        "before_signup",
        "total_differs",
    ),
)
CONTOSO_INPUT: Final = InputRef(CONTOSO_LINE, optional=True, columns=(*_TAKEN, "amount", "cost_price"))


def contoso_sales(frame: pd.DataFrame, mappings: RetailMappings) -> BrandLines:
    """Take over the month's sale items: they are typed and checked already, so none is rejected here."""
    rows = in_file_order(frame)
    book = CodeBook.of(mappings.codes)
    quantity, amounts = np.asarray(arrow(rows, "quantity"), np.int64), scaled(rows["amount"])
    kept = np.ones(len(rows), bool)
    fates = Fates(~kept, ~kept)
    columns = _columns(rows, quantity)
    # the patterns of stock codes are EuroStyle's; all that Contoso sells are products
    kinds = np.full(len(rows), PRODUCT, np.int8)
    return BrandLines(
        mappings.contoso,
        columns,
        book.line_types(np.zeros(len(rows), np.int8), kinds, quantity, ~kept),
        kinds,
        amounts,
        fates,
        (
            control_total("quantity", quantity, 0, fates, columns["quantity"]),
            control_total("amount_local", amounts, MONEY_DIGITS, fates, columns["amount_local"]),
        ),
    )


def _columns(rows: pd.DataFrame, quantity: Integers) -> Mapping[str, pa.Array]:
    taken = {name: arrow(rows, name) for name in _TAKEN}
    cost = arrow(rows, "cost_price")
    nothing = same(False, len(rows), pa.bool_())
    return {
        **taken,
        "line_number": pa.array(running_numbers(codes_of(taken["order_id"]))),
        "ordered_at": pa.nulls(len(rows), STAMP),
        "description": pa.nulls(len(rows), TEXT),
        "amount_local": arrow(rows, "amount"),
        "list_amount_local": decimals(_times(quantity, scaled(taken["list_price"])), MONEY),
        "cost_local": decimals(_times(quantity, scaled(cost)), MONEY, np.asarray(cost.is_null())),
        "exact_duplicate": nothing,
        "zero_price": pc.equal(taken["unit_price"], pa.scalar(0)),
        "positive_cancellation": nothing,
    }


def _times(quantity: Integers, prices: Integers) -> Integers:
    if not products_fit(quantity, prices).all():
        raise PermanentError(
            "a price times its quantity is too large",
            fix="correct the item in dataset_fashion_store_salesitems",
        )
    return quantity * prices
