"""Every annuity table, declared once."""

from decimal import Decimal

from work_data_hub.domain.annuity.columns import (
    AMOUNTS,
    BUSINESS_COLUMNS,
    LINEAGE,
    RAW_COLUMNS,
    flow_columns,
    reference_columns,
    stamp,
    text,
)
from work_data_hub.domain.kernel.contract import (
    COUNT,
    DAY,
    STAMP,
    TEXT,
    Check,
    Column,
    Conservation,
    Evolution,
    EvolutionMode,
    PersonalData,
    Reference,
    RejectBudget,
    Role,
    TableContract,
    WriteMode,
)

OWNER = "team:annuity-operations"
DETAIL_KEY = ("period", "file_id", "sheet", "row_number")
RUN = stamp("run_id", TEXT, "运行编号", "run that wrote the row")

SCALE_ROWS = TableContract(
    key="annuity.bronze.scale_rows",
    version="1.0.0",
    label="规模明细原文",
    description="The sheet 规模明细 as it came: every cell as text, with the coordinates of its row.",
    grain="one row per sheet row that is neither blank nor a repeated header",
    owner=OWNER,
    columns=(
        *LINEAGE,
        Column(
            "row_kind",
            TEXT,
            "行类型",
            "data, or a totals row of the workbook",
            checks=(Check("known_kind", one_of=("data", "subtotal", "total")),),
        ),
        *RAW_COLUMNS,
        text("extra_cells", "其他单元格", "JSON of cells under headers the contract does not know"),
        RUN,
        stamp("ingested_at", STAMP, "读取时间", "when the run that read the row began"),
    ),
    primary_key=DETAIL_KEY,
    scope=("period",),
    partition="month",
    conservation=Conservation.ROW_PRESERVING,
    evolution=Evolution(columns=EvolutionMode.EVOLVE),
    kinds=("excel", "postgres"),
)

SCALE_DETAIL = TableContract(
    key="annuity.silver.scale_detail",
    version="1.0.0",
    label="规模明细清洗",
    description="Scale rows with typed, cleaned values, derived codes and a company id with its origin.",
    grain="one row per data row of the sheet; there is no business key",
    owner=OWNER,
    columns=(*LINEAGE, *BUSINESS_COLUMNS, RUN),
    primary_key=DETAIL_KEY,
    scope=("period",),
    partition="month",
    conservation=Conservation.ROW_PRESERVING,
    control_totals=AMOUNTS,
    budget=RejectBudget(ratio=Decimal("0.10")),
)

PRODUCT_LINE = TableContract(
    key="annuity.gold.product_line",
    version="1.0.0",
    label="产品线",
    description="Product lines seen in facts; maintained attributes are never overwritten.",
    grain="one row per product line code",
    owner=OWNER,
    columns=(
        text("product_line_code", "产品线代码", "code of the product line", nullable=False),
        text("product_line_name", "产品线", "business type the line stands for"),
        *reference_columns(RUN),
    ),
    primary_key=("product_line_code",),
    partition="month",
    write_mode=WriteMode.UPSERT,
    view_schema="mapping",
)

BRANCH = TableContract(
    key="annuity.gold.branch",
    version="1.0.0",
    label="组织架构",
    description="Branches seen in facts; unknown names belong to head office G00.",
    grain="one row per branch code",
    owner=OWNER,
    columns=(
        text("branch_code", "机构代码", "code of the branch", nullable=False),
        text("branch_name", "机构", "name of the branch"),
        *reference_columns(RUN),
    ),
    primary_key=("branch_code",),
    partition="month",
    write_mode=WriteMode.UPSERT,
    view_schema="mapping",
)

CUSTOMER = TableContract(
    key="annuity.gold.customer",
    version="1.0.0",
    label="客户明细",
    description="Employers seen in facts, by company id; temporary ids are marked as such.",
    grain="one row per company id",
    owner=OWNER,
    columns=(
        text("company_id", "company_id", "company id", nullable=False),
        text("company_id_origin", "company_id来源", "where the id came from"),
        text("customer_name", "客户名称", "cleaned name", personal=PersonalData.BUSINESS_NAME),
        text("main_branch_code", "主拓机构代码", "branch of the row with the largest closing assets"),
        text("plan_codes", "关联计划", "plan codes, distinct, in order"),
        Column("plan_count", COUNT, "关联计划数", "number of distinct plans", unit="plans"),
        text("tags", "年金客户标签", "JSON list of tags, such as 2511新建"),
        *reference_columns(RUN),
    ),
    primary_key=("company_id",),
    partition="month",
    write_mode=WriteMode.UPSERT,
    view_schema="customer",
)

PLAN = TableContract(
    key="annuity.gold.plan",
    version="1.0.0",
    label="年金计划",
    description="Plans seen in facts; maintained attributes are never overwritten.",
    grain="one row per plan code",
    owner=OWNER,
    columns=(
        text("plan_code", "年金计划号", "plan code", nullable=False),
        text("plan_name", "计划全称", "name in the row with the largest closing assets"),
        text("plan_type", "计划类型", "单一计划, 集合计划 or 职业年金"),
        text("main_branch_code", "主拓代码", "branch of the row with the largest closing assets"),
        text("main_branch_name", "主拓机构", "its name"),
        text("customer_name", "客户名称", "employer of a single plan", personal=PersonalData.BUSINESS_NAME),
        text("company_id", "company_id", "employer of a single plan"),
        text("qualifications", "管理资格", "business types, distinct, in order"),
        Column("portfolio_count", COUNT, "组合数", "number of distinct portfolios", unit="portfolios"),
        text("remark", "备注", "how the row came here"),
        *reference_columns(RUN),
    ),
    primary_key=("plan_code",),
    partition="month",
    write_mode=WriteMode.UPSERT,
    view_schema="mapping",
)

PORTFOLIO = TableContract(
    key="annuity.gold.portfolio",
    version="1.0.0",
    label="组合计划",
    description="Portfolios seen in facts, each with the plan it belongs to.",
    grain="one row per portfolio code",
    owner=OWNER,
    columns=(
        text("portfolio_code", "组合代码", "portfolio code", nullable=False),
        text("portfolio_name", "组合名称", "first name seen"),
        text("portfolio_type", "组合类型", "first type seen"),
        text("plan_code", "年金计划号", "plan of the row with the largest closing assets", nullable=False),
        text("remark", "备注", "how the row came here"),
        *reference_columns(RUN),
    ),
    primary_key=("portfolio_code",),
    partition="month",
    references=(Reference(("plan_code",), PLAN.key, ("plan_code",)),),
    write_mode=WriteMode.UPSERT,
    view_schema="mapping",
)

SCALE_FACT = TableContract(
    key="annuity.gold.scale_fact",
    version="1.0.0",
    label="规模明细",
    description="Assets under management, flows and investment result, in the detail of the workbook.",
    grain="one row per data row of the sheet; replaced by month",
    owner=OWNER,
    columns=(*LINEAGE, *BUSINESS_COLUMNS, RUN),
    primary_key=DETAIL_KEY,
    scope=("period",),
    partition="month",
    references=(
        Reference(("plan_code",), PLAN.key, ("plan_code",)),
        Reference(("portfolio_code",), PORTFOLIO.key, ("portfolio_code",)),
        Reference(("product_line_code",), PRODUCT_LINE.key, ("product_line_code",)),
        Reference(("branch_code",), BRANCH.key, ("branch_code",)),
        Reference(("company_id",), CUSTOMER.key, ("company_id",)),
    ),
    indexes=(("plan_code",), ("company_id",)),
    conservation=Conservation.ROW_PRESERVING,
    control_totals=AMOUNTS,
    budget=RejectBudget(ratio=Decimal(0)),
    view_schema="business",
)

AUM_FLOW_MONTHLY = TableContract(
    key="annuity.gold.aum_flow_monthly",
    version="1.0.0",
    label="规模流量月报",
    description="Assets and flows by branch, product line and plan type, with the change against the month before.",
    grain="one row per month, branch, product line and plan type of this month or the one before",
    owner=OWNER,
    columns=(
        Column("period", DAY, "月度", "reporting month", role=Role.LINEAGE),
        text("branch_code", "机构代码", "branch", nullable=False),
        text("product_line_code", "产品线代码", "product line", nullable=False),
        text("plan_type", "计划类型", "plan type", nullable=False),
        Column("detail_rows", COUNT, "明细行数", "detail rows behind the figures", unit="rows"),
        Column("plan_count", COUNT, "计划数", "distinct plans", unit="plans"),
        *flow_columns(),
        RUN,
    ),
    primary_key=("period", "branch_code", "product_line_code", "plan_type"),
    scope=("period",),
    partition="month",
    references=(
        Reference(("branch_code",), BRANCH.key, ("branch_code",)),
        Reference(("product_line_code",), PRODUCT_LINE.key, ("product_line_code",)),
    ),
    conservation=Conservation.AGGREGATING,
    control_totals=(
        "opening_aum_yuan",
        "contributions_yuan",
        "outflow_incl_benefits_yuan",
        "investment_result_yuan",
        "closing_aum_yuan",
    ),
    view_schema="business",
)

ANNUITY_CONTRACTS = (
    SCALE_ROWS,
    SCALE_DETAIL,
    PRODUCT_LINE,
    BRANCH,
    CUSTOMER,
    PLAN,
    PORTFOLIO,
    SCALE_FACT,
    AUM_FLOW_MONTHLY,
)
