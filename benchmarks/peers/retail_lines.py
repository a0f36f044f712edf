"""The bare peer's lines and orders: both brands typed and joined, amounts in whole ten-thousandths."""

import re
from typing import Any

import polars as pl

EURO = 10**8
KEEP = ("order_id", "code", "text", "quantity", "ordered_at", "price", "customer_id", "country")


def cents(amount: pl.Expr, rate: pl.Expr) -> pl.Expr:
    """Turn ten-thousandths of a local unit into euro cents, half a cent away from zero."""
    return amount.sign() * ((2 * amount.abs() * 10**6 + rate) // (2 * rate))


def eurostyle(raw: pl.DataFrame, known: dict[str, Any], rate: int) -> pl.DataFrame:
    """Type EuroStyle's lines; an invoice of two sheets is taken from the last."""
    last = raw.filter(pl.col("sheet") == pl.col("sheet").max())["order_id"].unique()
    once = raw.filter((pl.col("sheet") == pl.col("sheet").max()) | ~pl.col("order_id").is_in(last.implode()))
    codes = pl.DataFrame({"code": once["code"].unique()}).with_columns(
        sku=pl.col("code").str.to_uppercase().str.strip_chars()
    )
    codes = codes.with_columns(item_kind=_kind(pl.col("sku"), known["codes"]))
    return (
        once.with_columns(
            exact_duplicate=~pl.struct(*KEEP, "sheet").is_first_distinct(),
            ten_thousandths=(pl.col("price") * 10_000).round().cast(pl.Int64),
        )
        .lazy()
        .join(codes.lazy(), on="code", how="left", maintain_order="left")
        .filter(pl.col("item_kind") != "test")
        .with_columns(
            source_system=pl.lit("EUROSTYLE"),
            description=pl.col("text").str.strip_chars(),
            order_date=pl.col("ordered_at").dt.date(),
            customer_id=pl.col("customer_id").cast(pl.String),
            line_type=_type(),
            amount_local=pl.col("quantity") * pl.col("ten_thousandths"),
            list_amount_local=pl.col("quantity") * pl.col("ten_thousandths"),
            list_price=pl.col("ten_thousandths"),
            unit_price=pl.col("ten_thousandths"),
            cost_local=pl.lit(None, pl.Int64),
            currency=pl.lit("GBP"),
            fx_rate=pl.lit(rate),
            channel=pl.lit(None, pl.String),
            zero_price=pl.col("price") == 0,
            positive_cancellation=pl.col("order_id").str.starts_with("C") & (pl.col("quantity") > 0),
            date_swapped=pl.lit(False),
            before_signup=pl.lit(False),
            total_differs=pl.lit(False),
        )
        .collect()
    )


def _kind(sku: pl.Expr, codes: dict[str, list[str]]) -> pl.Expr:
    kinds = {"test": "tests", "fee": "fees", "adjustment": "adjustments"}
    chosen: Any = pl
    for kind, patterns in kinds.items():
        regex = "|".join(re.escape(pattern).replace(r"\*", ".*") for pattern in codes[patterns])
        chosen = chosen.when(sku.str.contains(f"^(?:{regex})$")).then(pl.lit(kind))
    result: pl.Expr = chosen.otherwise(pl.lit("product"))
    return result


def _type() -> pl.Expr:
    order, kind = pl.col("order_id"), pl.col("item_kind")
    return (
        pl.when(order.str.starts_with("A"))
        .then(pl.lit("adjustment"))
        .when(order.str.starts_with("C"))
        .then(pl.lit("cancellation"))
        .when(kind != "product")
        .then(kind)
        .when(pl.col("quantity") < 0)
        .then(pl.lit("adjustment"))
        .otherwise(pl.lit("sale"))
    )


def contoso(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Join Contoso's items with their sale, product and buyer."""
    sales = tables["sales"].select("sale_id", "sale_date", "customer_id", "country", "channel")
    price = {
        name: (pl.col(name) * 10_000).round().cast(pl.Int64)
        for name in ("original_price", "unit_price", "item_total")
    }
    header, item = pl.col("sale_date"), pl.col("sale_date_item")
    return (
        tables["salesitems"]
        .rename({"sale_date": "sale_date_item", "channel": "channel_item"})
        .join(sales, on="sale_id")
        .join(tables["products"].select("product_id", "cost_price"), on="product_id", how="left")
        .join(tables["customers"].select("customer_id", "signup_date"), on="customer_id", how="left")
        .with_columns(
            source_system=pl.lit("CONTOSO"),
            order_id=pl.col("sale_id").cast(pl.String),
            sku=pl.col("product_id").cast(pl.String),
            customer_id=pl.col("customer_id").cast(pl.String),
            order_date=header,
            ordered_at=pl.lit(None, pl.Datetime("ms")),
            line_type=pl.lit("sale"),
            item_kind=pl.lit("product"),
            description=pl.lit(None, pl.String),
            unit_price=price["unit_price"],
            list_price=price["original_price"],
            amount_local=price["item_total"],
            list_amount_local=pl.col("quantity") * price["original_price"],
            cost_local=pl.col("quantity") * (pl.col("cost_price") * 10_000).round().cast(pl.Int64),
            currency=pl.lit("EUR"),
            fx_rate=pl.lit(EURO),
            exact_duplicate=pl.lit(False),
            zero_price=pl.col("unit_price") == 0,
            positive_cancellation=pl.lit(False),
            date_swapped=(header != item)
            & (header.dt.month() == item.dt.day())
            & (header.dt.day() == item.dt.month()),
            before_signup=header < pl.col("signup_date"),
            total_differs=price["item_total"] != pl.col("quantity") * price["unit_price"],
            sheet=pl.lit(0),
        )
    )


COLUMNS = (
    *(
        "source_system",
        "order_id",
        "sku",
        "customer_id",
        "order_date",
        "ordered_at",
        "line_type",
        "item_kind",
    ),
    *("description", "quantity", "unit_price", "list_price", "currency", "amount_local", "list_amount_local"),
    *(
        "cost_local",
        "fx_rate",
        "country",
        "channel",
        "exact_duplicate",
        "zero_price",
        "positive_cancellation",
    ),
    *("date_swapped", "before_signup", "total_differs", "sheet"),
)


def sales_line(parts: list[pl.DataFrame], known: dict[str, Any]) -> pl.DataFrame:
    """Bring both brands into one form, with country, region, month and a line number in the order."""
    countries = pl.LazyFrame(
        [
            {"country": name, "country_code": value["code"], "region": value["region"]}
            for name, value in known["countries"].items()
        ]
    )
    return (
        pl.concat(
            [
                part.lazy().select(COLUMNS).with_columns(pl.col("fx_rate", "sheet").cast(pl.Int64))
                for part in parts
            ]
        )
        .join(countries, on="country", how="left", maintain_order="left")
        .with_columns(
            pl.col("country_code").fill_null("ZZ"),
            pl.col("region").fill_null("Other"),
            period=pl.col("order_date").dt.truncate("1mo"),
            line_number=pl.int_range(1, pl.len() + 1).over("source_system", "order_id"),
            amount_eur=(pl.col("amount_local") / 10**4 / (pl.col("fx_rate") / 10**8)).round(6),
        )
        .collect()
    )


def order_fact(lines: pl.DataFrame) -> pl.DataFrame:
    """Add up each invoice or sale by kind of line."""
    sale = pl.col("line_type") == "sale"
    returned = (pl.col("line_type") == "cancellation") & (pl.col("item_kind") == "product")
    fee = pl.col("line_type").is_in(["fee", "cancellation"]) & (pl.col("item_kind") == "fee")
    amount = pl.col("amount_local")

    def total(value: pl.Expr, of: pl.Expr) -> pl.Expr:
        return pl.when(of).then(value).otherwise(0).sum()

    return (
        lines.lazy()
        .group_by("period", "source_system", "order_id", maintain_order=True)
        .agg(
            pl.col(
                "customer_id", "order_date", "region", "country_code", "channel", "currency", "fx_rate"
            ).first(),
            is_order=sale.any(),
            lines=pl.len(),
            products=pl.col("sku").filter(sale).n_unique(),
            units=total(pl.col("quantity"), sale),
            return_units=total(-pl.col("quantity"), returned),
            gmv_list_local=total(pl.col("list_amount_local"), sale),
            gmv_paid_local=total(amount, sale),
            returns_local=total(-amount, returned),
            fees_local=total(amount, fee),
            adjustments_local=total(amount, pl.col("line_type") == "adjustment"),
            cost_local=total(pl.col("cost_local"), sale),
        )
        .with_columns(gmv_paid_eur=cents(pl.col("gmv_paid_local"), pl.col("fx_rate")))
        .collect()
    )
