"""Columns that several annuity tables share, with their source-language labels and aliases."""

from collections.abc import Sequence
from decimal import Decimal

import pyarrow as pa

from work_data_hub.domain.kernel.columns import amount, text
from work_data_hub.domain.kernel.contract import (
    COUNT,
    DAY,
    MONEY,
    RATE,
    TEXT,
    TOTAL,
    Check,
    Column,
    PersonalData,
    Role,
)

PLAN_TYPES = ("单一计划", "集合计划", "职业年金")
COMPANY_ORIGINS = ("override", "source", "look_up", "temporary")
NAME = PersonalData.BUSINESS_NAME
# what the layers of the company resolver look at
_COMPANY_KEYS = ("plan_code", "group_customer_number", "customer_name", "source_company_id")


def money(
    name: str,
    label: str,
    meaning: str,
    *,
    dtype: pa.DataType = MONEY,
    nullable: bool = True,
    sources: tuple[str, ...] = (),
) -> Column:
    """Declare an amount in yuan."""
    return amount(name, label, meaning, unit="yuan", dtype=dtype, nullable=nullable, sources=sources)


LINEAGE = (
    Column("period", DAY, "月度", "reporting month, its first day", role=Role.LINEAGE),
    Column("file_id", TEXT, "文件编号", "short fingerprint of the workbook", role=Role.LINEAGE),
    Column("sheet", TEXT, "工作表", "sheet the row stands in", role=Role.LINEAGE),
    Column("row_number", COUNT, "行号", "row in the sheet, counted from 1", role=Role.LINEAGE),
)

_AMOUNT_COLUMNS = (
    money("opening_aum_yuan", "期初资产规模", "assets under management at the start of the month"),
    money("closing_aum_yuan", "期末资产规模", "assets under management at the end of the month"),
    money("contributions_yuan", "供款", "contributions paid in"),
    money("outflow_incl_benefits_yuan", "流失_含待遇支付", "outflow including benefits paid"),
    money("outflow_yuan", "流失", "outflow"),
    money("benefits_paid_yuan", "待遇支付", "benefits paid"),
    money("investment_result_yuan", "投资收益", "investment result, may be negative"),
)
AMOUNTS = tuple(column.name for column in _AMOUNT_COLUMNS)

BUSINESS_COLUMNS = (
    text("business_type", "业务类型", "kind of business, such as 企年受托", nullable=False),
    text(
        "product_line_code",
        "产品线代码",
        "derived from the business type",
        nullable=False,
        sources=("business_type",),
    ),
    text(
        "plan_type",
        "计划类型",
        "kind of plan",
        nullable=False,
        checks=(Check("known_plan_type", one_of=PLAN_TYPES),),
    ),
    text("plan_code", "计划代码", "plan", nullable=False, sources=("plan_code", "plan_type")),
    text("plan_name", "计划名称", "name of the plan"),
    text("portfolio_type", "组合类型", "kind of portfolio"),
    text(
        "portfolio_code",
        "组合代码",
        "portfolio, without a leading F",
        nullable=False,
        sources=("portfolio_code", "business_type", "plan_type"),
    ),
    text("portfolio_name", "组合名称", "name of the portfolio"),
    text("customer_name", "客户名称", "employer, cleaned", personal=NAME),
    *_AMOUNT_COLUMNS,
    Column(
        "period_return",
        RATE,
        "当期收益率",
        "return of the month",
        unit="fraction",
        nullable=True,
        checks=(Check("return_in_range", at_least=Decimal(-1), at_most=Decimal(10)),),
    ),
    text("branch_name", "机构名称", "branch as the source writes it"),
    text(
        "branch_code",
        "机构代码",
        "derived from the branch name",
        nullable=False,
        sources=("branch_name", "plan_code"),
    ),
    text("subsidiary_number", "子企业号", "subsidiary"),
    text("subsidiary_name", "子企业名称", "name of the subsidiary", personal=NAME),
    text("group_customer_number", "集团企业客户号", "group customer, without a leading C"),
    text("group_customer_name", "集团企业客户名称", "name of the group customer", personal=NAME),
    text("account_number", "年金账户号", "annuity account", sources=("group_customer_number",)),
    text(
        "account_name",
        "年金账户名",
        "employer as the source writes it",
        personal=NAME,
        sources=("customer_name",),
    ),
    text(
        "company_id",
        "company_id",
        "company id; null where there is no employer",
        sources=(*_COMPANY_KEYS, "company_index.company_id", "company_rekey.company_id"),
    ),
    text(
        "company_id_origin",
        "company_id来源",
        "where the id comes from",
        checks=(Check("known_origin", one_of=COMPANY_ORIGINS),),
        sources=(*_COMPANY_KEYS, "company_index.origin", "company_rekey.company_id_origin"),
    ),
)

FEE_COLUMNS = tuple(
    money(name, label, meaning, nullable=False)
    for name, label, meaning in (
        ("fixed_fee_yuan", "固费", "fixed management fee; blank is zero"),
        ("performance_fee_yuan", "浮费", "performance fee; blank is zero"),
        ("clawback_yuan", "回补", "fee paid back or topped up, often negative; blank is zero"),
        ("tax_yuan", "税", "tax on the fees; blank is zero"),
    )
)
FEES = tuple(column.name for column in FEE_COLUMNS)

RAW_COLUMNS = (
    text("reporting_month", "月度", "month as written"),
    text("business_type", "业务类型", "as written"),
    text("plan_type", "计划类型", "as written"),
    text("plan_code", "计划代码", "as written", aliases=("计划号",)),
    text("plan_name", "计划名称", "as written"),
    text("portfolio_type", "组合类型", "as written"),
    text("portfolio_code", "组合代码", "as written"),
    text("portfolio_name", "组合名称", "as written"),
    text("customer_name", "客户名称", "as written", personal=NAME),
    text("opening_aum", "期初资产规模", "as written"),
    text("closing_aum", "期末资产规模", "as written"),
    text("contributions", "供款", "as written"),
    text("outflow_incl_benefits", "流失(含待遇支付)", "as written", aliases=("流失_含待遇支付",)),
    text("outflow", "流失", "as written"),
    text("benefits_paid", "待遇支付", "as written"),
    text("investment_result", "投资收益", "as written"),
    text("period_return", "当期收益率", "as written", aliases=("年化收益率",)),
    text("branch_name", "机构名称", "as written", aliases=("机构",)),
    text("branch_code", "机构代码", "as written; the hub derives its own"),
    text("subsidiary_number", "子企业号", "as written"),
    text("subsidiary_name", "子企业名称", "as written", personal=NAME),
    text("group_customer_number", "集团企业客户号", "as written"),
    text("group_customer_name", "集团企业客户名称", "as written", personal=NAME),
    text("source_company_id", "公司代码", "legacy company id, as written"),
    text("year", "年", "as written; not used"),
    text("month", "月", "as written; not used"),
    text("remark", "备注", "as written"),
    text("source_id", "id", "as written; not used"),
)


def _pick(columns: tuple[Column, ...], *names: str) -> tuple[Column, ...]:
    by_name = {column.name: column for column in columns}
    return tuple(by_name[name] for name in names)


INCOME_COLUMNS = (
    *_pick(BUSINESS_COLUMNS, "business_type", "product_line_code", "plan_type", "plan_code", "plan_name"),
    *_pick(BUSINESS_COLUMNS, "portfolio_type", "portfolio_code", "portfolio_name", "customer_name"),
    *FEE_COLUMNS,
    *_pick(BUSINESS_COLUMNS, "branch_name", "branch_code", "account_name"),
    *_pick(BUSINESS_COLUMNS, "company_id", "company_id_origin"),
)
RAW_INCOME_COLUMNS = (
    *_pick(RAW_COLUMNS, "reporting_month", "business_type", "plan_type", "plan_code", "plan_name"),
    *_pick(RAW_COLUMNS, "portfolio_type", "portfolio_code", "portfolio_name", "customer_name"),
    *(text(column.name.removesuffix("_yuan"), column.label, "as written") for column in FEE_COLUMNS),
    *_pick(RAW_COLUMNS, "branch_name", "remark"),
)


def flow_columns() -> tuple[Column, ...]:
    """Give the sums of the monthly mart and their change against the month before."""
    sums = [column for column in _AMOUNT_COLUMNS if column.name not in {"outflow_yuan", "benefits_paid_yuan"}]
    return sums_and_changes(sums, without_change=("opening_aum_yuan",))


def sums_and_changes(sums: Sequence[Column], without_change: tuple[str, ...] = ()) -> tuple[Column, ...]:
    """Give columns for the month's sums and, for most of them, the change against the month before."""
    totals = [money(c.name, c.label, f"sum of {c.meaning}", dtype=TOTAL, nullable=False) for c in sums]
    changes = [
        money(
            change_name(c.name),
            f"{c.label}环比",
            f"{c.meaning}: this month minus the month before; null where that month is not loaded",
            dtype=TOTAL,
            sources=(c.name,),
        )
        for c in sums
        if c.name not in without_change
    ]
    return (*totals, *changes)


def change_name(amount: str) -> str:
    """Name the column that holds an amount's change against the month before."""
    return amount.replace("_yuan", "_change_yuan")


def reference_columns(run: Column) -> tuple[Column, ...]:
    """Give the columns that say how a reference row came into being."""
    return (
        Column(
            "first_seen_period",
            DAY,
            "首次出现月度",
            "month whose facts needed the row first",
            role=Role.STAMP,
        ),
        Column("record_origin", TEXT, "记录来源", "backfilled or maintained", role=Role.STAMP),
        run,
    )
