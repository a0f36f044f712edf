"""What the two sheets of a workbook look like: their names, headers and columns, and how figures stand in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from work_data_hub.domain.annuity.columns import AMOUNTS, BUSINESS_COLUMNS, FEES, INCOME_COLUMNS
from work_data_hub.domain.annuity.sample.faults import INCOME_FAULTS, SCALE_FAULTS, Fault
from work_data_hub.domain.annuity.sample.months import INCOME_SHEET, SHEET, Headers
from work_data_hub.domain.kernel.contract import Column


@dataclass(frozen=True, slots=True)
class SheetForm:
    """One of the two sheets: `columns` is what silver makes of it, `amounts` are to be added up, `topic` names the draws."""

    name: str
    topic: str
    title: str
    headers: Mapping[Headers, Mapping[str, str]]
    columns: tuple[Column, ...]
    amounts: tuple[str, ...]
    faults: tuple[Fault, ...]
    odd_amounts: float
    blank_is_zero: bool = False


_PLAIN: Final = {
    "period": "月度",
    "business_type": "业务类型",
    "plan_type": "计划类型",
    "plan_code": "计划代码",
    "plan_name": "计划名称",
    "portfolio_type": "组合类型",
    "portfolio_code": "组合代码",
    "portfolio_name": "组合名称",
    "customer_name": "客户名称",
    "opening_aum_yuan": "期初资产规模",
    "closing_aum_yuan": "期末资产规模",
    "contributions_yuan": "供款",
    "outflow_incl_benefits_yuan": "流失(含待遇支付)",
    "outflow_yuan": "流失",
    "benefits_paid_yuan": "待遇支付",
    "investment_result_yuan": "投资收益",
    "period_return": "当期收益率",
    "branch_code": "机构代码",
    "branch_name": "机构名称",
    "subsidiary_number": "子企业号",
    "subsidiary_name": "子企业名称",
    "group_customer_number": "集团企业客户号",
    "group_customer_name": "集团企业客户名称",
    "source_company_id": "公司代码",
    "year": "年",
    "month": "月",
    "remark": "备注",
    "id": "id",
}
_OLD: Final = {
    "plan_code": "计划号",
    "branch_name": "机构",
    "period_return": "年化收益率",
    "outflow_incl_benefits_yuan": "流失（含待遇支付）",
}
_DECORATED: Final = {
    "period": " 月度",
    "business_type": "业务 类型",
    "plan_code": "计划号",
    "customer_name": "客户名称\u3000",
    "opening_aum_yuan": "期初\n资产规模",
    "closing_aum_yuan": "期末\n资产规模",
    "outflow_incl_benefits_yuan": "流失\n（含待遇支付）",
    "investment_result_yuan": "投资\t收益",
    "branch_name": "机\u3000构",
}

SCALE: Final = SheetForm(
    name=SHEET,
    topic="cells",
    title="企业年金、职业年金规模明细表（单位：元）",
    headers={
        Headers.PLAIN: _PLAIN,
        Headers.OLD: {
            name: header for name, header in (_PLAIN | _OLD).items() if name not in {"year", "month", "id"}
        },
        Headers.DECORATED: _PLAIN | _DECORATED,
    },
    columns=BUSINESS_COLUMNS,
    amounts=AMOUNTS,
    faults=SCALE_FAULTS,
    odd_amounts=0.02,
)

_SHARED: Final = (
    *("period", "business_type", "plan_type", "plan_code", "plan_name"),
    *("portfolio_type", "portfolio_code", "portfolio_name", "customer_name"),
)
_INCOME_PLAIN: Final = {
    **{name: _PLAIN[name] for name in _SHARED},
    **dict(zip(FEES, ("固费", "浮费", "回补", "税"), strict=True)),
    "plan_code": "计划号",
    "branch_name": "机构",
}

INCOME: Final = SheetForm(
    name=INCOME_SHEET,
    topic="income cells",
    title="企业年金、职业年金收入明细表（单位：元）",
    headers={
        Headers.PLAIN: _INCOME_PLAIN,
        Headers.OLD: _INCOME_PLAIN | {"plan_code": "计划代码", "branch_name": "机构名称"},
        Headers.DECORATED: _INCOME_PLAIN
        | {name: header for name, header in _DECORATED.items() if name in _INCOME_PLAIN}
        | dict(zip(FEES, ("固\n费", " 浮费", "回\t补", "税\u3000"), strict=True)),
    },
    columns=INCOME_COLUMNS,
    amounts=FEES,
    faults=INCOME_FAULTS,
    odd_amounts=0.06,
    blank_is_zero=True,
)
