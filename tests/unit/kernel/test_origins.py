"""Cleaned columns lead back to the columns they are read from."""

import pytest

from work_data_hub.domain.annuity.columns import BUSINESS_COLUMNS
from work_data_hub.domain.annuity.contracts import SCALE_DETAIL, SCALE_ROWS
from work_data_hub.domain.kernel.contract import TEXT, Column
from work_data_hub.domain.kernel.origins import source_column
from work_data_hub.domain.pipelines.bronze import raw_columns

DERIVED = {"product_line_code", "account_number", "account_name", "company_id", "company_id_origin"}


def column(name: str, label: str, *aliases: str) -> Column:
    return Column(name, TEXT, label, "m", aliases=aliases)


@pytest.mark.parametrize(
    ("candidates", "found"),
    [
        ([column("other", "金额"), column("amount", "数")], "amount"),
        ([column("raw", "金额")], "raw"),
        ([column("raw", "数", "金额")], "raw"),
        ([column("raw", "数")], None),
        ([], None),
    ],
)
def test_a_name_leads_before_a_header(candidates: list[Column], found: str | None) -> None:
    origin = source_column(column("amount", "金额"), iter(candidates))
    assert (origin.name if origin else None) == found


def test_every_annuity_column_that_is_not_derived_has_one() -> None:
    raw = raw_columns(SCALE_ROWS)
    found = {column.name: source_column(column, raw) for column in BUSINESS_COLUMNS}
    assert {name for name, origin in found.items() if origin is None} == DERIVED
    month = source_column(SCALE_DETAIL.column("period"), raw)
    assert month is not None
    assert month.name == "reporting_month"
    amount = found["outflow_incl_benefits_yuan"]
    assert amount is not None
    assert amount.name == "outflow_incl_benefits"
