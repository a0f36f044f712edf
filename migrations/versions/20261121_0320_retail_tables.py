"""The retail tables of the warehouse: what brings both brands together, dimensions and marts."""

import sqlalchemy as sa
from alembic import op

revision = "5e97c1b3d042"
down_revision = "b81f46d3a957"
branch_labels = None
depends_on = None

SCHEMAS = ("retail_silver", "retail_gold")
TABLES = (
    ("category_perf", "retail_gold"),
    ("cluster_profile", "retail_gold"),
    ("cohort_retention", "retail_gold"),
    ("customer_360", "retail_gold"),
    ("customer_cluster", "retail_gold"),
    ("customer_dim", "retail_gold"),
    ("date_dim", "retail_gold"),
    ("kpi_raw_vs_silver", "retail_gold"),
    ("mart_methods", "retail_gold"),
    ("order_fact", "retail_gold"),
    ("orders_daily", "retail_gold"),
    ("product_dim", "retail_gold"),
    ("quality_results", "retail_gold"),
    ("sales_daily", "retail_gold"),
    ("category_map", "retail_silver"),
    ("customer_xwalk", "retail_silver"),
    ("fx_rate", "retail_silver"),
    ("product_xwalk", "retail_silver"),
    ("source_customer", "retail_silver"),
    ("source_product", "retail_silver"),
)


def upgrade() -> None:
    for schema in SCHEMAS:
        op.execute(sa.schema.CreateSchema(schema))
    _create_category_perf()
    _create_cluster_profile()
    _create_cohort_retention()
    _create_customer_360()
    _create_customer_cluster()
    _create_customer_dim()
    _create_date_dim()
    _create_kpi_raw_vs_silver()
    _create_mart_methods()
    _create_order_fact()
    _create_orders_daily()
    _create_product_dim()
    _create_quality_results()
    _create_sales_daily()
    _create_category_map()
    _create_customer_xwalk()
    _create_fx_rate()
    _create_product_xwalk()
    _create_source_customer()
    _create_source_product()
    op.create_index(
        op.f("ix_order_fact_source_system_customer_id"),
        "order_fact",
        ["source_system", "customer_id"],
        unique=False,
        schema="retail_gold",
    )


def downgrade() -> None:
    for table, schema in TABLES:
        op.drop_table(table, schema=schema)
    for schema in SCHEMAS:
        op.execute(sa.schema.DropSchema(schema))


def _create_category_perf() -> None:
    op.create_table(
        "category_perf",
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("source_system", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("gmv_eur", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("orders", sa.BigInteger(), nullable=False),
        sa.Column("gmv_share", sa.Double(), nullable=False),
        sa.Column("margin_eur", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("margin_method", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "margin_method IN ('Actual', 'Estimated')",
            name=op.f("ck_category_perf_margin_method_known_method"),
        ),
        sa.CheckConstraint(
            "source_system IN ('EUROSTYLE', 'CONTOSO')",
            name=op.f("ck_category_perf_source_system_known_system"),
        ),
        sa.PrimaryKeyConstraint("period", "source_system", "category", name=op.f("pk_category_perf")),
        schema="retail_gold",
        comment="Categories by month and brand: GMV, units, orders and share of each category.",
    )


def _create_cluster_profile() -> None:
    op.create_table(
        "cluster_profile",
        sa.Column("source_system", sa.Text(), nullable=False),
        sa.Column("cluster", sa.BigInteger(), nullable=False),
        sa.Column("cluster_name", sa.Text(), nullable=False),
        sa.Column("customers", sa.BigInteger(), nullable=False),
        sa.Column("mean_monetary_eur", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("mean_frequency", sa.Double(), nullable=False),
        sa.Column("mean_recency_days", sa.Double(), nullable=False),
        sa.Column("mean_basket_diversity", sa.Double(), nullable=True),
        sa.Column("mean_inter_purchase_days", sa.Double(), nullable=True),
        sa.Column("mean_return_share", sa.Double(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "source_system IN ('EUROSTYLE', 'CONTOSO')",
            name=op.f("ck_cluster_profile_source_system_known_system"),
        ),
        sa.PrimaryKeyConstraint("source_system", "cluster", name=op.f("pk_cluster_profile")),
        schema="retail_gold",
        comment="Cluster profiles: What the members of each cluster are like, and how well the clusters part.",
    )


def _create_cohort_retention() -> None:
    op.create_table(
        "cohort_retention",
        sa.Column("source_system", sa.Text(), nullable=False),
        sa.Column("cohort_month", sa.Date(), nullable=False),
        sa.Column("months_since", sa.BigInteger(), nullable=False),
        sa.Column("cohort_customers", sa.BigInteger(), nullable=False),
        sa.Column("active_customers", sa.BigInteger(), nullable=False),
        sa.Column("retention", sa.Double(), nullable=False),
        sa.Column("gmv_eur", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "source_system IN ('EUROSTYLE', 'CONTOSO')",
            name=op.f("ck_cohort_retention_source_system_known_system"),
        ),
        sa.PrimaryKeyConstraint(
            "source_system", "cohort_month", "months_since", name=op.f("pk_cohort_retention")
        ),
        schema="retail_gold",
        comment="Cohort retention: Of the customers whose first order fell in a month, how many ordered again so many months later.",
    )


def _create_customer_360() -> None:
    op.create_table(
        "customer_360",
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("as_of_date", sa.Date(), nullable=False),
        sa.Column("source_system", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("unified_customer_id", sa.Text(), nullable=False),
        sa.Column("first_order_date", sa.Date(), nullable=False),
        sa.Column("last_order_date", sa.Date(), nullable=False),
        sa.Column("orders", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("gmv_eur", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("recency_days", sa.BigInteger(), nullable=False),
        sa.Column("frequency", sa.BigInteger(), nullable=False),
        sa.Column("monetary_eur", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("average_order_value_eur", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("r_score", sa.BigInteger(), nullable=False),
        sa.Column("f_score", sa.BigInteger(), nullable=False),
        sa.Column("m_score", sa.BigInteger(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("lifecycle_stage", sa.Text(), nullable=False),
        sa.Column("is_churned", sa.Boolean(), nullable=False),
        sa.Column("basket_diversity", sa.Double(), nullable=True),
        sa.Column("inter_purchase_days", sa.Double(), nullable=True),
        sa.Column("return_share", sa.Double(), nullable=False),
        sa.Column("brand_count", sa.BigInteger(), nullable=False),
        sa.Column("has_both_brands", sa.Boolean(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "source_system IN ('EUROSTYLE', 'CONTOSO')",
            name=op.f("ck_customer_360_source_system_known_system"),
        ),
        sa.PrimaryKeyConstraint("period", "source_system", "customer_id", name=op.f("pk_customer_360")),
        schema="retail_gold",
        comment="Customers as of a day: Every known customer with an order up to the brand's as-of date of the month: RFM, segment, stage and habits.",
    )


def _create_customer_cluster() -> None:
    op.create_table(
        "customer_cluster",
        sa.Column("source_system", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("as_of_date", sa.Date(), nullable=False),
        sa.Column("cluster", sa.BigInteger(), nullable=False),
        sa.Column("cluster_name", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "source_system IN ('EUROSTYLE', 'CONTOSO')",
            name=op.f("ck_customer_cluster_source_system_known_system"),
        ),
        sa.PrimaryKeyConstraint("source_system", "customer_id", name=op.f("pk_customer_cluster")),
        schema="retail_gold",
        comment="Customer clusters: Customers grouped by how they buy, as of each brand's last day of data.",
    )


def _create_customer_dim() -> None:
    op.create_table(
        "customer_dim",
        sa.Column("customer_sk", sa.BigInteger(), nullable=False),
        sa.Column("source_system", sa.Text(), nullable=True),
        sa.Column("source_customer_id", sa.Text(), nullable=True),
        sa.Column("unified_customer_id", sa.Text(), nullable=True),
        sa.Column("country_name", sa.Text(), nullable=True),
        sa.Column("country_code", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("age_range", sa.Text(), nullable=True),
        sa.Column("signup_date", sa.Date(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("crosswalk_status", sa.Text(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("customer_sk", name=op.f("pk_customer_dim")),
        schema="retail_gold",
        comment="Customers: Customers of both brands; a new row begins when the country changes, so that old orders keep their region.",
    )


def _create_date_dim() -> None:
    op.create_table(
        "date_dim",
        sa.Column("date_key", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("year", sa.BigInteger(), nullable=True),
        sa.Column("quarter", sa.BigInteger(), nullable=True),
        sa.Column("month", sa.BigInteger(), nullable=True),
        sa.Column("iso_week", sa.BigInteger(), nullable=True),
        sa.Column("weekday", sa.BigInteger(), nullable=True),
        sa.Column("month_start", sa.Date(), nullable=True),
        sa.Column("is_weekend", sa.Boolean(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("date_key", name=op.f("pk_date_dim")),
        schema="retail_gold",
        comment="Dates: Every day from the first to the last order of either brand.",
    )


def _create_kpi_raw_vs_silver() -> None:
    op.create_table(
        "kpi_raw_vs_silver",
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("source_system", sa.Text(), nullable=False),
        sa.Column("kpi", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("raw", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("silver", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("delta", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "source_system IN ('EUROSTYLE', 'CONTOSO')",
            name=op.f("ck_kpi_raw_vs_silver_source_system_known_system"),
        ),
        sa.PrimaryKeyConstraint("period", "source_system", "kpi", name=op.f("pk_kpi_raw_vs_silver")),
        schema="retail_gold",
        comment="KPIs before and after cleaning: Each KPI as the raw lines would give it, as the silver lines give it, and why they differ.",
    )


def _create_mart_methods() -> None:
    op.create_table(
        "mart_methods",
        sa.Column("mart", sa.Text(), nullable=False),
        sa.Column("source_system", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("as_of_date", sa.Date(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("fx_valuation_date", sa.Date(), nullable=False),
        sa.Column("fx_rate", sa.Numeric(precision=18, scale=8), nullable=False),
        sa.Column("fx_source", sa.Text(), nullable=False),
        sa.Column("margin_method", sa.Text(), nullable=False),
        sa.Column("churn_rule", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "source_system IN ('EUROSTYLE', 'CONTOSO')",
            name=op.f("ck_mart_methods_source_system_known_system"),
        ),
        sa.PrimaryKeyConstraint("mart", "source_system", name=op.f("pk_mart_methods")),
        schema="retail_gold",
        comment="Methods of the marts: The banner of every mart: dates, currency, valuation date, margin method, churn rule.",
    )


def _create_order_fact() -> None:
    op.create_table(
        "order_fact",
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("source_system", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("customer_sk", sa.BigInteger(), nullable=False),
        sa.Column("order_date", sa.Date(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("country_code", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("is_order", sa.Boolean(), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("products", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("return_units", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("fx_rate", sa.Numeric(precision=18, scale=8), nullable=False),
        sa.Column("gmv_list_local", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("gmv_paid_local", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("returns_local", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("fees_local", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("adjustments_local", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("cost_local", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("gmv_paid_eur", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "source_system IN ('EUROSTYLE', 'CONTOSO')", name=op.f("ck_order_fact_source_system_known_system")
        ),
        sa.PrimaryKeyConstraint("period", "source_system", "order_id", name=op.f("pk_order_fact")),
        schema="retail_gold",
        comment="Orders: Every invoice or sale with its amounts by kind of line; an order is one with a sale line.",
    )


def _create_orders_daily() -> None:
    op.create_table(
        "orders_daily",
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("order_date", sa.Date(), nullable=False),
        sa.Column("date_key", sa.BigInteger(), nullable=False),
        sa.Column("source_system", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("orders", sa.BigInteger(), nullable=False),
        sa.Column("customers", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("return_units", sa.BigInteger(), nullable=False),
        sa.Column("gmv_list_eur", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("gmv_paid_eur", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("returns_eur", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("net_revenue_eur", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("fees_eur", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("aov_eur", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("return_rate", sa.Double(), nullable=True),
        sa.Column("margin_eur", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("margin_method", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "margin_method IN ('Actual', 'Estimated')",
            name=op.f("ck_orders_daily_margin_method_known_method"),
        ),
        sa.CheckConstraint(
            "source_system IN ('EUROSTYLE', 'CONTOSO')",
            name=op.f("ck_orders_daily_source_system_known_system"),
        ),
        sa.PrimaryKeyConstraint(
            "period", "order_date", "source_system", "region", name=op.f("pk_orders_daily")
        ),
        schema="retail_gold",
        comment="Orders by day, brand and region: Orders, GMV, returns and average order value of a day, from the order level.",
    )


def _create_product_dim() -> None:
    op.create_table(
        "product_dim",
        sa.Column("product_sk", sa.BigInteger(), nullable=False),
        sa.Column("source_system", sa.Text(), nullable=True),
        sa.Column("source_product_id", sa.Text(), nullable=True),
        sa.Column("unified_product_id", sa.Text(), nullable=True),
        sa.Column("product_name", sa.Text(), nullable=True),
        sa.Column("item_kind", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=True),
        sa.Column("color", sa.Text(), nullable=True),
        sa.Column("size", sa.Text(), nullable=True),
        sa.Column("list_price", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("cost_price", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("crosswalk_status", sa.Text(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("product_sk", name=op.f("pk_product_dim")),
        schema="retail_gold",
        comment="Products: Products of both brands with their unified id and category.",
    )


def _create_quality_results() -> None:
    op.create_table(
        "quality_results",
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("checked_day", sa.Date(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("check_name", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("threshold", sa.Double(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "period", "checked_day", "table_name", "check_name", name=op.f("pk_quality_results")
        ),
        schema="retail_gold",
        comment="Quality results: Every check of every table on every day of orders, with its threshold.",
    )


def _create_sales_daily() -> None:
    op.create_table(
        "sales_daily",
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("order_date", sa.Date(), nullable=False),
        sa.Column("date_key", sa.BigInteger(), nullable=False),
        sa.Column("source_system", sa.Text(), nullable=False),
        sa.Column("product_sk", sa.BigInteger(), nullable=False),
        sa.Column("orders", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("gmv_list_eur", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("revenue_eur", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("return_units", sa.BigInteger(), nullable=False),
        sa.Column("returns_eur", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("margin_eur", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("margin_method", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "margin_method IN ('Actual', 'Estimated')", name=op.f("ck_sales_daily_margin_method_known_method")
        ),
        sa.CheckConstraint(
            "source_system IN ('EUROSTYLE', 'CONTOSO')",
            name=op.f("ck_sales_daily_source_system_known_system"),
        ),
        sa.PrimaryKeyConstraint(
            "period", "order_date", "source_system", "product_sk", name=op.f("pk_sales_daily")
        ),
        schema="retail_gold",
        comment="Sales by day, product and brand: What each product sold and returned on a day; its orders must not be added up across products.",
    )


def _create_category_map() -> None:
    op.create_table(
        "category_map",
        sa.Column("source_system", sa.Text(), nullable=False),
        sa.Column("source_product_id", sa.Text(), nullable=False),
        sa.Column("product_name", sa.Text(), nullable=True),
        sa.Column("unified_category", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("value", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("unmapped_rank", sa.BigInteger(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "method IN ('source', 'keyword', 'unmapped')", name=op.f("ck_category_map_method_known_method")
        ),
        sa.CheckConstraint(
            "source_system IN ('EUROSTYLE', 'CONTOSO')",
            name=op.f("ck_category_map_source_system_known_system"),
        ),
        sa.PrimaryKeyConstraint("source_system", "source_product_id", name=op.f("pk_category_map")),
        schema="retail_silver",
        comment="Category map: The unified category of every product and what decided it; unmapped ones are ranked by value as a work list.",
    )


def _create_customer_xwalk() -> None:
    op.create_table(
        "customer_xwalk",
        sa.Column("source_system", sa.Text(), nullable=False),
        sa.Column("source_customer_id", sa.Text(), nullable=False),
        sa.Column("unified_customer_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Numeric(precision=10, scale=6), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "source_system IN ('EUROSTYLE', 'CONTOSO')",
            name=op.f("ck_customer_xwalk_source_system_known_system"),
        ),
        sa.CheckConstraint(
            "status IN ('unmatched', 'matched', 'review')", name=op.f("ck_customer_xwalk_status_known_status")
        ),
        sa.PrimaryKeyConstraint("source_system", "source_customer_id", name=op.f("pk_customer_xwalk")),
        schema="retail_silver",
        comment="Customer crosswalk: Which unified customer each customer of a brand is; unmatched ones keep an id of their own.",
    )


def _create_fx_rate() -> None:
    op.create_table(
        "fx_rate",
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("valuation_date", sa.Date(), nullable=False),
        sa.Column("rate_date", sa.Date(), nullable=False),
        sa.Column("units_per_eur", sa.Numeric(precision=18, scale=8), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("currency", name=op.f("pk_fx_rate")),
        schema="retail_silver",
        comment="Exchange rates at the valuation date: The one rate by which each currency becomes euro, with its source and the business day it is of.",
    )


def _create_product_xwalk() -> None:
    op.create_table(
        "product_xwalk",
        sa.Column("source_system", sa.Text(), nullable=False),
        sa.Column("source_product_id", sa.Text(), nullable=False),
        sa.Column("unified_product_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Numeric(precision=10, scale=6), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "source_system IN ('EUROSTYLE', 'CONTOSO')",
            name=op.f("ck_product_xwalk_source_system_known_system"),
        ),
        sa.CheckConstraint(
            "status IN ('unmatched', 'matched', 'review')", name=op.f("ck_product_xwalk_status_known_status")
        ),
        sa.PrimaryKeyConstraint("source_system", "source_product_id", name=op.f("pk_product_xwalk")),
        schema="retail_silver",
        comment="Product crosswalk: Which unified product each product of a brand is; unmatched ones keep an id of their own.",
    )


def _create_source_customer() -> None:
    op.create_table(
        "source_customer",
        sa.Column("source_system", sa.Text(), nullable=False),
        sa.Column("source_customer_id", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("country_name", sa.Text(), nullable=True),
        sa.Column("age_range", sa.Text(), nullable=True),
        sa.Column("signup_date", sa.Date(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "source_system IN ('EUROSTYLE', 'CONTOSO')",
            name=op.f("ck_source_customer_source_system_known_system"),
        ),
        sa.PrimaryKeyConstraint(
            "source_system", "source_customer_id", "valid_from", name=op.f("pk_source_customer")
        ),
        schema="retail_silver",
        comment="Customers of the brands: Every customer with the country that held at each time; a new row begins when the country changes.",
    )


def _create_source_product() -> None:
    op.create_table(
        "source_product",
        sa.Column("source_system", sa.Text(), nullable=False),
        sa.Column("source_product_id", sa.Text(), nullable=False),
        sa.Column("product_name", sa.Text(), nullable=True),
        sa.Column("item_kind", sa.Text(), nullable=False),
        sa.Column("names", sa.BigInteger(), nullable=False),
        sa.Column("source_category", sa.Text(), nullable=True),
        sa.Column("brand", sa.Text(), nullable=True),
        sa.Column("color", sa.Text(), nullable=True),
        sa.Column("size", sa.Text(), nullable=True),
        sa.Column("list_price", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("cost_price", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("first_order_date", sa.Date(), nullable=True),
        sa.Column("last_order_date", sa.Date(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "source_system IN ('EUROSTYLE', 'CONTOSO')",
            name=op.f("ck_source_product_source_system_known_system"),
        ),
        sa.PrimaryKeyConstraint("source_system", "source_product_id", name=op.f("pk_source_product")),
        schema="retail_silver",
        comment="Products of the brands: Every code that occurs in a brand's lines or product list, with its commonest name.",
    )
