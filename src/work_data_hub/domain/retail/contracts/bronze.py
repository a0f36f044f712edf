"""Bronze: the drops of both brands and the exchange rates, as they came."""

from typing import Final

from work_data_hub.domain.kernel.columns import text
from work_data_hub.domain.retail.contracts.shapes import drop_rows

EUROSTYLE_LINES: Final = drop_rows(
    "eurostyle_lines",
    "EuroStyle invoice lines",
    "Invoice lines of the EuroStyle workbook, all sheets of one drop one after the other.",
    (
        text("invoice", "Invoice", "invoice number; C before it cancels, A adjusts", aliases=("InvoiceNo",)),
        text("stock_code", "StockCode", "product, fee or adjustment code"),
        text("description", "Description", "name of the product, or a note"),
        text("quantity", "Quantity", "units; negative on cancellations and write-offs"),
        text("invoice_date", "InvoiceDate", "time of the invoice, to the minute"),
        text("price", "Price", "price of one unit in pounds", aliases=("UnitPrice",)),
        text("customer_id", "Customer ID", "customer; often missing", aliases=("CustomerID",)),
        text("country", "Country", "country as EuroStyle writes it"),
    ),
    month="the invoice date",
)

CONTOSO_SALES: Final = drop_rows(
    "contoso_sales",
    "Contoso sales",
    "Headers of Contoso's sales; their date is the order date.",
    (
        text("sale_id", "sale_id", "sale"),
        text("channel", "channel", "where it was bought"),
        text("discounted", "discounted", "1 where a discount was given"),
        text("total_amount", "total_amount", "total in euro"),
        text("sale_date", "sale_date", "day of the order"),
        text("customer_id", "customer_id", "buyer"),
        text("country", "country", "country of the order"),
    ),
    month="the sale date",
)

CONTOSO_SALESITEMS: Final = drop_rows(
    "contoso_salesitems",
    "Contoso sale items",
    "Items of Contoso's sales; some dates have day and month swapped.",
    (
        text("item_id", "item_id", "item"),
        text("sale_id", "sale_id", "sale it belongs to"),
        text("product_id", "product_id", "product"),
        text("quantity", "quantity", "units"),
        text("original_price", "original_price", "list price of one unit in euro"),
        text("unit_price", "unit_price", "price paid for one unit in euro"),
        text("discount_applied", "discount_applied", "discount on one unit in euro"),
        text("discount_percent", "discount_percent", "discount as 30.00%"),
        text("discounted", "discounted", "1 where a discount was given"),
        text("item_total", "item_total", "total of the item in euro"),
        text("sale_date", "sale_date", "day as the item says it"),
        text("channel", "channel", "where it was bought"),
        text(
            "channel_campaigns", "channel_campaigns", "channel of the campaign, in other words than channel"
        ),
    ),
)

CONTOSO_PRODUCTS: Final = drop_rows(
    "contoso_products",
    "Contoso products",
    "Products of Contoso with their cost.",
    tuple(
        text(name, name, meaning)
        for name, meaning in (
            ("product_id", "product"),
            ("product_name", "name"),
            ("category", "category"),
            ("brand", "label of the product"),
            ("color", "colour"),
            ("size", "size"),
            ("catalog_price", "list price in euro"),
            ("cost_price", "cost in euro"),
            ("gender", "whom it is made for"),
        )
    ),
)

CONTOSO_CUSTOMERS: Final = drop_rows(
    "contoso_customers",
    "Contoso customers",
    "Customers of Contoso.",
    tuple(
        text(name, name, meaning)
        for name, meaning in (
            ("customer_id", "customer"),
            ("country", "country"),
            ("age_range", "age group"),
            ("signup_date", "day of the registration"),
        )
    ),
)

CONTOSO_STOCK: Final = drop_rows(
    "contoso_stock",
    "Contoso stock",
    "Stock by country and product; France and Germany only.",
    tuple(
        text(name, name, meaning)
        for name, meaning in (
            ("country", "country of the store"),
            ("product_id", "product"),
            ("stock_quantity", "units in stock"),
        )
    ),
)

CONTOSO_CAMPAIGNS: Final = drop_rows(
    "contoso_campaigns",
    "Contoso campaigns",
    "Campaigns; the value is a percentage or an amount, as discount_type says.",
    tuple(
        text(name, name, meaning)
        for name, meaning in (
            ("campaign_id", "campaign"),
            ("campaign_name", "name"),
            ("start_date", "first day"),
            ("end_date", "last day"),
            ("channel", "channel of the campaign"),
            ("discount_type", "Percentage or Fixed"),
            ("discount_value", "10.00% or 10"),
        )
    ),
)

CONTOSO_CHANNELS: Final = drop_rows(
    "contoso_channels",
    "Contoso channels",
    "Sales channels.",
    (text("channel", "channel", "channel"), text("description", "description", "what it is")),
)

EXCHANGE_RATES: Final = drop_rows(
    "exchange_rates",
    "Euro exchange rates",
    "Reference rates, units of a currency for one euro, business days only.",
    (
        text("rate_date", "date", "business day"),
        text("currency", "currency", "currency code"),
        text("units_per_eur", "units_per_eur", "units of the currency for one euro"),
    ),
)

BRONZE: Final = (
    EUROSTYLE_LINES,
    CONTOSO_SALES,
    CONTOSO_SALESITEMS,
    CONTOSO_PRODUCTS,
    CONTOSO_CUSTOMERS,
    CONTOSO_STOCK,
    CONTOSO_CAMPAIGNS,
    CONTOSO_CHANNELS,
    EXCHANGE_RATES,
)
