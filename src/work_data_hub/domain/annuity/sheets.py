"""How the sheets of the monthly annuity workbook are read."""

from work_data_hub.domain.annuity.contracts import SCALE_ROWS
from work_data_hub.domain.pipelines.bronze import sheet_spec

# derived columns are never required: asking the source for them broke most real months
SCALE_SHEET = sheet_spec(
    SCALE_ROWS,
    "规模明细",
    required=(
        "reporting_month",
        "plan_code",
        "customer_name",
        "opening_aum",
        "closing_aum",
        "investment_result",
        "period_return",
    ),
    forward_fill=("business_type", "plan_type"),
    may_be_empty=("customer_name",),
)
