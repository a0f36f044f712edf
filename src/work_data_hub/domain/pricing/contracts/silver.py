"""Silver: order lines and open quotes in one form, each fit for training or counted with the reason why not."""

from decimal import Decimal
from typing import Final

from work_data_hub.domain.kernel.columns import amount, flag, text
from work_data_hub.domain.kernel.contract import (
    DAY,
    Check,
    Column,
    Conservation,
    RejectBudget,
    Store,
    TableContract,
)
from work_data_hub.domain.pricing.contracts.shapes import (
    BU,
    FILE_LINEAGE,
    INGESTED,
    LINE_KEY,
    LINE_KIND,
    OWNER,
    PARTIES,
    PERIOD,
    QUANTITY,
    RUN,
    discount,
    price,
    value,
)

# why a line trains no model; it stays in the table
EXCLUSIONS: Final = (
    "return",
    "no_list_price",
    "no_sell_price",
    "discount_out_of_bounds",
    "free_sample",
    "quote",
)

ORDER_LINE: Final = TableContract(
    key="pricing.silver.order_line",
    version="1.0.0",
    label="Order lines",
    description="Lines of orders and open quotes, typed, with their list price and discount; what trains no model says why.",
    grain="one row per line of an order or open quote; exact repeats of a line are counted out",
    owner=OWNER,
    columns=(
        BU,
        PERIOD,
        *FILE_LINEAGE,
        LINE_KIND,
        *LINE_KEY,
        *PARTIES,
        text("region", "Region", "region of the customer; unknown where none is told", nullable=False),
        text(
            "product_family",
            "Product family",
            "family of the product; unknown where none is told",
            nullable=False,
        ),
        text("customer_tier", "Customer tier", "tier as the source has it; null where a rule gives it"),
        Column("order_date", DAY, "Order date", "day of the order, or of the quote"),
        text("currency", "Currency", "currency of the prices", nullable=False),
        price("list_price", "List price", "list price as of the order; null where there is none"),
        price("sell_price", "Sell price", "net price; of a quote there is none"),
        price("unit_cost", "Cost", "cost of one unit, where it is known"),
        amount(
            "quantity",
            "Quantity",
            "units; negative for a return",
            unit="units",
            dtype=QUANTITY,
            nullable=False,
        ),
        value("list_value", "List value", "list price times quantity; null without a list price"),
        discount("discount_pct", "Discount", "1 - sell price / list price; null without either"),
        flag("negotiated", "Negotiated", "a framework contract holds"),
        text("quote_id", "Quote", "quote that the order came from"),
        text("sales_rep", "Sales rep", "who sold"),
        flag("usable", "Usable", "the line trains models and counts in past discounts"),
        text(
            "exclusion",
            "Exclusion",
            "why the line is not usable",
            checks=(Check("known_exclusion", one_of=EXCLUSIONS),),
        ),
        RUN,
        INGESTED,
    ),
    primary_key=("bu_id", "period", "line_kind", "order_id", "order_line_id"),
    scope=("bu_id", "period"),
    partition="month",
    member="bu_id",
    store=Store.LAKE,
    kinds=("iceberg", "parquet"),
    conservation=Conservation.ROW_PRESERVING,
    control_totals=("quantity",),
    budget=RejectBudget(ratio=Decimal("0.05"), free=10),
)
