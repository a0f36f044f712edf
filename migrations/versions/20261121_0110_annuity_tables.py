"""The annuity chain: bronze, silver, gold."""

import sqlalchemy as sa
from alembic import op

revision = "8b3e6d5f0a12"
down_revision = "4f1c2a7d9e30"
branch_labels = None
depends_on = None

SCHEMAS = ("annuity_bronze", "annuity_silver", "annuity_gold")


def upgrade() -> None:
    for schema in SCHEMAS:
        op.execute(sa.schema.CreateSchema(schema))
    _create_scale_rows()
    _create_branch()
    _create_customer()
    _create_plan()
    _create_product_line()
    _create_scale_detail()
    _create_aum_flow_monthly()
    _create_portfolio()
    _create_scale_fact()
    _refer_scale_fact()
    _index_scale_fact()


def downgrade() -> None:
    op.drop_table("scale_fact", schema="annuity_gold")
    op.drop_table("portfolio", schema="annuity_gold")
    op.drop_table("aum_flow_monthly", schema="annuity_gold")
    op.drop_table("scale_detail", schema="annuity_silver")
    op.drop_table("product_line", schema="annuity_gold")
    op.drop_table("plan", schema="annuity_gold")
    op.drop_table("customer", schema="annuity_gold")
    op.drop_table("branch", schema="annuity_gold")
    op.drop_table("scale_rows", schema="annuity_bronze")
    for schema in reversed(SCHEMAS):
        op.execute(sa.schema.DropSchema(schema))


def _create_scale_rows() -> None:
    op.create_table(
        "scale_rows",
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("row_number", sa.BigInteger(), nullable=False),
        sa.Column("row_kind", sa.Text(), nullable=False),
        sa.Column("reporting_month", sa.Text(), nullable=True),
        sa.Column("business_type", sa.Text(), nullable=True),
        sa.Column("plan_type", sa.Text(), nullable=True),
        sa.Column("plan_code", sa.Text(), nullable=True),
        sa.Column("plan_name", sa.Text(), nullable=True),
        sa.Column("portfolio_type", sa.Text(), nullable=True),
        sa.Column("portfolio_code", sa.Text(), nullable=True),
        sa.Column("portfolio_name", sa.Text(), nullable=True),
        sa.Column("customer_name", sa.Text(), nullable=True),
        sa.Column("opening_aum", sa.Text(), nullable=True),
        sa.Column("closing_aum", sa.Text(), nullable=True),
        sa.Column("contributions", sa.Text(), nullable=True),
        sa.Column("outflow_incl_benefits", sa.Text(), nullable=True),
        sa.Column("outflow", sa.Text(), nullable=True),
        sa.Column("benefits_paid", sa.Text(), nullable=True),
        sa.Column("investment_result", sa.Text(), nullable=True),
        sa.Column("period_return", sa.Text(), nullable=True),
        sa.Column("branch_name", sa.Text(), nullable=True),
        sa.Column("branch_code", sa.Text(), nullable=True),
        sa.Column("subsidiary_number", sa.Text(), nullable=True),
        sa.Column("subsidiary_name", sa.Text(), nullable=True),
        sa.Column("group_customer_number", sa.Text(), nullable=True),
        sa.Column("group_customer_name", sa.Text(), nullable=True),
        sa.Column("source_company_id", sa.Text(), nullable=True),
        sa.Column("year", sa.Text(), nullable=True),
        sa.Column("month", sa.Text(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("source_id", sa.Text(), nullable=True),
        sa.Column("extra_cells", sa.Text(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("ingested_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "row_kind IN ('data', 'subtotal', 'total')", name=op.f("ck_scale_rows_row_kind_known_kind")
        ),
        sa.PrimaryKeyConstraint("period", "file_id", "sheet", "row_number", name="pk_scale_rows"),
        schema="annuity_bronze",
    )


def _create_branch() -> None:
    op.create_table(
        "branch",
        sa.Column("branch_code", sa.Text(), nullable=False),
        sa.Column("branch_name", sa.Text(), nullable=True),
        sa.Column("first_seen_period", sa.Date(), nullable=False),
        sa.Column("record_origin", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("branch_code", name="pk_branch"),
        schema="annuity_gold",
    )


def _create_customer() -> None:
    op.create_table(
        "customer",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("company_id_origin", sa.Text(), nullable=True),
        sa.Column("customer_name", sa.Text(), nullable=True),
        sa.Column("main_branch_code", sa.Text(), nullable=True),
        sa.Column("plan_codes", sa.Text(), nullable=True),
        sa.Column("plan_count", sa.BigInteger(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("first_seen_period", sa.Date(), nullable=False),
        sa.Column("record_origin", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("company_id", name="pk_customer"),
        schema="annuity_gold",
    )


def _create_plan() -> None:
    op.create_table(
        "plan",
        sa.Column("plan_code", sa.Text(), nullable=False),
        sa.Column("plan_name", sa.Text(), nullable=True),
        sa.Column("plan_type", sa.Text(), nullable=True),
        sa.Column("main_branch_code", sa.Text(), nullable=True),
        sa.Column("main_branch_name", sa.Text(), nullable=True),
        sa.Column("customer_name", sa.Text(), nullable=True),
        sa.Column("company_id", sa.Text(), nullable=True),
        sa.Column("qualifications", sa.Text(), nullable=True),
        sa.Column("portfolio_count", sa.BigInteger(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("first_seen_period", sa.Date(), nullable=False),
        sa.Column("record_origin", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("plan_code", name="pk_plan"),
        schema="annuity_gold",
    )


def _create_product_line() -> None:
    op.create_table(
        "product_line",
        sa.Column("product_line_code", sa.Text(), nullable=False),
        sa.Column("product_line_name", sa.Text(), nullable=True),
        sa.Column("first_seen_period", sa.Date(), nullable=False),
        sa.Column("record_origin", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("product_line_code", name="pk_product_line"),
        schema="annuity_gold",
    )


def _create_scale_detail() -> None:
    op.create_table(
        "scale_detail",
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("row_number", sa.BigInteger(), nullable=False),
        sa.Column("business_type", sa.Text(), nullable=False),
        sa.Column("product_line_code", sa.Text(), nullable=False),
        sa.Column("plan_type", sa.Text(), nullable=False),
        sa.Column("plan_code", sa.Text(), nullable=False),
        sa.Column("plan_name", sa.Text(), nullable=True),
        sa.Column("portfolio_type", sa.Text(), nullable=True),
        sa.Column("portfolio_code", sa.Text(), nullable=False),
        sa.Column("portfolio_name", sa.Text(), nullable=True),
        sa.Column("customer_name", sa.Text(), nullable=True),
        sa.Column("opening_aum_yuan", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("closing_aum_yuan", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("contributions_yuan", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("outflow_incl_benefits_yuan", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("outflow_yuan", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("benefits_paid_yuan", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("investment_result_yuan", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("period_return", sa.Numeric(precision=10, scale=6), nullable=True),
        sa.Column("branch_name", sa.Text(), nullable=True),
        sa.Column("branch_code", sa.Text(), nullable=False),
        sa.Column("subsidiary_number", sa.Text(), nullable=True),
        sa.Column("subsidiary_name", sa.Text(), nullable=True),
        sa.Column("group_customer_number", sa.Text(), nullable=True),
        sa.Column("group_customer_name", sa.Text(), nullable=True),
        sa.Column("account_number", sa.Text(), nullable=True),
        sa.Column("account_name", sa.Text(), nullable=True),
        sa.Column("company_id", sa.Text(), nullable=True),
        sa.Column("company_id_origin", sa.Text(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "company_id_origin IN ('override', 'source', 'temporary')",
            name=op.f("ck_scale_detail_company_id_origin_known_origin"),
        ),
        sa.CheckConstraint(
            "plan_type IN ('单一计划', '集合计划', '职业年金')",
            name=op.f("ck_scale_detail_plan_type_known_plan_type"),
        ),
        sa.PrimaryKeyConstraint("period", "file_id", "sheet", "row_number", name="pk_scale_detail"),
        schema="annuity_silver",
    )


def _create_aum_flow_monthly() -> None:
    op.create_table(
        "aum_flow_monthly",
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("branch_code", sa.Text(), nullable=False),
        sa.Column("product_line_code", sa.Text(), nullable=False),
        sa.Column("plan_type", sa.Text(), nullable=False),
        sa.Column("detail_rows", sa.BigInteger(), nullable=False),
        sa.Column("plan_count", sa.BigInteger(), nullable=False),
        sa.Column("opening_aum_yuan", sa.Numeric(precision=38, scale=4), nullable=False),
        sa.Column("closing_aum_yuan", sa.Numeric(precision=38, scale=4), nullable=False),
        sa.Column("contributions_yuan", sa.Numeric(precision=38, scale=4), nullable=False),
        sa.Column("outflow_incl_benefits_yuan", sa.Numeric(precision=38, scale=4), nullable=False),
        sa.Column("investment_result_yuan", sa.Numeric(precision=38, scale=4), nullable=False),
        sa.Column("closing_aum_change_yuan", sa.Numeric(precision=38, scale=4), nullable=True),
        sa.Column("contributions_change_yuan", sa.Numeric(precision=38, scale=4), nullable=True),
        sa.Column("outflow_incl_benefits_change_yuan", sa.Numeric(precision=38, scale=4), nullable=True),
        sa.Column("investment_result_change_yuan", sa.Numeric(precision=38, scale=4), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_code"], ["annuity_gold.branch.branch_code"], name="fk_aum_flow_monthly_branch_code"
        ),
        sa.ForeignKeyConstraint(
            ["product_line_code"],
            ["annuity_gold.product_line.product_line_code"],
            name="fk_aum_flow_monthly_product_line_code",
        ),
        sa.PrimaryKeyConstraint(
            "period", "branch_code", "product_line_code", "plan_type", name="pk_aum_flow_monthly"
        ),
        schema="annuity_gold",
    )


def _create_portfolio() -> None:
    op.create_table(
        "portfolio",
        sa.Column("portfolio_code", sa.Text(), nullable=False),
        sa.Column("portfolio_name", sa.Text(), nullable=True),
        sa.Column("portfolio_type", sa.Text(), nullable=True),
        sa.Column("plan_code", sa.Text(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("first_seen_period", sa.Date(), nullable=False),
        sa.Column("record_origin", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_code"], ["annuity_gold.plan.plan_code"], name="fk_portfolio_plan_code"
        ),
        sa.PrimaryKeyConstraint("portfolio_code", name="pk_portfolio"),
        schema="annuity_gold",
    )


def _create_scale_fact() -> None:
    op.create_table(
        "scale_fact",
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("row_number", sa.BigInteger(), nullable=False),
        sa.Column("business_type", sa.Text(), nullable=False),
        sa.Column("product_line_code", sa.Text(), nullable=False),
        sa.Column("plan_type", sa.Text(), nullable=False),
        sa.Column("plan_code", sa.Text(), nullable=False),
        sa.Column("plan_name", sa.Text(), nullable=True),
        sa.Column("portfolio_type", sa.Text(), nullable=True),
        sa.Column("portfolio_code", sa.Text(), nullable=False),
        sa.Column("portfolio_name", sa.Text(), nullable=True),
        sa.Column("customer_name", sa.Text(), nullable=True),
        sa.Column("opening_aum_yuan", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("closing_aum_yuan", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("contributions_yuan", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("outflow_incl_benefits_yuan", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("outflow_yuan", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("benefits_paid_yuan", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("investment_result_yuan", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("period_return", sa.Numeric(precision=10, scale=6), nullable=True),
        sa.Column("branch_name", sa.Text(), nullable=True),
        sa.Column("branch_code", sa.Text(), nullable=False),
        sa.Column("subsidiary_number", sa.Text(), nullable=True),
        sa.Column("subsidiary_name", sa.Text(), nullable=True),
        sa.Column("group_customer_number", sa.Text(), nullable=True),
        sa.Column("group_customer_name", sa.Text(), nullable=True),
        sa.Column("account_number", sa.Text(), nullable=True),
        sa.Column("account_name", sa.Text(), nullable=True),
        sa.Column("company_id", sa.Text(), nullable=True),
        sa.Column("company_id_origin", sa.Text(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "company_id_origin IN ('override', 'source', 'temporary')",
            name=op.f("ck_scale_fact_company_id_origin_known_origin"),
        ),
        sa.CheckConstraint(
            "plan_type IN ('单一计划', '集合计划', '职业年金')",
            name=op.f("ck_scale_fact_plan_type_known_plan_type"),
        ),
        sa.PrimaryKeyConstraint("period", "file_id", "sheet", "row_number", name="pk_scale_fact"),
        schema="annuity_gold",
    )


def _refer_scale_fact() -> None:
    for column, referent in (
        ("branch_code", "branch"),
        ("company_id", "customer"),
        ("plan_code", "plan"),
        ("portfolio_code", "portfolio"),
        ("product_line_code", "product_line"),
    ):
        op.create_foreign_key(
            f"fk_scale_fact_{column}",
            "scale_fact",
            referent,
            [column],
            [column],
            source_schema="annuity_gold",
            referent_schema="annuity_gold",
        )


def _index_scale_fact() -> None:
    op.create_index(
        "ix_scale_fact_company_id", "scale_fact", ["company_id"], unique=False, schema="annuity_gold"
    )
    op.create_index(
        "ix_scale_fact_plan_code", "scale_fact", ["plan_code"], unique=False, schema="annuity_gold"
    )
