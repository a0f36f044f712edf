"""Features of order lines and open quotes, each known at the order's own day."""

from typing import Final

from work_data_hub.domain.kernel.columns import amount, flag, text
from work_data_hub.domain.kernel.contract import DAY, Column, Store, TableContract
from work_data_hub.domain.pricing.contracts.shapes import (
    BU,
    LINE_KEY,
    LINE_KIND,
    OWNER,
    PARTIES,
    PERIOD,
    QUANTITY,
    RUN,
    SEGMENT,
    discount,
    number,
    price,
    value,
)

_OWN: Final = "on the line itself"
_ORDER: Final = "when the order or quote is entered: its own lines"
_BEFORE: Final = "the day before the order: usable lines of earlier days only"
_DAYS: Final = "the 365 days before the order"

# what a model may see, in this order; nothing else is handed to a learner
CATEGORICAL: Final = ("product_family", "region", "customer_tier", "qty_band", "country")
NUMERIC: Final = (
    number(
        "log_quantity",
        "Quantity (log)",
        "natural logarithm of the quantity",
        unit="log units",
        available=_OWN,
    ),
    number(
        "log_list_price", "List price (log)", "logarithm of the list price", unit="log price", available=_OWN
    ),
    number(
        "log_list_value",
        "Line value (log)",
        "logarithm of list price times quantity",
        unit="log value",
        available=_OWN,
    ),
    number(
        "order_lines", "Lines of the order", "lines of the order or quote", unit="lines", available=_ORDER
    ),
    number(
        "log_order_value",
        "Order value (log)",
        "logarithm of the order's list value",
        unit="log value",
        available=_ORDER,
    ),
    number(
        "cust_week_line_count",
        "Lines in the week",
        "lines of the customer in the order's ISO week on earlier days, and of the order itself",
        unit="lines",
        available=f"{_ORDER}; {_BEFORE}",
    ),
    number(
        "log_cust_week_value",
        "Value in the week (log)",
        "logarithm of the list value of these lines",
        unit="log value",
        available=f"{_ORDER}; {_BEFORE}",
    ),
    number(
        "cust_discount_365",
        "Customer's discount",
        f"customer's mean discount in {_DAYS}",
        unit="share",
        available=_BEFORE,
    ),
    number(
        "cust_lines_365", "Customer's lines", f"customer's lines in {_DAYS}", unit="lines", available=_BEFORE
    ),
    number(
        "log_cust_value_365",
        "Customer's value (log)",
        f"logarithm of the customer's list value in {_DAYS}",
        unit="log value",
        available=_BEFORE,
    ),
    number(
        "cust_recency_days",
        "Customer's recency",
        "days since the customer's last earlier order day",
        unit="days",
        available=_BEFORE,
    ),
    number(
        "prod_discount_365",
        "Product's discount",
        f"product's mean discount in {_DAYS}",
        unit="share",
        available=_BEFORE,
    ),
    number(
        "prod_lines_365", "Product's lines", f"product's lines in {_DAYS}", unit="lines", available=_BEFORE
    ),
    number(
        "pair_discount_365",
        "Pair's discount",
        f"mean discount of the customer on the product in {_DAYS}",
        unit="share",
        available=_BEFORE,
    ),
    number(
        "pair_lines_365",
        "Pair's lines",
        f"lines of the customer on the product in {_DAYS}",
        unit="lines",
        available=_BEFORE,
    ),
    number(
        "pair_last_discount",
        "Pair's last discount",
        "mean discount on the pair's last earlier order day",
        unit="share",
        available=_BEFORE,
    ),
    number(
        "family_discount_365",
        "Family's discount",
        f"mean discount of the product family in {_DAYS}",
        unit="share",
        available=_BEFORE,
    ),
    number(
        "list_price_change",
        "List price change",
        "list price over the product's last earlier one, less 1",
        unit="share",
        available=_BEFORE,
    ),
)
FLAGS: Final = ("negotiated",)
FEATURES: Final = (*CATEGORICAL, *(column.name for column in NUMERIC), *FLAGS)
TARGET: Final = "discount_pct"

ORDER_FEATURES: Final = TableContract(
    key="pricing.feature.order_features",
    version="1.0.0",
    label="Order features",
    description="What is known of a line when it is entered: its own values, its order's, and the past of customer and product.",
    grain="one row per line of order_line that has a list price and a positive quantity",
    owner=OWNER,
    columns=(
        BU,
        PERIOD,
        LINE_KIND,
        *LINE_KEY,
        *PARTIES,
        *SEGMENT,
        Column(
            "order_date",
            DAY,
            "Order date",
            "day of the order: the as-of date of every feature",
            available=_OWN,
        ),
        text("order_week", "ISO week", "ISO year and week, as 2025-W01", nullable=False),
        Column("order_month", DAY, "Order month", "first day of the order's month"),
        price("list_price", "List price", "list price as of the order", nullable=False),
        price("unit_cost", "Cost", "cost of one unit, where it is known"),
        amount("quantity", "Quantity", "units", unit="units", dtype=QUANTITY, nullable=False),
        value("list_value", "List value", "list price times quantity", nullable=False),
        flag("negotiated", "Negotiated", "a framework contract holds"),
        *NUMERIC,
        discount(TARGET, "Discount", "the target; null for quotes and for what trains no model"),
        flag("usable", "Usable", "the line trains models"),
        RUN,
    ),
    primary_key=("bu_id", "period", "line_kind", "order_id", "order_line_id"),
    scope=("bu_id", "period"),
    partition="month",
    member="bu_id",
    store=Store.LAKE,
    kinds=("iceberg", "parquet"),
)
