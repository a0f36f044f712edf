"""Gold: dimensions, daily and monthly marts, customers as of a day, cohorts and methods."""

from typing import Final

from work_data_hub.domain.kernel.columns import count, flag, text
from work_data_hub.domain.kernel.contract import DAY, Check, Column
from work_data_hub.domain.retail.contracts.customers import (
    CLUSTER_PROFILE,
    COHORT_RETENTION,
    CUSTOMER_360,
    CUSTOMER_CLUSTER,
)
from work_data_hub.domain.retail.contracts.shapes import (
    SYSTEM,
    amount_fx,
    amount_kpi,
    euros,
    local,
    monthly_gold,
    ratio,
    whole_gold,
)

UNKNOWN: Final = -1
MARGIN_METHODS: Final = ("Actual", "Estimated")
_METHOD: Final = Check("known_method", one_of=MARGIN_METHODS)
_CURRENCY: Final = text("currency", "Currency", "currency of the local amounts", nullable=False)


def _margin() -> tuple[Column, ...]:
    return (
        euros(
            "margin_eur",
            "Margin",
            "revenue minus cost, or the agreed share of revenue where no cost is known",
        ),
        text("margin_method", "Margin method", "Actual or Estimated", nullable=False, checks=(_METHOD,)),
    )


DATE_DIM: Final = whole_gold(
    "date_dim",
    "Dates",
    "Every day from the first to the last order of either brand.",
    "one row per day, and -1 for an unknown one",
    (
        count("date_key", "Date key", "YYYYMMDD; -1 for an unknown day", unit="key"),
        Column("day", DAY, "Day", "the day", nullable=True),
        *(
            count(name, label, meaning, unit="number", nullable=True)
            for name, label, meaning in (
                ("year", "Year", "calendar year"),
                ("quarter", "Quarter", "quarter, 1 to 4"),
                ("month", "Month", "month, 1 to 12"),
                ("iso_week", "Week", "ISO week"),
                ("weekday", "Weekday", "1 for Monday to 7 for Sunday"),
            )
        ),
        Column("month_start", DAY, "First of month", "first day of the month", nullable=True),
        flag("is_weekend", "Weekend", "Saturday or Sunday"),
    ),
    key=("date_key",),
)

PRODUCT_DIM: Final = whole_gold(
    "product_dim",
    "Products",
    "Products of both brands with their unified id and category.",
    "one row per brand and product, and -1 for an unknown one",
    (
        count(
            "product_sk",
            "Product key",
            "stable key made from brand and code; -1 for an unknown one",
            unit="key",
        ),
        text("source_system", "Brand", "brand; null for the unknown product"),
        text("source_product_id", "Product", "code of the brand"),
        text("unified_product_id", "Unified product", "id across brands"),
        text("product_name", "Name", "name"),
        text("item_kind", "Item kind", "product, fee or adjustment"),
        text("category", "Category", "unified category, or Unmapped", nullable=False),
        text("brand", "Label", "label of the product"),
        text("color", "Colour", "colour"),
        text("size", "Size", "size"),
        local("list_price", "List price", "list price, where the brand has one"),
        local("cost_price", "Cost", "cost, where the brand has it"),
        text("crosswalk_status", "Crosswalk", "unmatched, matched or review"),
    ),
    key=("product_sk",),
)

CUSTOMER_DIM: Final = whole_gold(
    "customer_dim",
    "Customers",
    "Customers of both brands; a new row begins when the country changes, so that old orders keep their region.",
    "one row per brand, customer and time of one country, and -1 for an unknown one",
    (
        count(
            "customer_sk",
            "Customer key",
            "stable key made from brand, customer and first day; -1 for an unknown one",
            unit="key",
        ),
        text("source_system", "Brand", "brand; null for the unknown customer"),
        text("source_customer_id", "Customer", "customer of the brand"),
        text("unified_customer_id", "Unified customer", "id across brands"),
        text("country_name", "Country", "country as the source writes it"),
        text("country_code", "Country code", "ISO 3166 code", nullable=False),
        text("region", "Region", "North, South or Other", nullable=False),
        text("age_range", "Age group", "age group, where the brand has it"),
        Column("signup_date", DAY, "Signup", "day of the registration", nullable=True),
        Column("valid_from", DAY, "Valid from", "first day of the row", nullable=True),
        Column("valid_to", DAY, "Valid to", "last day of the row; null while it holds", nullable=True),
        flag("is_current", "Current", "the row that holds now"),
        text("crosswalk_status", "Crosswalk", "unmatched, matched or review"),
    ),
    key=("customer_sk",),
)

ORDER_FACT: Final = monthly_gold(
    "order_fact",
    "Orders",
    "Every invoice or sale with its amounts by kind of line; an order is one with a sale line.",
    "one row per brand and order",
    (
        SYSTEM,
        text("order_id", "Order", "invoice or sale", nullable=False),
        text("customer_id", "Customer", "buyer; null where the source has none"),
        count(
            "customer_sk",
            "Customer key",
            "customer_dim as of the order date; -1 for an unknown one",
            unit="key",
        ),
        Column("order_date", DAY, "Order date", "day of its first line"),
        text("region", "Region", "North, South or Other", nullable=False),
        text("country_code", "Country code", "ISO 3166 code", nullable=False),
        text("channel", "Channel", "where it was bought, where the source says"),
        flag("is_order", "Is an order", "it has a sale line; cancellations and adjustments alone are none"),
        count("lines", "Lines", "its lines"),
        count("products", "Products", "different products in its sale lines", unit="products"),
        count("units", "Units", "units of its sale lines", unit="units"),
        count("return_units", "Returned units", "units of its product cancellations, positive", unit="units"),
        _CURRENCY,
        amount_fx(),
        local("gmv_list_local", "GMV at list prices", "list amount of its sale lines", nullable=False),
        local("gmv_paid_local", "GMV paid", "amount of its sale lines", nullable=False),
        local("returns_local", "Returns", "amount of its product cancellations, positive", nullable=False),
        local("fees_local", "Fees", "amount of its fee lines, refunds taken off", nullable=False),
        local("adjustments_local", "Adjustments", "amount of its adjustment lines", nullable=False),
        local("cost_local", "Cost", "cost of its sale lines; null where no cost is known"),
        euros("gmv_paid_eur", "GMV paid in euro", "GMV paid, in euro"),
    ),
    key=("source_system", "order_id"),
    totals=("gmv_list_local", "gmv_paid_local", "returns_local", "fees_local", "adjustments_local"),
    indexes=(("source_system", "customer_id"),),
)

SALES_DAILY: Final = monthly_gold(
    "sales_daily",
    "Sales by day, product and brand",
    "What each product sold and returned on a day; its orders must not be added up across products.",
    "one row per day, brand and product with a sale or a return",
    (
        Column("order_date", DAY, "Day", "day of the order"),
        count("date_key", "Date key", "date_dim", unit="key"),
        SYSTEM,
        count("product_sk", "Product key", "product_dim; -1 for an unknown one", unit="key"),
        count("orders", "Orders", "orders with a sale line of the product", unit="orders"),
        count("units", "Units", "units sold", unit="units"),
        euros("gmv_list_eur", "GMV at list prices", "sale lines at list prices"),
        euros("revenue_eur", "Revenue", "sale lines as paid"),
        count("return_units", "Returned units", "units of cancellations, positive", unit="units"),
        euros("returns_eur", "Returns", "value of cancellations, positive"),
        *_margin(),
    ),
    key=("order_date", "source_system", "product_sk"),
    totals=("units", "return_units"),
)

ORDERS_DAILY: Final = monthly_gold(
    "orders_daily",
    "Orders by day, brand and region",
    "Orders, GMV, returns and average order value of a day, from the order level.",
    "one row per day, brand and region with any line",
    (
        Column("order_date", DAY, "Day", "day of the order"),
        count("date_key", "Date key", "date_dim", unit="key"),
        SYSTEM,
        text("region", "Region", "North, South or Other", nullable=False),
        count("orders", "Orders", "orders: invoices or sales with a sale line", unit="orders"),
        count("customers", "Customers", "different known buyers", unit="customers"),
        count("units", "Units", "units sold", unit="units"),
        count("return_units", "Returned units", "units returned, positive", unit="units"),
        euros("gmv_list_eur", "GMV at list prices", "sale lines at list prices"),
        euros("gmv_paid_eur", "GMV paid", "sale lines as paid"),
        euros("returns_eur", "Returns", "value of product cancellations, positive"),
        euros("net_revenue_eur", "Net revenue", "GMV paid minus returns"),
        euros("fees_eur", "Fees", "fee lines, refunds taken off"),
        euros("aov_eur", "Average order value", "GMV paid by orders; null without an order", nullable=True),
        ratio("return_rate", "Return rate", "returned units by units sold; null without a sale"),
        *_margin(),
    ),
    key=("order_date", "source_system", "region"),
    totals=("orders", "units", "return_units"),
)

CATEGORY_PERF: Final = monthly_gold(
    "category_perf",
    "Categories by month and brand",
    "GMV, units, orders and share of each category.",
    "one row per month, brand and category with a sale",
    (
        SYSTEM,
        text("category", "Category", "unified category, or Unmapped", nullable=False),
        euros("gmv_eur", "GMV paid", "sale lines as paid"),
        count("units", "Units", "units sold", unit="units"),
        count("orders", "Orders", "orders with a sale line of the category", unit="orders"),
        ratio("gmv_share", "GMV share", "share of the brand's GMV of the month", nullable=False),
        *_margin(),
    ),
    key=("source_system", "category"),
    totals=("units",),
)

KPI_RAW_VS_SILVER: Final = monthly_gold(
    "kpi_raw_vs_silver",
    "KPIs before and after cleaning",
    "Each KPI as the raw lines would give it, as the silver lines give it, and why they differ.",
    "one row per month, brand and KPI",
    (
        SYSTEM,
        text("kpi", "KPI", "name of the KPI", nullable=False),
        text("unit", "Unit", "unit of the figures", nullable=False),
        amount_kpi("raw", "Raw", "figure from the raw lines, in local currency as it stands"),
        amount_kpi("silver", "Silver", "figure by the KPI's definition"),
        amount_kpi("delta", "Delta", "silver minus raw"),
        text("reason", "Reason", "what was taken out or converted, with counts", nullable=False),
    ),
    key=("source_system", "kpi"),
)

QUALITY_RESULTS: Final = monthly_gold(
    "quality_results",
    "Quality results",
    "Every check of every table on every day of orders, with its threshold.",
    "one row per day, table and check",
    (
        Column("checked_day", DAY, "Day", "day of orders that was checked"),
        text("table_name", "Table", "table that was checked, with its brand", nullable=False),
        text("check_name", "Check", "name of the check", nullable=False),
        ratio("value", "Value", "what was found", unit="as the check says"),
        ratio("threshold", "Threshold", "what is allowed", unit="as the check says"),
        flag("passed", "Passed", "the value is within the threshold"),
    ),
    key=("checked_day", "table_name", "check_name"),
)

MART_METHODS: Final = whole_gold(
    "mart_methods",
    "Methods of the marts",
    "The banner of every mart: dates, currency, valuation date, margin method, churn rule.",
    "one row per mart and brand",
    (
        text("mart", "Mart", "table", nullable=False),
        SYSTEM,
        Column("first_day", DAY, "First day", "first day of orders behind it"),
        Column("last_day", DAY, "Last day", "last day of orders behind it"),
        Column("as_of_date", DAY, "As of", "day that recency and churn refer to"),
        text("currency", "Currency", "currency of the amounts", nullable=False),
        Column("fx_valuation_date", DAY, "Valuation date", "day of the exchange rate"),
        amount_fx(),
        text("fx_source", "Rate source", "who publishes the rate", nullable=False),
        text("margin_method", "Margin method", "Actual or Estimated, and how", nullable=False),
        text("churn_rule", "Churn rule", "when a customer counts as churned", nullable=False),
        text("notes", "Notes", "what a reader must know", nullable=False),
    ),
    key=("mart", "source_system"),
)

GOLD: Final = (
    DATE_DIM,
    PRODUCT_DIM,
    CUSTOMER_DIM,
    ORDER_FACT,
    SALES_DAILY,
    ORDERS_DAILY,
    CATEGORY_PERF,
    CUSTOMER_360,
    KPI_RAW_VS_SILVER,
    QUALITY_RESULTS,
    CUSTOMER_CLUSTER,
    CLUSTER_PROFILE,
    COHORT_RETENTION,
    MART_METHODS,
)
