"""Every annuity table, declared once."""

from work_data_hub.domain.annuity.contracts.companies import COMPANY_INDEX, COMPANY_QUEUE, COMPANY_REKEY
from work_data_hub.domain.annuity.contracts.income import (
    FEE_INCOME_MONTHLY,
    INCOME_DETAIL,
    INCOME_FACT,
    INCOME_ROWS,
)
from work_data_hub.domain.annuity.contracts.references import BRANCH, CUSTOMER, PLAN, PORTFOLIO, PRODUCT_LINE
from work_data_hub.domain.annuity.contracts.scale import (
    AUM_FLOW_MONTHLY,
    SCALE_DETAIL,
    SCALE_FACT,
    SCALE_ROWS,
)

ANNUITY_CONTRACTS = (
    SCALE_ROWS,
    INCOME_ROWS,
    COMPANY_INDEX,
    SCALE_DETAIL,
    INCOME_DETAIL,
    COMPANY_QUEUE,
    COMPANY_REKEY,
    PRODUCT_LINE,
    BRANCH,
    CUSTOMER,
    PLAN,
    PORTFOLIO,
    SCALE_FACT,
    INCOME_FACT,
    AUM_FLOW_MONTHLY,
    FEE_INCOME_MONTHLY,
)

__all__ = [
    "ANNUITY_CONTRACTS",
    "AUM_FLOW_MONTHLY",
    "BRANCH",
    "COMPANY_INDEX",
    "COMPANY_QUEUE",
    "COMPANY_REKEY",
    "CUSTOMER",
    "FEE_INCOME_MONTHLY",
    "INCOME_DETAIL",
    "INCOME_FACT",
    "INCOME_ROWS",
    "PLAN",
    "PORTFOLIO",
    "PRODUCT_LINE",
    "SCALE_DETAIL",
    "SCALE_FACT",
    "SCALE_ROWS",
]
