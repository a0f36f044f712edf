"""Order features written by hand in polars: the fast script that the feature pipeline is held against."""

from collections.abc import Sequence
from itertools import pairwise

import polars as pl

DAYS = 365
MILLION = 10**6
# a key and a day in one whole number
WIDTH = 2**17
KEYS = ("customer_id", "product_id", "order_id")


def features(lines: pl.DataFrame, floors: Sequence[int]) -> pl.DataFrame:
    """Give the features of every line that has a list price and a positive quantity, with its `row`."""
    slim = _slim(lines).collect()
    pieces = [
        _own(slim.lazy(), floors),
        _customer(slim.lazy()),
        _product(slim.lazy()),
        _pair(slim.lazy()),
        _family(slim.lazy()),
    ]
    own, *rest = pl.collect_all(pieces)
    for piece in rest:
        on = piece.columns[0]
        own = own.join(piece, on=on, how="left", maintain_order="left")
    last = pl.col("last_price")
    change = pl.when(last > 0).then((pl.col("price") * pl.col("last_lines") - last) / last)
    week = pl.col("week_value") + pl.col("order_value")
    return own.with_columns(
        list_price_change=change,
        cust_week_line_count=(pl.col("week_lines") + pl.col("order_lines")).cast(pl.Float64),
        log_cust_week_value=_log(week, 10_000),
    )


def _slim(lines: pl.DataFrame) -> pl.LazyFrame:
    good = pl.col("usable").cast(pl.Int64)
    price = (pl.col("list_price").cast(pl.Float64) * MILLION).round().cast(pl.Int64)
    return (
        lines.lazy()
        .with_row_index("row")
        .filter((pl.col("list_price") > 0) & (pl.col("quantity") > 0))
        .with_columns(
            *(pl.col(key).cast(pl.Categorical).to_physical().cast(pl.Int64) for key in KEYS),
            family=pl.col("product_family").cast(pl.Categorical).to_physical().cast(pl.Int64),
            day=pl.col("order_date").to_physical().cast(pl.Int64),
            used=good,
            discount=(pl.col("discount_pct").fill_null(0).cast(pl.Float64) * MILLION).round().cast(pl.Int64),
            price=price,
            value=(pl.col("list_value").cast(pl.Float64) * 10_000).round().cast(pl.Int64),
        )
        .with_columns(
            customer=pl.col("customer_id") * WIDTH + pl.col("day"),
            product=pl.col("product_id") * WIDTH + pl.col("day"),
            pair=(pl.col("customer_id") * (pl.col("product_id").max() + 1) + pl.col("product_id")) * WIDTH
            + pl.col("day"),
            family_day=pl.col("family") * WIDTH + pl.col("day"),
            order=((pl.col("line_kind") == "quote").cast(pl.Int64) + pl.col("order_id") * 2) * WIDTH
            + pl.col("day"),
            **{name: pl.col(name) * good for name in ("discount", "value")},
            listed=price * good,
            own_value=pl.col("value"),
        )
    )


def _log(value: pl.Expr, scale: int = 1) -> pl.Expr:
    return pl.when(value > 0).then((value.cast(pl.Float64) / scale).log())


def _own(slim: pl.LazyFrame, floors: Sequence[int]) -> pl.LazyFrame:
    names = [
        f"<{floors[0]}",
        *(f"{low}-{high - 1}" for low, high in pairwise(floors)),
        f"{floors[-1]}+",
    ]
    order = slim.group_by("order").agg(
        order_lines=pl.len().cast(pl.Int64), order_value=pl.col("own_value").sum()
    )
    return (
        slim.select(
            "row",
            "customer",
            "product",
            "pair",
            "family_day",
            "order",
            "price",
            "product_family",
            "region",
            "customer_tier",
            "country",
            "negotiated",
            qty_band=pl.col("quantity")
            .cast(pl.Float64)
            .cut(list(floors), labels=names, left_closed=True)
            .cast(pl.String),
            log_quantity=_log(pl.col("quantity").cast(pl.Float64)),
            log_list_price=_log(pl.col("list_price").cast(pl.Float64)),
            log_list_value=_log(pl.col("list_value").cast(pl.Float64)),
        )
        .join(order, on="order", how="left", maintain_order="left")
        .with_columns(log_order_value=_log(pl.col("order_value"), 10_000))
    )


def _daily(slim: pl.LazyFrame, key: str, *sums: str) -> pl.LazyFrame:
    day = pl.col(key) % WIDTH
    return (
        slim.group_by(key)
        .agg(pl.col("used", *sums).sum())
        .sort(key)
        .with_columns(day=day, who=pl.col(key) // WIDTH)
    )


def _rolled(daily: pl.LazyFrame, key: str, *sums: str) -> pl.LazyFrame:
    """Give the sums over the year before each day; the rows stay in the order of the key."""
    rolled = daily.rolling("day", period=f"{DAYS}i", closed="left", group_by="who").agg(
        pl.col("used", *sums).sum().name.suffix("_365")
    )
    return pl.concat([daily, rolled.drop("day", "who")], how="horizontal")


def _mean() -> pl.Expr:
    return pl.when(pl.col("used_365") > 0).then(pl.col("discount_365") / pl.col("used_365") / MILLION)


def _lines() -> pl.Expr:
    return pl.col("used_365").cast(pl.Float64)


def _last(name: str) -> pl.Expr:
    """Give the value of the key's last earlier day with a used line; rows lie in the order of key and day."""
    seen = pl.col("used") > 0
    who = pl.when(seen).then("who").forward_fill().shift(1)
    return pl.when(who == pl.col("who")).then(pl.when(seen).then(name).forward_fill().shift(1))


def _customer(slim: pl.LazyFrame) -> pl.LazyFrame:
    daily = _daily(slim, "customer", "discount", "value")
    week = pl.col("day") - (pl.col("day") + 3) % 7
    before = [pl.col(name).cum_sum().over("who", "week") - pl.col(name) for name in ("used", "value")]
    return (
        _rolled(daily, "customer", "discount", "value")
        .with_columns(week=week)
        .select(
            "customer",
            cust_discount_365=_mean(),
            cust_lines_365=_lines(),
            log_cust_value_365=_log(pl.col("value_365"), 10_000),
            cust_recency_days=(pl.col("day") - _last("day")).cast(pl.Float64),
            week_lines=before[0],
            week_value=before[1],
        )
    )


def _product(slim: pl.LazyFrame) -> pl.LazyFrame:
    daily = _daily(slim, "product", "discount", "listed")
    return _rolled(daily, "product", "discount").select(
        "product",
        prod_discount_365=_mean(),
        prod_lines_365=_lines(),
        last_price=_last("listed"),
        last_lines=_last("used"),
    )


def _pair(slim: pl.LazyFrame) -> pl.LazyFrame:
    daily = _daily(slim, "pair", "discount")
    return _rolled(daily, "pair", "discount").select(
        "pair",
        pair_discount_365=_mean(),
        pair_lines_365=_lines(),
        pair_last_discount=_last("discount") / _last("used") / MILLION,
    )


def _family(slim: pl.LazyFrame) -> pl.LazyFrame:
    daily = _daily(slim, "family_day", "discount")
    return _rolled(daily, "family_day", "discount").select("family_day", family_discount_365=_mean())
