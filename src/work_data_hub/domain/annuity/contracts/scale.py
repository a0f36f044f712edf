"""The tables of the scale chain: assets under management, flows and investment result."""

from work_data_hub.domain.annuity.columns import AMOUNTS, BUSINESS_COLUMNS, RAW_COLUMNS, flow_columns
from work_data_hub.domain.annuity.contracts.references import FACT_REFERENCES, MART_REFERENCES
from work_data_hub.domain.annuity.contracts.shapes import cleaned_rows, fact, monthly_mart, sheet_rows

SCALE_ROWS = sheet_rows("scale_rows", "规模明细", RAW_COLUMNS)

SCALE_DETAIL = cleaned_rows(
    "scale_detail",
    "规模明细清洗",
    "Scale rows with typed, cleaned values, derived codes and a company id with its origin.",
    BUSINESS_COLUMNS,
    AMOUNTS,
)

SCALE_FACT = fact(
    SCALE_DETAIL,
    "scale_fact",
    "规模明细",
    "Assets under management, flows and investment result, in the detail of the workbook.",
    FACT_REFERENCES,
)

AUM_FLOW_MONTHLY = monthly_mart(
    "aum_flow_monthly",
    "规模流量月报",
    "Assets and flows by branch, product line and plan type, with the change against the month before.",
    flow_columns(),
    MART_REFERENCES,
)
