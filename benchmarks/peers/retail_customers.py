"""The bare peer's customers: as of every month's end, in clusters, in cohorts."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from benchmarks.peers.retail_lines import cents

FEATURES = ("monetary", "frequency", "recency", "basket", "between", "return_share")


def customer_360(orders: pl.DataFrame, days: dict[str, list[date]]) -> pl.DataFrame:
    """Judge every customer as of each day."""
    known = orders.filter(pl.col("customer_id").is_not_null())
    plans = [_as_of(known.lazy(), brand, day) for brand, ends in days.items() for day in ends]
    return pl.concat(pl.collect_all(plans))


def _as_of(orders: pl.LazyFrame, brand: str, day: date) -> pl.LazyFrame:
    recent = (pl.col("order_date") > day - timedelta(days=365)) & pl.col("is_order")
    rate, dates = pl.col("fx_rate"), pl.col("order_date").filter("is_order")
    return (
        orders.filter(pl.col("source_system") == brand, pl.col("order_date") <= day)
        .group_by("customer_id")
        .agg(
            rate.first(),
            first=dates.min(),
            last=dates.max(),
            days=dates.n_unique(),
            orders=pl.col("is_order").sum().cast(pl.Int64),
            units=pl.col("units").sum(),
            gmv=pl.col("gmv_paid_local").sum(),
            returned=pl.col("returns_local").sum(),
            frequency=recent.sum().cast(pl.Int64),
            monetary=pl.col("gmv_paid_local").filter(recent).sum(),
            basket=pl.col("products").filter(recent).mean(),
        )
        .filter(pl.col("orders") > 0)
        .with_columns(
            as_of_date=pl.lit(day),
            source_system=pl.lit(brand),
            recency=(pl.lit(day) - pl.col("last")).dt.total_days(),
            monetary_eur=cents(pl.col("monetary"), rate),
            gmv_eur=cents(pl.col("gmv"), rate),
            average_eur=pl.when(pl.col("frequency") > 0).then(
                cents(pl.col("monetary"), rate * pl.max_horizontal("frequency", 1))
            ),
            between=(pl.col("last") - pl.col("first")).dt.total_days()
            / pl.when(pl.col("days") > 1).then(pl.col("days") - 1),
            return_share=pl.when(pl.col("gmv") > 0).then(pl.col("returned") / pl.col("gmv")).otherwise(0.0),
        )
        .with_columns(
            r_score=_score(-pl.col("recency"), -30, -90),
            f_score=_score(pl.col("frequency"), 6, 2),
            m_score=_score(pl.col("average_eur"), 10_000, 4_000),
            is_churned=pl.col("recency") > 90,
        )
        .with_columns(segment=pl.format("{}{}{}", "r_score", "f_score", "m_score"))
    )


def _score(value: pl.Expr, high: int, middle: int) -> pl.Expr:
    return pl.when(value >= high).then(3).when(value >= middle).then(2).otherwise(1)


def clusters(customers: pl.DataFrame, k_range: tuple[int, int], seed: int, rows: int) -> pl.DataFrame:
    """Group each brand's customers as of its last day; the best silhouette says in how many."""
    newest = customers.filter(pl.col("as_of_date") == pl.col("as_of_date").max().over("source_system"))
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        return pl.concat(
            [
                _clustered(part.sort("customer_id"), k_range, seed, rows)
                for _, part in newest.group_by("source_system")
            ]
        )


def _clustered(part: pl.DataFrame, k_range: tuple[int, int], seed: int, rows: int) -> pl.DataFrame:
    from sklearn.cluster import KMeans

    values = part.select(pl.col(FEATURES).cast(pl.Float64)).with_columns(
        pl.col("between", "basket").fill_null(pl.col("between", "basket").median())
    )
    table = np.log1p(np.clip(values.fill_null(0).to_numpy(), 0, None))
    table = (table - table.mean(axis=0)) / np.where(table.std(axis=0) == 0, 1, table.std(axis=0))
    best: tuple[float, np.ndarray] = (-2.0, np.zeros(len(table), dtype=np.int32))
    for k in range(k_range[0], min(k_range[1], len(table) - 1) + 1):
        labels = KMeans(k, random_state=seed, n_init=10).fit_predict(table)
        best = max(best, (_silhouette(table, labels, rows, seed), labels), key=lambda pair: pair[0])
    return part.select("source_system", "customer_id", "as_of_date").with_columns(cluster=pl.Series(best[1]))


def _silhouette(table: np.ndarray, labels: np.ndarray, rows: int, seed: int) -> float:
    from sklearn.metrics import silhouette_score

    return float(silhouette_score(table, labels, sample_size=min(rows, len(table)), random_state=seed))


def cohorts(orders: pl.DataFrame) -> pl.DataFrame:
    """Say how many of a month's new customers ordered again so many months later."""
    bought = (
        orders.lazy()
        .filter(pl.col("is_order"), pl.col("customer_id").is_not_null())
        .with_columns(cohort=pl.col("period").min().over("source_system", "customer_id"))
        .with_columns(
            months=(pl.col("period").dt.year() - pl.col("cohort").dt.year()) * 12
            + pl.col("period").dt.month()
            - pl.col("cohort").dt.month()
        )
    )
    sizes = bought.group_by("source_system", "cohort").agg(size=pl.col("customer_id").n_unique())
    active = bought.group_by("source_system", "cohort", "months").agg(
        pl.col("fx_rate").first(), active=pl.col("customer_id").n_unique(), gmv=pl.col("gmv_paid_local").sum()
    )
    return (
        active.join(sizes, on=("source_system", "cohort"))
        .with_columns(
            retention=pl.col("active") / pl.col("size"), gmv_eur=cents(pl.col("gmv"), pl.col("fx_rate"))
        )
        .collect()
    )
