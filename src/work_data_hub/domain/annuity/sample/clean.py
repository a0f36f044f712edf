"""The rows of a month as they truly are, in the order of the sheet, before anybody writes them down."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from work_data_hub.domain.annuity.sample.balances import active, balances
from work_data_hub.domain.annuity.sample.draws import chance, stream
from work_data_hub.domain.annuity.sample.facts import PRODUCT_LINES
from work_data_hub.domain.annuity.sample.faults import SCALE_FAULTS, UNKNOWN_BUSINESS, Fault, with_faults
from work_data_hub.domain.annuity.sample.identities import as_stated
from work_data_hub.domain.annuity.sample.months import MonthPlan
from work_data_hub.domain.annuity.sample.options import SampleOptions
from work_data_hub.domain.annuity.sample.population import month_number, population

_BLOCKS: Final = {name: place for place, name in enumerate((*PRODUCT_LINES, UNKNOWN_BUSINESS))}
_DRAFT_ERROR: Final = 100_000_000


def clean_rows(options: SampleOptions, plan: MonthPlan, *, draft: bool = False) -> pd.DataFrame:
    """Give the rows of a month; a draft is the version that a later one corrects."""
    positions = population(options.seed, plan.rows(options), options.world)
    amounts, breaks = balances(options, positions, plan.period, plan.broken_plans)
    present = active(positions, plan.period) & (draft | ~positions["withdrawn"].to_numpy(dtype=bool))
    rows = positions.assign(**amounts, **breaks, position=np.arange(len(positions), dtype=float))[present]
    if draft:
        rows = _with_draft_errors(options, plan, rows)
    rows = as_stated(rows.reset_index(drop=True), plan)
    return in_sheet_order(with_faults(rows), SCALE_FAULTS)


def _with_draft_errors(options: SampleOptions, plan: MonthPlan, rows: pd.DataFrame) -> pd.DataFrame:
    wrong = chance(stream(options.seed, "draft", month_number(plan.period)), len(rows), 0.01)
    wrong &= rows["twin_of"].to_numpy() == rows["position"].to_numpy()
    return rows.assign(contributions_yuan=rows["contributions_yuan"] + wrong * _DRAFT_ERROR)


def in_sheet_order(rows: pd.DataFrame, faults: Sequence[Fault]) -> pd.DataFrame:
    """Put rows in the order of a sheet: by business, then by plan type; `block` is what a subtotal sums."""
    fault = rows["fault"].to_numpy()
    unknown = np.array([f >= 0 and faults[f].column == "business_type" for f in fault])
    block = rows["business_type"].where(~unknown, UNKNOWN_BUSINESS)
    return (
        rows.assign(block=block, block_place=block.map(_BLOCKS))
        .sort_values(["block_place", "plan_type", "position"], kind="stable")
        .reset_index(drop=True)
    )
