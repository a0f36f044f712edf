"""The tables of the income chain: four fees per row of the sheet 收入明细."""

from work_data_hub.domain.annuity.columns import (
    FEE_COLUMNS,
    FEES,
    INCOME_COLUMNS,
    RAW_INCOME_COLUMNS,
    sums_and_changes,
)
from work_data_hub.domain.annuity.contracts.references import FACT_REFERENCES, MART_REFERENCES
from work_data_hub.domain.annuity.contracts.shapes import cleaned_rows, fact, monthly_mart, sheet_rows

INCOME_ROWS = sheet_rows("income_rows", "收入明细", RAW_INCOME_COLUMNS)

INCOME_DETAIL = cleaned_rows(
    "income_detail",
    "收入明细清洗",
    "Income rows with four fees, derived codes and a company id with its origin.",
    INCOME_COLUMNS,
    FEES,
)

INCOME_FACT = fact(
    INCOME_DETAIL, "income_fact", "收入明细", "Fee income in the detail of the workbook.", FACT_REFERENCES
)

FEE_INCOME_MONTHLY = monthly_mart(
    "fee_income_monthly",
    "收入月报",
    "Fees by branch, product line and plan type, with the change against the month before.",
    sums_and_changes(FEE_COLUMNS),
    MART_REFERENCES,
)
