"""Silver: one line for both brands, and the tables that bring the two together."""

from decimal import Decimal
from typing import Final

import pyarrow as pa

from work_data_hub.domain.kernel.columns import amount, count, flag, text
from work_data_hub.domain.kernel.contract import (
    COUNT,
    DAY,
    STAMP,
    Check,
    Column,
    Conservation,
    RejectBudget,
    Store,
    TableContract,
)
from work_data_hub.domain.retail.contracts.shapes import (
    FILE_LINEAGE,
    FINE_EUROS,
    FX_RATE,
    INGESTED,
    OWNER,
    PERIOD,
    RUN,
    SYSTEM,
    crosswalk,
    local,
    mapping,
)

LINE_TYPES: Final = ("sale", "cancellation", "adjustment", "fee")
ITEM_KINDS: Final = ("product", "fee", "adjustment")
_SHARE: Final = pa.decimal128(10, 6)

CONTOSO_LINE: Final = TableContract(
    key="retail.silver.contoso_line",
    version="1.0.0",
    label="Contoso sale lines",
    description="Items of Contoso joined with their sale, product and buyer; every quirk of the source is flagged.",
    grain="one row per sale item",
    owner=OWNER,
    columns=(
        PERIOD,
        *FILE_LINEAGE,
        text("order_id", "Order", "sale", nullable=False, sources=("contoso_salesitems.sale_id",)),
        text("item_id", "Item", "item", nullable=False),
        text("sku", "SKU", "product", nullable=False, sources=("contoso_salesitems.product_id",)),
        text("customer_id", "Customer", "buyer", nullable=False),
        Column(
            "order_date", DAY, "Order date", "day of the sale's header", sources=("contoso_sales.sale_date",)
        ),
        Column(
            "item_date",
            DAY,
            "Item date",
            "day as the item says it",
            sources=("contoso_salesitems.sale_date",),
        ),
        text("channel", "Channel", "where it was bought"),
        text(
            "campaign_channel", "Campaign channel", "channel of the campaign", sources=("channel_campaigns",)
        ),
        text("country_name", "Country", "country of the order", sources=("contoso_sales.country",)),
        Column("quantity", COUNT, "Quantity", "units", unit="units"),
        local("list_price", "List price", "price of one unit before discount", nullable=False),
        local("unit_price", "Unit price", "price paid for one unit", nullable=False),
        local("amount", "Amount", "total of the item as delivered", nullable=False),
        local("cost_price", "Cost", "cost of one unit; null where the product is unknown"),
        amount(
            "discount_rate",
            "Discount",
            "discount on the list price",
            unit="share",
            dtype=_SHARE,
            nullable=False,
        ),
        flag("date_swapped", "Date swapped", "the item's day and month are the reverse of the header's"),
        flag("before_signup", "Before signup", "ordered before the buyer's registration"),
        flag("total_differs", "Total differs", "the total is not quantity times unit price"),
        flag("repeated_product", "Repeated product", "the sale holds the product in another line too"),
        RUN,
        INGESTED,
    ),
    primary_key=("order_id", "item_id"),
    sliced_by="period",
    store=Store.LAKE,
    kinds=("iceberg", "parquet"),
    conservation=Conservation.ROW_PRESERVING,
    control_totals=("amount",),
    budget=RejectBudget(ratio=Decimal("0.01"), free=10),
)

SALES_LINE: Final = TableContract(
    key="retail.silver.sales_line",
    version="1.0.0",
    label="Sales lines",
    description="Lines of both brands in one form: typed, in euro at one valuation date, with country and region.",
    grain="one row per line of an order; legitimate repeats keep a line number of their own",
    owner=OWNER,
    columns=(
        PERIOD,
        *FILE_LINEAGE,
        SYSTEM,
        text("order_id", "Order", "invoice or sale", nullable=False, sources=("invoice", "order_id")),
        count("line_number", "Line", "position of the line in its order, counted from 1", unit="position"),
        text(
            "sku",
            "SKU",
            "stock code in upper case, or product id",
            nullable=False,
            sources=("stock_code", "sku"),
        ),
        text("customer_id", "Customer", "buyer; null where the source has none"),
        Column("order_date", DAY, "Order date", "day of the order", sources=("invoice_date", "order_date")),
        Column(
            "ordered_at",
            STAMP,
            "Ordered at",
            "time of the order where the source has it",
            nullable=True,
            sources=("invoice_date",),
        ),
        text(
            "line_type",
            "Line type",
            "sale, cancellation, adjustment or fee",
            nullable=False,
            checks=(Check("known_type", one_of=LINE_TYPES),),
            sources=("invoice", "stock_code", "quantity"),
        ),
        text(
            "item_kind",
            "Item kind",
            "what the code stands for: a product, a fee or an adjustment",
            nullable=False,
            checks=(Check("known_kind", one_of=ITEM_KINDS),),
            sources=("stock_code",),
        ),
        text("description", "Description", "text of the line, trimmed"),
        Column(
            "quantity", COUNT, "Quantity", "units; negative on cancellations and write-offs", unit="units"
        ),
        local("unit_price", "Unit price", "price paid for one unit", nullable=False),
        local("list_price", "List price", "price of one unit before discount", nullable=False),
        text("currency", "Currency", "currency of the local amounts", nullable=False),
        local(
            "amount_local",
            "Amount",
            "total of the line as delivered, else quantity times unit price",
            nullable=False,
        ),
        local("list_amount_local", "List amount", "quantity times list price", nullable=False),
        local("cost_local", "Cost", "quantity times cost; null where no cost is known"),
        amount(
            "fx_rate",
            "Exchange rate",
            "units of the currency for one euro at the valuation date",
            unit="per EUR",
            dtype=FX_RATE,
            nullable=False,
            sources=("fx_rate.units_per_eur",),
        ),
        amount(
            "amount_eur",
            "Amount in euro",
            "amount divided by the rate, to six decimals; marts divide sums instead",
            unit="EUR",
            dtype=FINE_EUROS,
            nullable=False,
        ),
        text(
            "country_name", "Country", "country as the source writes it", sources=("country", "country_name")
        ),
        text(
            "country_code",
            "Country code",
            "ISO 3166 code; ZZ where no country is meant",
            nullable=False,
            sources=("country", "country_name"),
        ),
        text(
            "region", "Region", "North, South or Other", nullable=False, sources=("country", "country_name")
        ),
        text("channel", "Channel", "where it was bought, where the source says"),
        flag("exact_duplicate", "Exact duplicate", "an equal line stands before it in the same sheet"),
        flag("zero_price", "Zero price", "the unit price is zero"),
        flag("positive_cancellation", "Positive cancellation", "a cancellation whose quantity is positive"),
        flag("date_swapped", "Date swapped", "the source's line date had day and month swapped"),
        flag("before_signup", "Before signup", "ordered before the buyer's registration"),
        flag("total_differs", "Total differs", "the total is not quantity times unit price"),
        RUN,
        INGESTED,
    ),
    primary_key=("period", "source_system", "order_id", "line_number"),
    scope=("period",),
    partition="month",
    store=Store.LAKE,
    kinds=("iceberg", "parquet"),
    conservation=Conservation.ROW_PRESERVING,
    control_totals=("quantity", "amount_local"),
    budget=RejectBudget(ratio=Decimal("0.01"), free=10),
)

FX_RATES: Final = mapping(
    "fx_rate",
    "Exchange rates at the valuation date",
    "The one rate by which each currency becomes euro, with its source and the business day it is of.",
    "one row per currency",
    (
        text("currency", "Currency", "currency code", nullable=False),
        Column("valuation_date", DAY, "Valuation date", "day that all reports are valued at"),
        Column("rate_date", DAY, "Rate date", "business day the rate is of, on or before the valuation date"),
        amount(
            "units_per_eur",
            "Units per euro",
            "units of the currency for one euro",
            unit="per EUR",
            dtype=FX_RATE,
            nullable=False,
        ),
        text("source", "Source", "who publishes the rate", nullable=False),
    ),
    key=("currency",),
)

SOURCE_PRODUCT: Final = mapping(
    "source_product",
    "Products of the brands",
    "Every code that occurs in a brand's lines or product list, with its commonest name.",
    "one row per brand and product code",
    (
        SYSTEM,
        text("source_product_id", "Product", "stock code in upper case, or product id", nullable=False),
        text("product_name", "Name", "commonest text of its lines, or the product list's name"),
        text("item_kind", "Item kind", "product, fee or adjustment", nullable=False),
        count("names", "Names", "different texts of its lines", unit="texts"),
        text("source_category", "Source category", "category of the brand, where it has one"),
        text("brand", "Label", "label of the product"),
        text("color", "Colour", "colour"),
        text("size", "Size", "size"),
        local("list_price", "List price", "list price, where the brand has one"),
        local("cost_price", "Cost", "cost, where the brand has it"),
        count("lines", "Lines", "lines it occurs in"),
        local("value", "Value", "sum of its positive line amounts", nullable=False),
        Column("first_order_date", DAY, "First order", "first day it occurs", nullable=True),
        Column("last_order_date", DAY, "Last order", "last day it occurs", nullable=True),
    ),
    key=("source_system", "source_product_id"),
)

CATEGORY_MAP: Final = mapping(
    "category_map",
    "Category map",
    "The unified category of every product and what decided it; unmapped ones are ranked by value as a work list.",
    "one row per brand and product",
    (
        SYSTEM,
        text("source_product_id", "Product", "product", nullable=False),
        text("product_name", "Name", "text that the rules looked at"),
        text("unified_category", "Category", "category of both brands, or Unmapped", nullable=False),
        text(
            "method",
            "Method",
            "source, keyword or unmapped",
            nullable=False,
            checks=(Check("known_method", one_of=("source", "keyword", "unmapped")),),
        ),
        text("rule", "Rule", "source category or keyword that decided"),
        local("value", "Value", "sum of its positive line amounts", nullable=False),
        count(
            "unmapped_rank",
            "Unmapped rank",
            "place in the work list, the largest value first",
            unit="place",
            nullable=True,
        ),
    ),
    key=("source_system", "source_product_id"),
)

SOURCE_CUSTOMER: Final = mapping(
    "source_customer",
    "Customers of the brands",
    "Every customer with the country that held at each time; a new row begins when the country changes.",
    "one row per brand, customer and time of one country",
    (
        SYSTEM,
        text("source_customer_id", "Customer", "customer", nullable=False),
        Column("valid_from", DAY, "Valid from", "first day of the country"),
        Column("valid_to", DAY, "Valid to", "last day of the country; null while it holds", nullable=True),
        flag("is_current", "Current", "the row that holds now"),
        text("country_name", "Country", "country as the source writes it"),
        text("age_range", "Age group", "age group, where the brand has it"),
        Column(
            "signup_date", DAY, "Signup", "day of the registration, where the brand has it", nullable=True
        ),
    ),
    key=("source_system", "source_customer_id", "valid_from"),
)

PRODUCT_XWALK: Final = crosswalk("product_xwalk", "Product crosswalk", "product")
CUSTOMER_XWALK: Final = crosswalk("customer_xwalk", "Customer crosswalk", "customer")

SILVER: Final = (
    CONTOSO_LINE,
    FX_RATES,
    SOURCE_PRODUCT,
    CATEGORY_MAP,
    SOURCE_CUSTOMER,
    PRODUCT_XWALK,
    CUSTOMER_XWALK,
    SALES_LINE,
)
