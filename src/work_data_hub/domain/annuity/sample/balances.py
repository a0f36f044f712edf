"""A month's amounts in ten-thousandths of a yuan: what opens a month is what closed the one before."""

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from work_data_hub.domain.annuity.sample.draws import Ints, Mask, chance, stream
from work_data_hub.domain.annuity.sample.options import SampleOptions
from work_data_hub.domain.annuity.sample.population import month_number
from work_data_hub.domain.kernel.period import Period

_RATE_TICKS = 1_000_000
_DELIBERATE_BREAK = 50_000_000


def balances(
    options: SampleOptions, positions: pd.DataFrame, period: Period, broken_plans: Collection[str]
) -> tuple[Mapping[str, Ints], Mapping[str, Mask]]:
    """Give the amount columns of every position in a month, and masks of what deliberately does not tie."""
    count = len(positions)
    rng = stream(options.seed, "flows", month_number(period))
    base = positions["base"].to_numpy()
    opening = _closing(options, positions, period.previous())
    opening_breaks = _first_of(positions["plan_code"], broken_plans, active(positions, period))
    opening = opening + opening_breaks * _DELIBERATE_BREAK
    closing = _closing(options, positions, period)
    result = np.rint(opening * rng.normal(0.004, 0.012, count)).astype(np.int64)
    period_return = _rate(result, opening)
    turnover = np.rint(base * rng.uniform(0.0, 0.004, count)).astype(np.int64) * chance(rng, count, 0.6)
    gap = closing - opening - result
    contributions = np.maximum(gap, 0) + turnover
    outflow = np.maximum(-gap, 0) + turnover
    benefits = np.rint(outflow * rng.uniform(0, 1, count)).astype(np.int64)
    flow_breaks = chance(rng, count, 0.004) & ~opening_breaks
    columns = {
        "opening_aum_yuan": opening,
        "closing_aum_yuan": closing,
        "contributions_yuan": contributions,
        "outflow_incl_benefits_yuan": outflow,
        "outflow_yuan": outflow - benefits,
        "benefits_paid_yuan": benefits,
        "investment_result_yuan": result + flow_breaks * (turnover + 12_345),
        "period_return": period_return,
    }
    # a twin is equal in every amount
    twin = positions["twin_of"].to_numpy()
    return {name: ticks[twin] for name, ticks in columns.items()}, {
        "opening_break": opening_breaks,
        "flow_break": flow_breaks[twin],
    }


def active(positions: pd.DataFrame, period: Period) -> Mask:
    """Mark the positions that a month reports."""
    month = month_number(period)
    return ((positions["active_from"] <= month) & (positions["active_until"] >= month)).to_numpy(dtype=bool)


def _closing(options: SampleOptions, positions: pd.DataFrame, period: Period) -> Ints:
    month = month_number(period)
    rng = stream(options.seed, "closings", month)
    factor = 1 + 0.03 * rng.standard_normal(len(positions)).clip(-3, 3)
    closing = np.rint(positions["base"].to_numpy() * factor).astype(np.int64)
    stays = (positions["active_from"] <= month) & (positions["active_until"] > month)
    held: Ints = np.where(stays, closing, 0)[positions["twin_of"].to_numpy()]
    return held


def _rate(result: Ints, opening: Ints) -> Ints:
    rate = np.divide(result, opening, out=np.zeros(len(opening)), where=opening != 0)
    ticks: Ints = np.rint(rate * _RATE_TICKS).astype(np.int64)
    return ticks


def _first_of(plan_codes: pd.Series, broken: Collection[str], among: Mask) -> Mask:
    candidates = plan_codes.where(among & plan_codes.isin(set(broken)))
    return (candidates.notna() & ~candidates.duplicated()).to_numpy(dtype=bool)
