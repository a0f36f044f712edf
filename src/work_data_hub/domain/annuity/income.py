"""The income sheet: four fees a row, blank where nothing was charged, mostly without a customer."""

from typing import Final

from work_data_hub.domain.annuity.columns import FEES
from work_data_hub.domain.annuity.contracts import INCOME_DETAIL, INCOME_ROWS
from work_data_hub.domain.annuity.detail import Detail
from work_data_hub.domain.annuity.steps import AMOUNT_RULE, SheetRules
from work_data_hub.domain.pipelines.bronze import sheet_spec
from work_data_hub.domain.pipelines.steps import CleanColumns, FillZero

INCOME_SHEET: Final = sheet_spec(
    INCOME_ROWS,
    "收入明细",
    required=("reporting_month", "plan_code", "business_type", *(fee.removesuffix("_yuan") for fee in FEES)),
    forward_fill=("business_type", "plan_type"),
    # a month without a single clawback is a month, not a fault
    may_be_empty=tuple(fee.removesuffix("_yuan") for fee in FEES),
)

INCOME_RULES: Final = SheetRules(
    "income_detail",
    FEES,
    numbers=(CleanColumns(dict.fromkeys(FEES, AMOUNT_RULE), "fees"), FillZero(FEES, "blank fees are zero")),
    legacy=("row_kind", "extra_cells", "remark"),
)

INCOME: Final = Detail(INCOME_ROWS, INCOME_DETAIL, INCOME_RULES)
