"""The annuity tables under their Chinese names, for the people who read them there."""

import sqlalchemy as sa
from alembic import op

revision = "c27a90e4b518"
down_revision = "8b3e6d5f0a12"
branch_labels = None
depends_on = None

SCHEMAS = ("business", "customer", "mapping")
VIEWS = (
    """
    CREATE VIEW mapping."产品线" AS SELECT
        product_line_code AS "产品线代码",
        product_line_name AS "产品线"
    FROM annuity_gold.product_line
    """,
    """
    CREATE VIEW mapping."组织架构" AS SELECT
        branch_code AS "机构代码",
        branch_name AS "机构"
    FROM annuity_gold.branch
    """,
    """
    CREATE VIEW customer."客户明细" AS SELECT
        company_id AS company_id,
        company_id_origin AS "company_id来源",
        customer_name AS "客户名称",
        main_branch_code AS "主拓机构代码",
        plan_codes AS "关联计划",
        plan_count AS "关联计划数",
        tags AS "年金客户标签"
    FROM annuity_gold.customer
    """,
    """
    CREATE VIEW mapping."年金计划" AS SELECT
        plan_code AS "年金计划号",
        plan_name AS "计划全称",
        plan_type AS "计划类型",
        main_branch_code AS "主拓代码",
        main_branch_name AS "主拓机构",
        customer_name AS "客户名称",
        company_id AS company_id,
        qualifications AS "管理资格",
        portfolio_count AS "组合数",
        remark AS "备注"
    FROM annuity_gold.plan
    """,
    """
    CREATE VIEW mapping."组合计划" AS SELECT
        portfolio_code AS "组合代码",
        portfolio_name AS "组合名称",
        portfolio_type AS "组合类型",
        plan_code AS "年金计划号",
        remark AS "备注"
    FROM annuity_gold.portfolio
    """,
    """
    CREATE VIEW business."规模明细" AS SELECT
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
        opening_aum_yuan AS "期初资产规模",
        closing_aum_yuan AS "期末资产规模",
        contributions_yuan AS "供款",
        outflow_incl_benefits_yuan AS "流失_含待遇支付",
        outflow_yuan AS "流失",
        benefits_paid_yuan AS "待遇支付",
        investment_result_yuan AS "投资收益",
        period_return AS "当期收益率",
        branch_name AS "机构名称",
        branch_code AS "机构代码",
        subsidiary_number AS "子企业号",
        subsidiary_name AS "子企业名称",
        group_customer_number AS "集团企业客户号",
        group_customer_name AS "集团企业客户名称",
        account_number AS "年金账户号",
        account_name AS "年金账户名",
        company_id AS company_id,
        company_id_origin AS "company_id来源"
    FROM annuity_gold.scale_fact
    """,
    """
    CREATE VIEW business."规模流量月报" AS SELECT
        period AS "月度",
        branch_code AS "机构代码",
        product_line_code AS "产品线代码",
        plan_type AS "计划类型",
        detail_rows AS "明细行数",
        plan_count AS "计划数",
        opening_aum_yuan AS "期初资产规模",
        closing_aum_yuan AS "期末资产规模",
        contributions_yuan AS "供款",
        outflow_incl_benefits_yuan AS "流失_含待遇支付",
        investment_result_yuan AS "投资收益",
        closing_aum_change_yuan AS "期末资产规模环比",
        contributions_change_yuan AS "供款环比",
        outflow_incl_benefits_change_yuan AS "流失_含待遇支付环比",
        investment_result_change_yuan AS "投资收益环比"
    FROM annuity_gold.aum_flow_monthly
    """,
)
DROP_VIEWS = (
    'DROP VIEW business."规模流量月报"',
    'DROP VIEW business."规模明细"',
    'DROP VIEW mapping."组合计划"',
    'DROP VIEW mapping."年金计划"',
    'DROP VIEW customer."客户明细"',
    'DROP VIEW mapping."组织架构"',
    'DROP VIEW mapping."产品线"',
)


def upgrade() -> None:
    for schema in SCHEMAS:
        op.execute(sa.schema.CreateSchema(schema))
    for view in VIEWS:
        op.execute(view)


def downgrade() -> None:
    for view in DROP_VIEWS:
        op.execute(view)
    for schema in reversed(SCHEMAS):
        op.execute(sa.schema.DropSchema(schema))
