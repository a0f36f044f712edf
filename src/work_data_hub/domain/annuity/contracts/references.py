"""The references that facts point at; each grows by the members that facts bring."""

from typing import Final

from work_data_hub.domain.annuity.columns import reference_columns
from work_data_hub.domain.annuity.contracts.shapes import OWNER, RUN
from work_data_hub.domain.kernel.columns import text
from work_data_hub.domain.kernel.contract import (
    COUNT,
    Column,
    PersonalData,
    Reference,
    TableContract,
    WriteMode,
)

# an id that takes another's place leaves the name as it is
CLEANED_NAMES: Final = ("scale_detail.customer_name", "income_detail.customer_name")

PRODUCT_LINE = TableContract(
    key="annuity.gold.product_line",
    version="1.0.0",
    label="产品线",
    description="Product lines seen in facts; maintained attributes are never overwritten.",
    grain="one row per product line code",
    owner=OWNER,
    columns=(
        text("product_line_code", "产品线代码", "code of the product line", nullable=False),
        text(
            "product_line_name", "产品线", "business type the line stands for", sources=("product_line_code",)
        ),
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
        text("branch_name", "机构", "name of the branch", sources=("branch_code",)),
        *reference_columns(RUN),
    ),
    primary_key=("branch_code",),
    partition="month",
    write_mode=WriteMode.UPSERT,
    view_schema="mapping",
)

CUSTOMER = TableContract(
    key="annuity.gold.customer",
    version="1.1.0",
    label="客户明细",
    description="Employers seen in facts, by company id; temporary ids are marked as such.",
    grain="one row per company id",
    owner=OWNER,
    columns=(
        text("company_id", "company_id", "company id", nullable=False),
        text("company_id_origin", "company_id来源", "where the id came from"),
        text(
            "customer_name",
            "客户名称",
            "cleaned name",
            personal=PersonalData.BUSINESS_NAME,
            sources=CLEANED_NAMES,
        ),
        text(
            "main_branch_code",
            "主拓机构代码",
            "branch of the row with the largest closing assets",
            sources=("branch_code",),
        ),
        text("plan_codes", "关联计划", "plan codes, distinct, in order", sources=("plan_code",)),
        Column(
            "plan_count",
            COUNT,
            "关联计划数",
            "number of distinct plans",
            unit="plans",
            sources=("plan_code",),
        ),
        text("tags", "年金客户标签", "JSON list of tags, such as 2511新建"),
        text("replaced_by", "替换为", "company id that took the place of this temporary one"),
        *reference_columns(RUN),
    ),
    primary_key=("company_id",),
    partition="month",
    references=(Reference(("main_branch_code",), BRANCH.key, ("branch_code",), enforced=False),),
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
        text(
            "main_branch_code",
            "主拓代码",
            "branch of the row with the largest closing assets",
            sources=("branch_code",),
        ),
        text("main_branch_name", "主拓机构", "its name", sources=("branch_code",)),
        text(
            "customer_name",
            "客户名称",
            "employer of a single plan",
            personal=PersonalData.BUSINESS_NAME,
            sources=CLEANED_NAMES,
        ),
        text("company_id", "company_id", "employer of a single plan"),
        text("qualifications", "管理资格", "business types, distinct, in order", sources=("business_type",)),
        Column(
            "portfolio_count",
            COUNT,
            "组合数",
            "number of distinct portfolios",
            unit="portfolios",
            sources=("portfolio_code",),
        ),
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

MART_REFERENCES: Final = (
    Reference(("branch_code",), BRANCH.key, ("branch_code",)),
    Reference(("product_line_code",), PRODUCT_LINE.key, ("product_line_code",)),
)
FACT_REFERENCES: Final = (
    Reference(("plan_code",), PLAN.key, ("plan_code",)),
    Reference(("portfolio_code",), PORTFOLIO.key, ("portfolio_code",)),
    *reversed(MART_REFERENCES),
    Reference(("company_id",), CUSTOMER.key, ("company_id",)),
)
