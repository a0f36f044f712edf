"""The price desk: its drops, limits and bands, scores and diagnostics."""

import sqlalchemy as sa
from alembic import op

revision = "1f6a8c27d5e3"
down_revision = "c94e21a7f6d8"
branch_labels = None
depends_on = None

SCHEMAS = ("pricing_bronze", "pricing_model", "pricing_score", "pricing_gold")
TABLES = (
    ("lookups", "pricing_bronze"),
    ("orders", "pricing_bronze"),
    ("quotes", "pricing_bronze"),
    ("price_diagnostics", "pricing_gold"),
    ("price_drift", "pricing_gold"),
    ("scenario_readiness", "pricing_gold"),
    ("price_bands", "pricing_model"),
    ("price_limits", "pricing_model"),
    ("price_recs_deal", "pricing_score"),
    ("price_recs_line", "pricing_score"),
)


def upgrade() -> None:
    for schema in SCHEMAS:
        op.execute(sa.schema.CreateSchema(schema))
    _create_lookups()
    _create_orders()
    _create_quotes()
    _create_price_diagnostics()
    _create_price_drift()
    _create_scenario_readiness()
    _create_price_bands()
    _create_price_limits()
    _create_price_recs_deal()
    _create_price_recs_line()


def downgrade() -> None:
    for table, schema in TABLES:
        op.drop_table(table, schema=schema)
    for schema in SCHEMAS:
        op.execute(sa.schema.DropSchema(schema))


def _create_lookups() -> None:
    op.create_table(
        "lookups",
        sa.Column("bu_id", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("row_number", sa.BigInteger(), nullable=False),
        sa.Column("extra_cells", sa.Text(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("ingested_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("bu_id", "file_id", "sheet", "row_number", name=op.f("pk_lookups")),
        schema="pricing_bronze",
        comment="Look-ups: Rows of the files beside the orders, such as products and customers; all cells are in one JSON text.",
    )


def _create_orders() -> None:
    op.create_table(
        "orders",
        sa.Column("bu_id", sa.Text(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("row_number", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=True),
        sa.Column("order_line_id", sa.Text(), nullable=True),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("product_id", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("product_family", sa.Text(), nullable=True),
        sa.Column("customer_tier", sa.Text(), nullable=True),
        sa.Column("order_date", sa.Text(), nullable=True),
        sa.Column("list_price", sa.Text(), nullable=True),
        sa.Column("sell_price", sa.Text(), nullable=True),
        sa.Column("quantity", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("unit_cost", sa.Text(), nullable=True),
        sa.Column("negotiated", sa.Text(), nullable=True),
        sa.Column("quote_id", sa.Text(), nullable=True),
        sa.Column("sales_rep", sa.Text(), nullable=True),
        sa.Column("extra_cells", sa.Text(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("ingested_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("bu_id", "file_id", "sheet", "row_number", name=op.f("pk_orders")),
        schema="pricing_bronze",
        comment="Orders: Order lines of a business unit as its system exports them.",
    )


def _create_quotes() -> None:
    op.create_table(
        "quotes",
        sa.Column("bu_id", sa.Text(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("row_number", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=True),
        sa.Column("order_line_id", sa.Text(), nullable=True),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("product_id", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("product_family", sa.Text(), nullable=True),
        sa.Column("customer_tier", sa.Text(), nullable=True),
        sa.Column("order_date", sa.Text(), nullable=True),
        sa.Column("list_price", sa.Text(), nullable=True),
        sa.Column("quantity", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("unit_cost", sa.Text(), nullable=True),
        sa.Column("negotiated", sa.Text(), nullable=True),
        sa.Column("quote_id", sa.Text(), nullable=True),
        sa.Column("sales_rep", sa.Text(), nullable=True),
        sa.Column("extra_cells", sa.Text(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("ingested_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("bu_id", "file_id", "sheet", "row_number", name=op.f("pk_quotes")),
        schema="pricing_bronze",
        comment="Open quotes: Lines of open quotes: what orders have, but for the sell price, which does not exist yet.",
    )


def _create_price_diagnostics() -> None:
    op.create_table(
        "price_diagnostics",
        sa.Column("bu_id", sa.Text(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("scored", sa.BigInteger(), nullable=False),
        sa.Column("actuals", sa.BigInteger(), nullable=False),
        sa.Column("coverage", sa.Double(), nullable=True),
        sa.Column("coverage_closed", sa.Double(), nullable=True),
        sa.Column("below", sa.Double(), nullable=True),
        sa.Column("above", sa.Double(), nullable=True),
        sa.Column("pinball", sa.Double(), nullable=True),
        sa.Column("mae", sa.Double(), nullable=True),
        sa.Column("width", sa.Double(), nullable=True),
        sa.Column("cap_rate", sa.Double(), nullable=True),
        sa.Column("floor_rate", sa.Double(), nullable=True),
        sa.Column("adoption", sa.Double(), nullable=True),
        sa.Column("distance", sa.Double(), nullable=True),
        sa.Column("mean_discount", sa.Numeric(precision=10, scale=6), nullable=True),
        sa.Column("retrain", sa.Boolean(), nullable=False),
        sa.Column("retrain_reason", sa.Text(), nullable=False),
        sa.Column("model_version", sa.Text(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bu_id", "period", "dimension", "segment", name=op.f("pk_price_diagnostics")),
        schema="pricing_gold",
        comment="Price diagnostics: How the bands of a month met what was sold: coverage, loss, limits, adoption; and whether to train again.",
    )


def _create_price_drift() -> None:
    op.create_table(
        "price_drift",
        sa.Column("bu_id", sa.Text(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("feature", sa.Text(), nullable=False),
        sa.Column("psi", sa.Double(), nullable=True),
        sa.Column("psi_expected", sa.Double(), nullable=True),
        sa.Column("missing", sa.Double(), nullable=False),
        sa.Column("missing_reference", sa.Double(), nullable=False),
        sa.Column("unseen", sa.Double(), nullable=False),
        sa.Column("line_count", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('ok', 'warn', 'alert', 'too_few')", name=op.f("ck_price_drift_state_known_state")
        ),
        sa.PrimaryKeyConstraint("bu_id", "period", "feature", name=op.f("pk_price_drift")),
        schema="pricing_gold",
        comment="Price drift: How the month's inputs and discounts differ from what the champion learnt from.",
    )


def _create_scenario_readiness() -> None:
    op.create_table(
        "scenario_readiness",
        sa.Column("bu_id", sa.Text(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("measured", sa.Double(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("scenario", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "scenario IN ('A', 'B', 'C', 'D', 'E')", name=op.f("ck_scenario_readiness_scenario_known")
        ),
        sa.PrimaryKeyConstraint("bu_id", "finding", name=op.f("pk_scenario_readiness")),
        schema="pricing_gold",
        comment="Scenario readiness: Which scenario a business unit's data are in, computed from the data, and what that allows.",
    )


def _create_price_bands() -> None:
    op.create_table(
        "price_bands",
        sa.Column("bu_id", sa.Text(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("model_name", sa.Text(), nullable=False),
        sa.Column("model_version", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("incumbent_version", sa.Text(), nullable=True),
        sa.Column("train_lines", sa.BigInteger(), nullable=False),
        sa.Column("test_lines", sa.BigInteger(), nullable=False),
        sa.Column("pinball", sa.Double(), nullable=False),
        sa.Column("pinball_incumbent", sa.Double(), nullable=True),
        sa.Column("pinball_naive", sa.Double(), nullable=False),
        sa.Column("coverage", sa.Double(), nullable=False),
        sa.Column("width", sa.Double(), nullable=False),
        sa.Column("mae", sa.Double(), nullable=False),
        sa.Column("rmse", sa.Double(), nullable=False),
        sa.Column("mape", sa.Double(), nullable=True),
        sa.Column("repaired", sa.BigInteger(), nullable=False),
        sa.Column("rows_fingerprint", sa.Text(), nullable=False),
        sa.Column("importances", sa.Text(), nullable=False),
        sa.Column("calibration", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('promoted', 'refused')", name=op.f("ck_price_bands_verdict_known_verdict")
        ),
        sa.PrimaryKeyConstraint("bu_id", "period", name=op.f("pk_price_bands")),
        schema="pricing_model",
        comment="Price bands: The month's challenger: trained on earlier months, judged on the last of them against incumbent and naive bands.",
    )


def _create_price_limits() -> None:
    op.create_table(
        "price_limits",
        sa.Column("bu_id", sa.Text(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("support", sa.BigInteger(), nullable=False),
        sa.Column("floor", sa.Numeric(precision=10, scale=6), nullable=False),
        sa.Column("cap", sa.Numeric(precision=10, scale=6), nullable=False),
        sa.Column("p25", sa.Numeric(precision=10, scale=6), nullable=False),
        sa.Column("p50", sa.Numeric(precision=10, scale=6), nullable=False),
        sa.Column("p75", sa.Numeric(precision=10, scale=6), nullable=False),
        sa.Column("thin", sa.Boolean(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bu_id", "period", "level", "segment", name=op.f("pk_price_limits")),
        schema="pricing_model",
        comment="Price limits: What each segment was given in the past, and the limits that follow; thin segments take those of a wider one.",
    )


def _create_price_recs_deal() -> None:
    op.create_table(
        "price_recs_deal",
        sa.Column("bu_id", sa.Text(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("line_kind", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("asof_date", sa.Date(), nullable=False),
        sa.Column("line_count", sa.BigInteger(), nullable=False),
        sa.Column("deal_value", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("deal_disc_q_0_10", sa.Numeric(precision=10, scale=6), nullable=True),
        sa.Column("deal_disc_q_0_50", sa.Numeric(precision=10, scale=6), nullable=True),
        sa.Column("deal_disc_q_0_90", sa.Numeric(precision=10, scale=6), nullable=True),
        sa.Column("cap_share", sa.Double(), nullable=False),
        sa.Column("floor_share", sa.Double(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("model_name", sa.Text(), nullable=False),
        sa.Column("model_version", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("feature_version", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("scored_ts", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "line_kind IN ('order', 'quote')", name=op.f("ck_price_recs_deal_line_kind_known_kind")
        ),
        sa.PrimaryKeyConstraint("bu_id", "period", "line_kind", "order_id", name=op.f("pk_price_recs_deal")),
        schema="pricing_score",
        comment="Price recommendations by deal: Bands of whole orders and quotes: the value-weighted means of their lines' quantiles. An approximation: too wide where the errors of lines are independent, right only where they move together.",
    )


def _create_price_recs_line() -> None:
    op.create_table(
        "price_recs_line",
        sa.Column("bu_id", sa.Text(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("line_kind", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("order_line_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("product_family", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("customer_tier", sa.Text(), nullable=False),
        sa.Column("qty_band", sa.Text(), nullable=False),
        sa.Column("asof_date", sa.Date(), nullable=False),
        sa.Column("list_price", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("list_value", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("disc_q_0_10", sa.Numeric(precision=10, scale=6), nullable=False),
        sa.Column("disc_q_0_50", sa.Numeric(precision=10, scale=6), nullable=False),
        sa.Column("disc_q_0_90", sa.Numeric(precision=10, scale=6), nullable=False),
        sa.Column("raw_q_0_10", sa.Numeric(precision=10, scale=6), nullable=False),
        sa.Column("raw_q_0_50", sa.Numeric(precision=10, scale=6), nullable=False),
        sa.Column("raw_q_0_90", sa.Numeric(precision=10, scale=6), nullable=False),
        sa.Column("rec_price_q_0_10", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("rec_price_q_0_50", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("rec_price_q_0_90", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("quantile_repaired", sa.Boolean(), nullable=False),
        sa.Column("cap_hit", sa.Boolean(), nullable=False),
        sa.Column("floor_hit", sa.Boolean(), nullable=False),
        sa.Column("band_collapsed", sa.Boolean(), nullable=False),
        sa.Column("bound_by", sa.Text(), nullable=True),
        sa.Column("floor", sa.Numeric(precision=10, scale=6), nullable=False),
        sa.Column("cap", sa.Numeric(precision=10, scale=6), nullable=False),
        sa.Column("limit_level", sa.BigInteger(), nullable=False),
        sa.Column("limit_segment", sa.Text(), nullable=False),
        sa.Column("support", sa.BigInteger(), nullable=False),
        sa.Column("similar_p25", sa.Numeric(precision=10, scale=6), nullable=False),
        sa.Column("similar_p50", sa.Numeric(precision=10, scale=6), nullable=False),
        sa.Column("similar_p75", sa.Numeric(precision=10, scale=6), nullable=False),
        sa.Column("unseen_customer", sa.Boolean(), nullable=False),
        sa.Column("unseen_product", sa.Boolean(), nullable=False),
        sa.Column("calibration_offset", sa.Double(), nullable=False),
        sa.Column("drivers", sa.Text(), nullable=False),
        sa.Column("justification", sa.Text(), nullable=False),
        sa.Column("model_name", sa.Text(), nullable=False),
        sa.Column("model_version", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("feature_version", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("scored_ts", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "line_kind IN ('order', 'quote')", name=op.f("ck_price_recs_line_line_kind_known_kind")
        ),
        sa.PrimaryKeyConstraint(
            "bu_id", "period", "line_kind", "order_id", "order_line_id", name=op.f("pk_price_recs_line")
        ),
        schema="pricing_score",
        comment="Price recommendations by line: The usual range of the discount of each line after guardrails, and why. Usual, not optimal: it is learnt from orders that were won.",
    )
