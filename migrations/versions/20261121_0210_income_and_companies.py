"""The income chain, what is known about company ids, and origins that may be a look-up."""

import sqlalchemy as sa
from alembic import op

revision = "e1c94f07b326"
down_revision = "d5b0836e2f47"
branch_labels = None
depends_on = None

ORIGINS_CHECK = "company_id_origin_known_origin"
TABLES_WITH_ORIGINS = (("scale_detail", "annuity_silver"), ("scale_fact", "annuity_gold"))
CUSTOMER_BEFORE = """
    CREATE VIEW customer."客户明细" AS SELECT
        company_id AS company_id,
        company_id_origin AS "company_id来源",
        customer_name AS "客户名称",
        main_branch_code AS "主拓机构代码",
        plan_codes AS "关联计划",
        plan_count AS "关联计划数",
        tags AS "年金客户标签"
    FROM annuity_gold.customer
    """
CUSTOMER = """
    CREATE VIEW customer."客户明细" AS SELECT
        company_id AS company_id,
        company_id_origin AS "company_id来源",
        customer_name AS "客户名称",
        main_branch_code AS "主拓机构代码",
        plan_codes AS "关联计划",
        plan_count AS "关联计划数",
        tags AS "年金客户标签",
        replaced_by AS "替换为"
    FROM annuity_gold.customer
    """
VIEWS = (
    """
    CREATE VIEW business."收入明细" AS SELECT
        period AS "月度",
        file_id AS "文件编号",
        sheet AS "工作表",
        row_number AS "行号",
        business_type AS "业务类型",
        product_line_code AS "产品线代码",
        plan_type AS "计划类型",
        plan_code AS "计划代码",
        plan_name AS "计划名称",
        portfolio_type AS "组合类型",
        portfolio_code AS "组合代码",
        portfolio_name AS "组合名称",
        customer_name AS "客户名称",
        fixed_fee_yuan AS "固费",
        performance_fee_yuan AS "浮费",
        clawback_yuan AS "回补",
        tax_yuan AS "税",
        branch_name AS "机构名称",
        branch_code AS "机构代码",
        account_name AS "年金账户名",
        company_id AS company_id,
        company_id_origin AS "company_id来源"
    FROM annuity_gold.income_fact
    """,
    """
    CREATE VIEW business."收入月报" AS SELECT
        period AS "月度",
        branch_code AS "机构代码",
        product_line_code AS "产品线代码",
        plan_type AS "计划类型",
        detail_rows AS "明细行数",
        plan_count AS "计划数",
        fixed_fee_yuan AS "固费",
        performance_fee_yuan AS "浮费",
        clawback_yuan AS "回补",
        tax_yuan AS "税",
        fixed_fee_change_yuan AS "固费环比",
        performance_fee_change_yuan AS "浮费环比",
        clawback_change_yuan AS "回补环比",
        tax_change_yuan AS "税环比"
    FROM annuity_gold.fee_income_monthly
    """,
)
DROP_CUSTOMER = 'DROP VIEW customer."客户明细"'
DROP_VIEWS = ('DROP VIEW business."收入月报"', 'DROP VIEW business."收入明细"')


def upgrade() -> None:
    _create_income_rows()
    _create_company_index()
    _create_company_queue()
    op.create_index(
        op.f("ix_company_queue_state_next_try_at"),
        "company_queue",
        ["state", "next_try_at"],
        unique=False,
        schema="annuity_silver",
    )
    _create_company_rekey()
    _create_income_detail()
    _create_fee_income_monthly()
    _create_income_fact()
    op.create_index(
        op.f("ix_income_fact_company_id"), "income_fact", ["company_id"], unique=False, schema="annuity_gold"
    )
    op.create_index(
        op.f("ix_income_fact_plan_code"), "income_fact", ["plan_code"], unique=False, schema="annuity_gold"
    )
    op.add_column("customer", sa.Column("replaced_by", sa.Text(), nullable=True), schema="annuity_gold")
    _allow_origins("'override', 'source', 'look_up', 'temporary'")
    op.execute(DROP_CUSTOMER)
    for view in (CUSTOMER, *VIEWS):
        op.execute(view)


def downgrade() -> None:
    for view in (*DROP_VIEWS, DROP_CUSTOMER):
        op.execute(view)
    op.drop_column("customer", "replaced_by", schema="annuity_gold")
    op.execute(CUSTOMER_BEFORE)
    _allow_origins("'override', 'source', 'temporary'")
    op.drop_table("income_fact", schema="annuity_gold")
    op.drop_table("fee_income_monthly", schema="annuity_gold")
    for table in ("income_detail", "company_rekey", "company_queue", "company_index"):
        op.drop_table(table, schema="annuity_silver")
    op.drop_table("income_rows", schema="annuity_bronze")


def _allow_origins(origins: str) -> None:
    for table, schema in TABLES_WITH_ORIGINS:
        name = op.f(f"ck_{table}_{ORIGINS_CHECK}")
        op.drop_constraint(name, table, schema=schema, type_="check")
        op.create_check_constraint(name, table, f"company_id_origin IN ({origins})", schema=schema)


def _create_income_rows() -> None:
    op.create_table(
        "income_rows",
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
        sa.Column("fixed_fee", sa.Text(), nullable=True),
        sa.Column("performance_fee", sa.Text(), nullable=True),
        sa.Column("clawback", sa.Text(), nullable=True),
        sa.Column("tax", sa.Text(), nullable=True),
        sa.Column("branch_name", sa.Text(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("extra_cells", sa.Text(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("ingested_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "row_kind IN ('data', 'subtotal', 'total')", name=op.f("ck_income_rows_row_kind_known_kind")
        ),
        sa.PrimaryKeyConstraint("period", "file_id", "sheet", "row_number", name=op.f("pk_income_rows")),
        schema="annuity_bronze",
    )


def _create_company_index() -> None:
    op.create_table(
        "company_index",
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("lookup_type", sa.Text(), nullable=False),
        sa.Column("lookup_key", sa.Text(), nullable=False),
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Numeric(precision=10, scale=6), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("source_table", sa.Text(), nullable=False),
        sa.Column("hit_count", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "lookup_type IN ('plan_code', 'account_name', 'account_number', 'customer_name', 'plan_customer')",
            name=op.f("ck_company_index_lookup_type_known_type"),
        ),
        sa.PrimaryKeyConstraint("period", "lookup_type", "lookup_key", name=op.f("pk_company_index")),
        schema="annuity_silver",
    )


def _create_company_queue() -> None:
    op.create_table(
        "company_queue",
        sa.Column("customer_name", sa.Text(), nullable=False),
        sa.Column("temporary_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("company_id", sa.Text(), nullable=True),
        sa.Column("company_id_origin", sa.Text(), nullable=True),
        sa.Column("matched_name", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Numeric(precision=10, scale=6), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("first_seen_period", sa.Date(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'processing', 'done', 'failed')",
            name=op.f("ck_company_queue_state_known_state"),
        ),
        sa.PrimaryKeyConstraint("customer_name", name=op.f("pk_company_queue")),
        schema="annuity_silver",
    )


def _create_company_rekey() -> None:
    op.create_table(
        "company_rekey",
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("temporary_id", sa.Text(), nullable=False),
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("company_id_origin", sa.Text(), nullable=False),
        sa.Column("customer_name", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Numeric(precision=10, scale=6), nullable=True),
        sa.Column("learnt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "company_id_origin IN ('override', 'source', 'look_up', 'temporary')",
            name=op.f("ck_company_rekey_company_id_origin_known_origin"),
        ),
        sa.PrimaryKeyConstraint("period", "temporary_id", name=op.f("pk_company_rekey")),
        schema="annuity_silver",
    )


def _create_income_detail() -> None:
    op.create_table(
        "income_detail",
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
        sa.Column("fixed_fee_yuan", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("performance_fee_yuan", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("clawback_yuan", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("tax_yuan", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("branch_name", sa.Text(), nullable=True),
        sa.Column("branch_code", sa.Text(), nullable=False),
        sa.Column("account_name", sa.Text(), nullable=True),
        sa.Column("company_id", sa.Text(), nullable=True),
        sa.Column("company_id_origin", sa.Text(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "company_id_origin IN ('override', 'source', 'look_up', 'temporary')",
            name=op.f("ck_income_detail_company_id_origin_known_origin"),
        ),
        sa.CheckConstraint(
            "plan_type IN ('单一计划', '集合计划', '职业年金')",
            name=op.f("ck_income_detail_plan_type_known_plan_type"),
        ),
        sa.PrimaryKeyConstraint("period", "file_id", "sheet", "row_number", name=op.f("pk_income_detail")),
        schema="annuity_silver",
    )


def _create_fee_income_monthly() -> None:
    op.create_table(
        "fee_income_monthly",
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("branch_code", sa.Text(), nullable=False),
        sa.Column("product_line_code", sa.Text(), nullable=False),
        sa.Column("plan_type", sa.Text(), nullable=False),
        sa.Column("detail_rows", sa.BigInteger(), nullable=False),
        sa.Column("plan_count", sa.BigInteger(), nullable=False),
        sa.Column("fixed_fee_yuan", sa.Numeric(precision=38, scale=4), nullable=False),
        sa.Column("performance_fee_yuan", sa.Numeric(precision=38, scale=4), nullable=False),
        sa.Column("clawback_yuan", sa.Numeric(precision=38, scale=4), nullable=False),
        sa.Column("tax_yuan", sa.Numeric(precision=38, scale=4), nullable=False),
        sa.Column("fixed_fee_change_yuan", sa.Numeric(precision=38, scale=4), nullable=True),
        sa.Column("performance_fee_change_yuan", sa.Numeric(precision=38, scale=4), nullable=True),
        sa.Column("clawback_change_yuan", sa.Numeric(precision=38, scale=4), nullable=True),
        sa.Column("tax_change_yuan", sa.Numeric(precision=38, scale=4), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_code"],
            ["annuity_gold.branch.branch_code"],
            name=op.f("fk_fee_income_monthly_branch_code"),
        ),
        sa.ForeignKeyConstraint(
            ["product_line_code"],
            ["annuity_gold.product_line.product_line_code"],
            name=op.f("fk_fee_income_monthly_product_line_code"),
        ),
        sa.PrimaryKeyConstraint(
            "period", "branch_code", "product_line_code", "plan_type", name=op.f("pk_fee_income_monthly")
        ),
        schema="annuity_gold",
    )


def _create_income_fact() -> None:
    op.create_table(
        "income_fact",
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
        sa.Column("fixed_fee_yuan", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("performance_fee_yuan", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("clawback_yuan", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("tax_yuan", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("branch_name", sa.Text(), nullable=True),
        sa.Column("branch_code", sa.Text(), nullable=False),
        sa.Column("account_name", sa.Text(), nullable=True),
        sa.Column("company_id", sa.Text(), nullable=True),
        sa.Column("company_id_origin", sa.Text(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "company_id_origin IN ('override', 'source', 'look_up', 'temporary')",
            name=op.f("ck_income_fact_company_id_origin_known_origin"),
        ),
        sa.CheckConstraint(
            "plan_type IN ('单一计划', '集合计划', '职业年金')",
            name=op.f("ck_income_fact_plan_type_known_plan_type"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_code"], ["annuity_gold.branch.branch_code"], name=op.f("fk_income_fact_branch_code")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["annuity_gold.customer.company_id"], name=op.f("fk_income_fact_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_code"], ["annuity_gold.plan.plan_code"], name=op.f("fk_income_fact_plan_code")
        ),
        sa.ForeignKeyConstraint(
            ["portfolio_code"],
            ["annuity_gold.portfolio.portfolio_code"],
            name=op.f("fk_income_fact_portfolio_code"),
        ),
        sa.ForeignKeyConstraint(
            ["product_line_code"],
            ["annuity_gold.product_line.product_line_code"],
            name=op.f("fk_income_fact_product_line_code"),
        ),
        sa.PrimaryKeyConstraint("period", "file_id", "sheet", "row_number", name=op.f("pk_income_fact")),
        schema="annuity_gold",
    )
