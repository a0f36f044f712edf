"""The bare peer's marts of days and months, and its dimensions; euro in whole cents."""

from datetime import date
from typing import Any

import polars as pl

from benchmarks.peers.retail_lines import cents

RATE = pl.col("fx_rate").first()
KEYS = ("source_system", "sku")


def product_dim(lines: pl.DataFrame, products: pl.DataFrame, known: dict[str, Any]) -> pl.DataFrame:
    """Name every product by its commonest text, and find its category."""
    names = (
        lines.lazy()
        .filter(pl.col("source_system") == "EUROSTYLE")
        .group_by("sku", "description")
        .agg(times=pl.len())
        .sort("times", "description", descending=[True, False], nulls_last=True)
        .group_by("sku", maintain_order=True)
        .agg(product_name=pl.col("description").first(), names=pl.len())
        .select(pl.lit("EUROSTYLE").alias("source_system"), "sku", "product_name", category=_category(known))
    )
    listed = products.lazy().select(
        pl.lit("CONTOSO").alias("source_system"),
        pl.col("product_id").cast(pl.String).alias("sku"),
        "product_name",
        category=pl.col("category").replace_strict(known["categories"]["by_source"], default="Unmapped"),
    )
    spans = (
        lines.lazy()
        .group_by(KEYS)
        .agg(
            first_order_date=pl.col("order_date").min(),
            last_order_date=pl.col("order_date").max(),
            value=pl.col("amount_local").filter(pl.col("amount_local") > 0).sum(),
            item_kind=pl.col("item_kind").first(),
        )
    )
    every = pl.concat([names, listed]).join(spans, on=KEYS, how="left")
    return every.with_columns(
        product_sk=pl.struct(KEYS).hash().cast(pl.Int64, strict=False).fill_null(0)
    ).collect()


def _category(known: dict[str, Any]) -> pl.Expr:
    text = pl.col("product_name").str.to_uppercase()
    chosen: Any = pl
    for rule in known["categories"]["keywords"]:
        words = "|".join(rule["words"])
        chosen = chosen.when(text.str.contains(rf"(?:^|[^A-Z0-9-])(?:{words})(?:$|[^A-Z0-9-])")).then(
            pl.lit(rule["category"])
        )
    result: pl.Expr = chosen.otherwise(pl.lit("Unmapped"))
    return result


def customer_dim(lines: pl.DataFrame, customers: pl.DataFrame) -> pl.DataFrame:
    """Begin a new row of a customer when the country changes."""
    days = (
        lines.lazy()
        .filter(pl.col("source_system") == "EUROSTYLE", pl.col("customer_id").is_not_null())
        .group_by("customer_id", "order_date", maintain_order=True)
        .agg(pl.col("country", "country_code", "region").last())
        .sort("customer_id", "order_date")
        .filter(pl.col("country").ne_missing(pl.col("country").shift().over("customer_id")))
        .with_columns(valid_to=pl.col("order_date").shift(-1).over("customer_id") - pl.duration(days=1))
        .rename({"order_date": "valid_from"})
        .with_columns(source_system=pl.lit("EUROSTYLE"))
    )
    listed = customers.lazy().select(
        pl.col("customer_id").cast(pl.String),
        "country",
        valid_from="signup_date",
        source_system=pl.lit("CONTOSO"),
    )
    return pl.concat([days, listed], how="diagonal").collect()


def date_dim(lines: pl.DataFrame) -> pl.DataFrame:
    """Give every day from the first to the last order."""
    day = pl.col("day")
    return pl.DataFrame({"day": _days(lines["order_date"])}).with_columns(
        date_key=day.dt.strftime("%Y%m%d").cast(pl.Int64),
        year=day.dt.year(),
        quarter=day.dt.quarter(),
        month=day.dt.month(),
        iso_week=day.dt.week(),
        weekday=day.dt.weekday(),
        month_start=day.dt.truncate("1mo"),
        is_weekend=day.dt.weekday() > 5,
    )


def _days(seen: pl.Series) -> pl.Series:
    return pl.select(pl.date_range(pl.lit(seen.min()), pl.lit(seen.max()))).to_series()


def sales_daily(lines: pl.DataFrame, products: pl.DataFrame) -> pl.DataFrame:
    """Say what each product sold and returned on a day."""
    sale = pl.col("line_type") == "sale"
    moved = lines.lazy().filter(
        pl.col("item_kind") == "product", pl.col("line_type").is_in(["sale", "cancellation"])
    )
    sums = (
        moved.with_columns(
            sold=pl.when(sale).then(pl.col("quantity")).otherwise(0),
            list=pl.when(sale).then(pl.col("list_amount_local")).otherwise(0),
            paid=pl.when(sale).then(pl.col("amount_local")).otherwise(0),
            back=pl.when(sale).then(0).otherwise(-pl.col("quantity")),
            back_paid=pl.when(sale).then(0).otherwise(-pl.col("amount_local")),
        )
        .group_by("period", "order_date", *KEYS)
        .agg(
            pl.col("sold", "list", "paid", "back", "back_paid", "cost_local").sum(),
            pl.col("order_id").filter(sale).n_unique().alias("orders"),
            RATE,
        )
    )
    return _with_margin(
        sums.join(products.lazy().select(*KEYS, "product_sk", "category"), on=KEYS, how="left")
    ).collect()


def _with_margin(sums: pl.LazyFrame) -> pl.LazyFrame:
    rate, share = (
        pl.col("fx_rate"),
        pl.col("category").replace_strict({"Apparel": 35, "Accessories": 50}, default=40),
    )
    actual = pl.col("source_system") == "CONTOSO"
    margin = (
        pl.when(actual).then((pl.col("paid") - pl.col("cost_local")) * 100).otherwise(pl.col("paid") * share)
    )
    return sums.with_columns(
        gmv_list_eur=cents(pl.col("list"), rate),
        revenue_eur=cents(pl.col("paid"), rate),
        returns_eur=cents(pl.col("back_paid"), rate),
        margin_eur=cents(margin, rate * 100),
        margin_method=pl.when(actual).then(pl.lit("Actual")).otherwise(pl.lit("Estimated")),
    )


def by_orders(orders: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """Give the figures of the order level by day and region, or by month."""
    rate = pl.col("fx_rate")
    local = {name: pl.col(f"{name}_local").sum() for name in ("gmv_list", "gmv_paid", "returns", "fees")}
    actual = pl.col("source_system") == "CONTOSO"
    margin = (
        pl.when(actual)
        .then((pl.col("gmv_paid") - pl.col("cost_local")) * 10)
        .otherwise(pl.col("gmv_paid") * 4)
    )
    sums = (
        orders.lazy()
        .group_by(keys)
        .agg(
            RATE,
            pl.col("units", "return_units", "lines", "cost_local").sum(),
            orders=pl.col("is_order").sum().cast(pl.Int64),
            customers=pl.col("customer_id").filter("is_order").drop_nulls().n_unique(),
            **local,
        )
    )
    return sums.with_columns(
        *(cents(pl.col(name), rate).alias(f"{name}_eur") for name in local),
        net_revenue_eur=cents(pl.col("gmv_paid") - pl.col("returns"), rate),
        aov_eur=pl.when(pl.col("orders") > 0).then(
            cents(pl.col("gmv_paid"), rate * pl.max_horizontal(pl.col("orders"), 1))
        ),
        return_rate=pl.col("return_units") / pl.col("units"),
        margin_eur=cents(margin, rate * 10),
    ).collect()


def category_perf(lines: pl.DataFrame, products: pl.DataFrame) -> pl.DataFrame:
    """Give the figures of each category by month."""
    sums = (
        lines.lazy()
        .filter(pl.col("line_type") == "sale")
        .join(products.lazy().select(*KEYS, "category"), on=KEYS, how="left")
        .group_by("period", "source_system", "category")
        .agg(
            RATE,
            list=pl.col("list_amount_local").sum(),
            paid=pl.col("amount_local").sum(),
            back_paid=pl.lit(0),
            cost_local=pl.col("cost_local").sum(),
            units=pl.col("quantity").sum(),
            orders=pl.col("order_id").n_unique(),
        )
    )
    share = pl.col("paid") / pl.col("paid").sum().over("period", "source_system")
    return _with_margin(sums).with_columns(gmv_share=share).collect()


def raw_kpis(raw: pl.DataFrame) -> pl.DataFrame:
    """Give what the raw lines would say by month: everything added up as it stands."""
    return (
        raw.lazy()
        .group_by(period=pl.col("ordered_at").dt.truncate("1mo").dt.date())
        .agg(
            lines=pl.len(),
            orders=pl.col("order_id").n_unique(),
            customers=pl.col("customer_id").n_unique(),
            units=pl.col("quantity").sum(),
            gmv=(pl.col("quantity") * pl.col("price")).sum(),
        )
        .collect()
    )


def quality(lines: pl.DataFrame, raw: pl.DataFrame) -> pl.DataFrame:
    """Count by day what came, what stands in the lines, and keys that repeat without the line number."""
    came = raw.lazy().group_by(order_date=pl.col("ordered_at").dt.date()).agg(came=pl.len())
    key = ("order_id", "sku", "customer_id", "order_date")
    stands = (
        lines.lazy()
        .filter(pl.col("source_system") == "EUROSTYLE")
        .group_by("order_date")
        .agg(
            stands=pl.len(),
            keys=pl.struct(key).n_unique(),
            no_rate=pl.col("fx_rate").null_count(),
            gmv=pl.col("amount_local").filter(pl.col("line_type") == "sale").sum(),
        )
    )
    days = came.join(stands, on="order_date", how="left").sort("order_date")
    return days.with_columns(band=pl.col("gmv") / pl.col("gmv").shift().rolling_mean(7)).collect()


def as_of_days(orders: pl.DataFrame) -> dict[str, list[date]]:
    """Give each brand's as-of dates: the last day with an order of each of its months."""
    ends = (
        orders.filter("is_order")
        .group_by("source_system", "period")
        .agg(day=pl.col("order_date").max())
        .sort("source_system", "day")
    )
    return {str(brand[0]): days["day"].to_list() for brand, days in ends.group_by("source_system")}
