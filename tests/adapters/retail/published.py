"""What the hub published, read back by plain SQL; columns stand in the order of the oracle's."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import psycopg2
import pyarrow as pa
from adbc_driver_postgresql import dbapi

from work_data_hub.io.loader.urls import DatabaseUrl

Row = tuple[Any, ...]

HALF_A_CENT: Final = Decimal("0.005")
KPI_NAMES: Final = (
    *("orders", "units", "gmv_list", "gmv_paid", "returns", "net_revenue", "fees", "aov", "return_rate"),
    *("margin", "customers", "lines"),
)
KPIS: Final = "SELECT period, source_system, kpi, silver FROM retail_gold.kpi_raw_vs_silver"
ORDERS_DAILY: Final = """
    SELECT order_date, source_system, region, orders, customers, units, return_units, gmv_list_eur, gmv_paid_eur,
           returns_eur, net_revenue_eur, fees_eur, aov_eur, return_rate, margin_eur
    FROM retail_gold.orders_daily"""
SALES_DAILY: Final = """
    SELECT order_date, daily.source_system, source_product_id, orders, units, (gmv_list_eur * 100)::bigint, (revenue_eur * 100)::bigint,
           return_units, (returns_eur * 100)::bigint
    FROM retail_gold.sales_daily AS daily JOIN retail_gold.product_dim USING (product_sk)"""
CATEGORIES: Final = """
    SELECT period, source_system, category, gmv_eur, units, orders, gmv_share, margin_eur
    FROM retail_gold.category_perf WHERE source_system = 'CONTOSO'"""
CUSTOMERS: Final = """
    SELECT customer_id, first_order_date, last_order_date, orders, units, gmv_eur, recency_days, frequency, monetary_eur,
           average_order_value_eur, r_score, f_score, m_score, is_churned, basket_diversity, inter_purchase_days, return_share
    FROM retail_gold.customer_360 WHERE source_system = %s AND as_of_date = %s"""
COHORTS: Final = """
    SELECT source_system, cohort_month, months_since, cohort_customers, active_customers, retention, gmv_eur
    FROM retail_gold.cohort_retention"""
METRICS: Final = "SELECT metric, value FROM hub.data_quality_metrics WHERE table_key = %s AND scope_key = %s"
METRIC_SUMS: Final = (
    "SELECT metric, sum(value) FROM hub.data_quality_metrics WHERE table_key = %s GROUP BY metric"
)
UNBALANCED: Final = """
    SELECT table_key, scope_key FROM hub.publishes WHERE table_key = ANY(%s)
      AND rows_read <> rows_published + rows_rejected + rows_deduplicated + rows_skipped"""
PUBLISHED_ROWS: Final = (
    "SELECT sum(rows_published), sum(rows_rejected) FROM hub.publishes WHERE table_key = %s"
)


@dataclass(frozen=True, slots=True)
class Published:
    """A warehouse that holds a whole backfill."""

    url: str
    releases: Mapping[str, Path]

    def rows(self, query: str, *values: object) -> list[Row]:
        """Give the rows of a query."""
        connection = psycopg2.connect(DatabaseUrl.parse(self.url).libpq)
        with closing(connection), connection.cursor() as cursor:
            cursor.execute(query, values or None)
            return list(cursor.fetchall())

    def arrow(self, query: str) -> pa.Table:
        """Give the many rows of a query as an Arrow table."""
        connection = dbapi.connect(DatabaseUrl.parse(self.url).libpq)
        with closing(connection), connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetch_arrow_table()

    def kpis(self) -> dict[Row, dict[str, Any]]:
        """Give the silver figure of each KPI by month and brand."""
        found: dict[Row, dict[str, Any]] = {}
        for period, system, kpi, silver in self.rows(KPIS):
            found.setdefault((period, system), {})[kpi] = silver
        return found

    def metrics(self, table: str, scope: str = "all") -> dict[str, float]:
        """Give the quality log of a table and scope."""
        return dict(self.rows(METRICS, f"retail.{table}", scope))

    def metric_sums(self, table: str) -> dict[str, float]:
        """Give the quality log of a table, added up over its months."""
        return dict(self.rows(METRIC_SUMS, f"retail.{table}"))


def differences(ours: list[Row], known: list[Row], key: int) -> list[str]:
    """Tell rows that are not the same; the first `key` columns say which row is which, floats are equal to nine digits."""
    mine, theirs = ({row[:key]: row[key:] for row in rows} for rows in (ours, known))
    assert len(mine) == len(ours)
    assert len(theirs) == len(known)
    return list(_differing(mine, theirs))


def _differing(mine: dict[Row, Row], theirs: dict[Row, Row]) -> Iterator[str]:
    for row in sorted(mine.keys() - theirs.keys()):
        yield f"{row} is published, and should not be"
    for row in sorted(theirs.keys() - mine.keys()):
        yield f"{row} is not published"
    for row in mine.keys() & theirs.keys():
        if not all(map(_same, mine[row], theirs[row])):
            yield f"{row}: {mine[row]} is published, {theirs[row]} is right"


def _same(ours: Any, known: Any) -> bool:
    if isinstance(known, float) and ours is not None:
        return abs(float(ours) - known) <= 1e-9 * max(1.0, abs(known))
    return bool(ours == known)
