"""Plans, portfolios and employers that only the income sheet knows: a few in all months, and new ones each month."""

from typing import Final

import pandas as pd

from work_data_hub.domain.annuity.sample.draws import objects
from work_data_hub.domain.annuity.sample.facts import BRANCH_NAMES, COLLECTIVE, OCCUPATIONAL, SINGLE
from work_data_hub.domain.annuity.sample.months import MONTHS
from work_data_hub.domain.annuity.sample.names import newcomer
from work_data_hub.domain.kernel.period import Period

_PREFIXES: Final = {SINGLE: "S", COLLECTIVE: "P", OCCUPATIONAL: "XNP"}
_ENDINGS: Final = {SINGLE: "企业年金计划", COLLECTIVE: "企业年金集合计划", OCCUPATIONAL: "职业年金计划"}
_BUSINESS: Final = {SINGLE: "企年受托", COLLECTIVE: "企年投资", OCCUPATIONAL: "职年受托"}
_CONSTANT: Final = "0001"
# an old plan, to which each month brings one more portfolio
_OLD_PLAN: Final = "P0809"
# newcomers are there for so many of the sample's months, their first one included
_STAYS: Final = 3
_TICKS: Final = 123_456_789_000


def newcomers(period: Period) -> pd.DataFrame:
    """Give the positions of a month that no scale sheet reports; who came stays for a while."""
    labels = [_CONSTANT, *(f"{month.year % 100}{month.month:02d}" for month in arrivals(period))]
    there = (0, *range(max(len(labels) - _STAYS, 1), len(labels)))
    rows = [row for turn in there for row in _arriving(turn, labels[turn])]
    frame = pd.DataFrame({name: objects([row[name] for row in rows]) for name in rows[0]})
    closing = [_TICKS * (1 + place % 7) for place in range(len(frame))]
    return frame.assign(closing_aum_yuan=closing, twin_of=-1)


def arrivals(period: Period) -> list[Period]:
    """Give the months of the sample up to one: each brings newcomers."""
    return [plan.period for plan in MONTHS if plan.period <= period]


def _arriving(turn: int, label: str) -> list[dict[str, str | None]]:
    branch = BRANCH_NAMES[1 + turn % (len(BRANCH_NAMES) - 1)]
    rows = [_plan(f"{prefix}8{label}", kind, newcomer(turn)) for kind, prefix in _PREFIXES.items()]
    return [{"branch": branch, **row} for row in (*rows, _old_plan(label))]


def _plan(code: str, plan_type: str, employer: str) -> dict[str, str | None]:
    owner = employer if plan_type == SINGLE else f"启程{code}"
    plan_name = f"{owner}{_ENDINGS[plan_type]}"
    return {
        "plan_code": code,
        "plan_name": plan_name,
        "plan_type": plan_type,
        "business_type": _BUSINESS[plan_type],
        "portfolio_code": f"{code}A",
        "portfolio_type": "稳健型",
        "portfolio_name": f"{plan_name}稳健型组合",
        "customer_name": employer if plan_type == SINGLE else None,
    }


def _old_plan(label: str) -> dict[str, str | None]:
    return {
        **_plan(_OLD_PLAN, COLLECTIVE, ""),
        "plan_name": None,
        "portfolio_code": f"{_OLD_PLAN}N{label}",
        "portfolio_name": f"新设{label}组合",
    }
