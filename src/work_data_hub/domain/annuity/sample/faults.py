"""Rows that must end in quarantine: each has one fault in one cell, and a plan of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from work_data_hub.domain.annuity.sample.cells import Cell
from work_data_hub.domain.annuity.sample.draws import objects
from work_data_hub.domain.annuity.sample.facts import OCCUPATIONAL
from work_data_hub.domain.kernel.period import Period

UNKNOWN_BUSINESS: Final = "企年托管"
_UNKNOWN_PLAN_TYPE: Final = "混合计划"
_SHARE: Final = 0.002
# of a small sheet no larger share than this, so that its reject budget holds
_LARGEST_SHARE: Final = 0.06


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: the rule that must catch it, the column, and the cell that holds it."""

    rule: str
    column: str
    label: str
    cell: Callable[[Period], Cell]


_MONTHS: Final = (
    Fault("unreadable_month", "period", "fault:month_13", lambda period: f"{period.year}-13"),
    Fault("unreadable_month", "period", "fault:month_13_chinese", lambda period: f"{period.year}年13月"),
    Fault("period_mismatch", "period", "fault:month_before", lambda period: str(period.previous())),
    Fault("period_mismatch", "period", "fault:future_month", lambda period: str(period.shift(240))),
)
_PLACES: Final = (
    Fault("missing_plan_code", "plan_code", "fault:no_plan_code", lambda _: None),
    Fault("unknown_business_type", "business_type", "fault:business_type", lambda _: UNKNOWN_BUSINESS),
)

SCALE_FAULTS: Final = (
    Fault("unreadable_number", "contributions_yuan", "fault:amount_words", lambda _: "待定"),
    Fault("unreadable_number", "closing_aum_yuan", "fault:amount_two_points", lambda _: "12..5万"),
    Fault("unreadable_number", "period_return", "fault:rate_words", lambda _: "见附件"),
    *_MONTHS,
    *_PLACES,
    Fault("return_out_of_range", "period_return", "fault:return_too_high", lambda _: 12.5),
    Fault("return_out_of_range", "period_return", "fault:return_too_low", lambda _: "-150%"),
)
INCOME_FAULTS: Final = (
    Fault("unreadable_number", "fixed_fee_yuan", "fault:fee_words", lambda _: "待核"),
    Fault("unreadable_number", "clawback_yuan", "fault:fee_two_points", lambda _: "-1..5"),
    *_PLACES,
    Fault("unknown_plan_type", "plan_type", "fault:plan_type", lambda _: _UNKNOWN_PLAN_TYPE),
    *_MONTHS,
    Fault("unreadable_number", "tax_yuan", "fault:tax_words", lambda _: "见附件"),
)


def fault_models(clean: pd.DataFrame) -> pd.DataFrame:
    """Give the rows that faulty ones are made of: a blank plan code has no default there."""
    return clean[(clean["plan_type"] == OCCUPATIONAL) & clean["business_type"].str.startswith("职年")]


def with_faults(clean: pd.DataFrame) -> pd.DataFrame:
    """Append the scale rows to be refused; their `fault` is a place in SCALE_FAULTS, for all others -1."""
    count = max(len(SCALE_FAULTS), int(len(clean) * _SHARE))
    return _appended(clean, fault_models(clean), np.arange(count) % len(SCALE_FAULTS), SCALE_FAULTS)


def with_income_faults(clean: pd.DataFrame, models: pd.DataFrame, turn: int) -> pd.DataFrame:
    """Append the income rows to be refused; a small sheet has a few of the kinds, in turn."""
    few = min(len(INCOME_FAULTS), int(len(clean) * _LARGEST_SHARE))
    count = max(few, int(len(clean) * _SHARE))
    places = (np.arange(count) + turn) % len(INCOME_FAULTS)
    return _appended(clean, models, places, INCOME_FAULTS)


def _appended(
    clean: pd.DataFrame, models: pd.DataFrame, fault: np.ndarray, faults: Sequence[Fault]
) -> pd.DataFrame:
    count = len(fault)
    # strewn evenly among the rows they are made of
    rows = models.iloc[np.linspace(0, len(models) - 1, count).astype(int)].reset_index(drop=True)
    named = [faults[place].column == "plan_code" for place in fault]
    rows = rows.assign(
        fault=fault,
        plan_code=objects([None if blank else f"XNP9{i:03d}" for i, blank in enumerate(named)]),
        plan_name="待核查职业年金计划",
        portfolio_code=objects([f"XNP9{i:03d}A" for i in range(count)]),
        position=rows["position"] + 0.5,
        twin_of=-1,
    )
    return pd.concat([clean.assign(fault=-1), rows], ignore_index=True)
