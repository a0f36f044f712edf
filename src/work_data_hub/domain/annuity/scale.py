"""The scale sheet: how it is read, cleaned and judged."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final

import pandas as pd

from work_data_hub.cleansing.column import apply_rule
from work_data_hub.cleansing.registry import get_rule
from work_data_hub.domain.annuity.columns import AMOUNTS
from work_data_hub.domain.annuity.contracts import SCALE_DETAIL, SCALE_ROWS
from work_data_hub.domain.annuity.detail import Detail, Judged
from work_data_hub.domain.annuity.quality import rate_units, unreadable_source_ids
from work_data_hub.domain.annuity.reconcile import flows_within_rows
from work_data_hub.domain.annuity.steps import AMOUNT_RULE, SheetRules, code_rule
from work_data_hub.domain.pipelines.bronze import sheet_spec
from work_data_hub.domain.pipelines.steps import CleanColumns, CopyColumn, RejectWhere

RATE_RULE: Final = replace(get_rule("fraction"), name="unreadable_number")
_LOWEST_RETURN: Final = Decimal(-1)
_HIGHEST_RETURN: Final = Decimal(10)

# derived columns are never required: asking the source for them broke most real months
SCALE_SHEET: Final = sheet_spec(
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


def _is_out_of_range(data: pd.DataFrame) -> pd.Series:
    rates, _ = apply_rule(data["period_return"], RATE_RULE)
    return (rates < _LOWEST_RETURN) | (rates > _HIGHEST_RETURN)


SCALE_RULES: Final = SheetRules(
    "scale_detail",
    AMOUNTS,
    texts=("subsidiary_name", "group_customer_name"),
    numbers=(
        # bounds are judged on cells as written, so that a rejection shows what stands in the sheet
        RejectWhere(
            _is_out_of_range,
            "return_out_of_range",
            "period_return",
            "lies out of range",
            f"a fraction from {_LOWEST_RETURN} to {_HIGHEST_RETURN}",
        ),
        CleanColumns({**dict.fromkeys(AMOUNTS, AMOUNT_RULE), "period_return": RATE_RULE}, "numbers"),
    ),
    customer=(
        CleanColumns(
            {
                "group_customer_number": code_rule("strip_leading_c"),
                "subsidiary_number": code_rule("code"),
            },
            "customer numbers",
        ),
        CopyColumn("group_customer_number", "account_number", "account number"),
    ),
    legacy=("row_kind", "source_company_id", "extra_cells", "year", "month", "remark", "source_id"),
)


def _judge(data: pd.DataFrame, accepted: pd.DataFrame) -> Judged:
    identity, off_rows = flows_within_rows(accepted)
    above = rate_units(data, accepted).bare_above_one
    metrics = {
        "rows_off_by_more_than_a_cent": off_rows,
        "source_company_id.unreadable": unreadable_source_ids(data),
        "period_return.bare_above_one": above,
    }
    return Judged((identity,), metrics, tuple(_warnings(metrics, identity.difference)))


def _warnings(metrics: dict[str, int], difference: Decimal | None) -> Iterator[str]:
    if off := metrics["rows_off_by_more_than_a_cent"]:
        yield (
            f"{off:,} rows where opening + contributions - outflow + result is not closing; "
            f"in all {difference} yuan"
        )
    if above := metrics["period_return.bare_above_one"]:
        yield f"{above} returns above 1 without a percent sign: are they percentages?"
    if dropped := metrics["source_company_id.unreadable"]:
        yield f"{dropped} source company ids can't be read and were left out"


SCALE: Final = Detail(SCALE_ROWS, SCALE_DETAIL, SCALE_RULES, _judge)
