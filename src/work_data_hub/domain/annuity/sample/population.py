"""Every position the sample ever reports: who, in which plan and portfolio, when; its amounts come later."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import pandas as pd

from work_data_hub.domain.annuity.sample.draws import Ints, Mask, Objects, chance, objects, pick, stream
from work_data_hub.domain.annuity.sample.facts import (
    BRANCH_NAMES,
    COLLECTIVE,
    DEFAULT_PLANS,
    DEFAULT_PORTFOLIOS,
    HEAD_OFFICE,
    OCCUPATIONAL,
    SINGLE,
)
from work_data_hub.domain.annuity.sample.identities import with_second_ids
from work_data_hub.domain.annuity.sample.names import employers
from work_data_hub.domain.annuity.sample.plans import Plans, draw_plans
from work_data_hub.domain.kernel.period import Period

# shares of a month's rows, and counts per row, that give the proportions of a real month
_SHARES: Final = {SINGLE: 0.27, COLLECTIVE: 0.61, OCCUPATIONAL: 0.09}
_PLANS_PER_ROW: Final = {SINGLE: 0.0258, COLLECTIVE: 0.007, OCCUPATIONAL: 0.0021}
_FEWEST_PLANS: Final = {SINGLE: 12, COLLECTIVE: 9, OCCUPATIONAL: 6}
_EMPLOYERS_PER_COLLECTIVE_ROW: Final = 0.355
_BLANK_CUSTOMERS: Final = {SINGLE: 0.0, COLLECTIVE: 0.12, OCCUPATIONAL: 0.7}
_WITHDRAWN: Final = 0.012
_OTHER_LINES: Final = (
    *(("自有险资", SINGLE), ("直投", SINGLE), ("三方", COLLECTIVE), ("团养", COLLECTIVE), ("企康", SINGLE)),
    *(("企业年金", COLLECTIVE), ("职业年金", OCCUPATIONAL), ("其他", SINGLE)),
)
WITHDRAWN_LINE: Final = ("企康", COLLECTIVE)
CHANGES: Final = tuple(
    Period.parse(month) for month in ("2024-12", "2025-01", "2025-02", "2025-10", "2025-11", "2025-12")
)
ALWAYS: Final = 10**6


def month_number(period: Period) -> int:
    """Count months, for comparing and for seeding."""
    return period.year * 12 + period.month


@dataclass(frozen=True, slots=True)
class _Size:
    counts: Mapping[str, int]
    plans: Mapping[str, int]
    in_collective: int

    @classmethod
    def of(cls, rows: int) -> "_Size":
        counts = {kind: int(rows * share) for kind, share in _SHARES.items()}
        plans = {kind: max(int(rows * share), _FEWEST_PLANS[kind]) for kind, share in _PLANS_PER_ROW.items()}
        return cls(counts, plans, int(counts[COLLECTIVE] * _EMPLOYERS_PER_COLLECTIVE_ROW))

    def members(self, of_world: "_Size") -> Ints:
        """Give the numbers of our employers among all: the first of single plans, the first of the others."""
        others = of_world.plans[SINGLE] + np.arange(self.in_collective)
        return np.concatenate([np.arange(self.plans[SINGLE]), others])


@lru_cache(maxsize=4)
def population(seed: int, rows: int, world: int = 0) -> pd.DataFrame:
    """Draw all positions of a sample with about `rows` rows a month; treat the frame as read-only.

    Plans and employers are the first ones of a world of `world` rows: what has a code or an id has the
    same one in small and large months.
    """
    size, whole = _Size.of(rows), _Size.of(max(rows, world))
    names = employers(seed, whole.plans[SINGLE] + whole.in_collective)
    members = size.members(whole)
    parts = [
        _positions(
            seed,
            draw_plans(seed, kind, whole.plans[kind], names).first(size.plans[kind]),
            size.counts[kind],
            len(members),
        )
        for kind in _SHARES
    ]
    parts.append(_others(seed, max(rows - sum(size.counts.values()), len(_OTHER_LINES)), len(members)))
    parts.append(_withdrawn(seed, max(int(rows * _WITHDRAWN), 3), len(members)))
    drawn = pd.concat(parts, ignore_index=True)
    employer = drawn["employer"].to_numpy()
    drawn["employer"] = np.where(employer >= 0, members[employer], -1)
    positions = _with_twins(_with_companies(seed, drawn, objects(names)))
    return with_second_ids(positions, _unchanging(positions))


def _positions(seed: int, plans: Plans, count: int, employer_count: int) -> pd.DataFrame:
    rng = stream(seed, f"positions {plans.plan_type}")
    plan, employer = _places(rng, plans, count, employer_count)
    table = plans.table.iloc[plan].reset_index(drop=True)
    portfolio = table["first_portfolio"] + rng.integers(0, ALWAYS, count) % table["portfolio_count"]
    line = "职年" if plans.plan_type == OCCUPATIONAL else "企年"
    is_default = table["plan_code"].isin(set(DEFAULT_PLANS.values())).to_numpy()
    blank = chance(rng, count, _BLANK_CUSTOMERS[plans.plan_type]) & ~is_default
    frame = pd.concat([table, plans.portfolios.iloc[portfolio].reset_index(drop=True)], axis=1)
    return frame.assign(
        plan_type=plans.plan_type,
        business_type=pick(rng, (f"{line}受托", f"{line}投资"), count),
        employer=np.where(blank, -1, employer),
        branch=_branches(rng, table["branch"], plans.plan_type),
        has_portfolio=~chance(rng, count, 0.03),
        may_change=(plans.plan_type == COLLECTIVE) & (np.arange(count) >= count // 2),
        withdrawn=False,
    ).drop(columns=["portfolio_count", "first_portfolio"])


def _places(rng: np.random.Generator, plans: Plans, count: int, employer_count: int) -> tuple[Ints, Ints]:
    plan_count = len(plans.table)
    if plans.plan_type == COLLECTIVE:
        in_collective = int(count * _EMPLOYERS_PER_COLLECTIVE_ROW)
        member = np.concatenate(
            [np.arange(in_collective), rng.integers(0, in_collective, count - in_collective)]
        )
        return member % plan_count, member + employer_count - in_collective
    plan = np.concatenate([np.arange(plan_count), rng.integers(0, plan_count, count - plan_count)])
    if plans.plan_type == SINGLE:
        return plan, plan
    return plan, rng.integers(0, employer_count, count)


def _branches(rng: np.random.Generator, of_plan: pd.Series, plan_type: str) -> pd.Series:
    if plan_type != COLLECTIVE:
        return of_plan
    drawn = pick(rng, BRANCH_NAMES, len(of_plan))
    return pd.Series(np.where(chance(rng, len(drawn), 0.04), HEAD_OFFICE, drawn), dtype=object)


def _others(seed: int, count: int, employer_count: int) -> pd.DataFrame:
    which = np.arange(count) % len(_OTHER_LINES)
    return _outside_the_lines(seed, "others", [_OTHER_LINES[i] for i in which], employer_count)


def _withdrawn(seed: int, count: int, employer_count: int) -> pd.DataFrame:
    return _outside_the_lines(seed, "withdrawn", [WITHDRAWN_LINE] * count, employer_count)


def _outside_the_lines(
    seed: int, topic: str, lines: list[tuple[str, str]], employer_count: int
) -> pd.DataFrame:
    rng = stream(seed, topic)
    count = len(lines)
    business = [line for line, _ in lines]
    return pd.DataFrame(
        {
            "plan_code": objects(
                [f"AN{1101 + 100 * _OTHER_PLACE[line] + i % 5}" for i, line in enumerate(lines)]
            ),
            "plan_name": objects([f"{name}业务计划" for name in business]),
            "branch": pick(rng, BRANCH_NAMES, count),
            "plan_type": objects([plan_type for _, plan_type in lines]),
            "business_type": objects(business),
            "employer": np.where(chance(rng, count, 0.2), -1, rng.integers(0, employer_count, count)),
            "has_portfolio": False,
            "may_change": False,
            "withdrawn": topic == "withdrawn",
        }
    )


_OTHER_PLACE: Final = {line: place for place, line in enumerate((*_OTHER_LINES, WITHDRAWN_LINE))}


def _with_companies(seed: int, drawn: pd.DataFrame, names: Objects) -> pd.DataFrame:
    rng = stream(seed, "companies")
    count = len(drawn)
    employer = drawn["employer"].to_numpy()
    named = employer >= 0
    number = np.arange(len(names))
    known = chance(rng, len(names), 0.75)
    grouped = chance(rng, len(names), 0.6)
    branched = chance(rng, len(names), 0.1)
    of_employer = {
        "customer_name": names,
        "source_company_id": objects([str(700_000_000 + i * 7919) if known[i] else None for i in number]),
        "group_customer_number": objects([str(10_000_000 + i * 13) if grouped[i] else None for i in number]),
        "group_customer_name": objects([f"{names[i // 5 * 5]}集团" if grouped[i] else None for i in number]),
        "subsidiary_number": objects([f"{i:06d}" if branched[i] else None for i in number]),
        "subsidiary_name": objects([f"{names[i]}第一分公司" if branched[i] else None for i in number]),
    }
    columns = {name: _only(named, values[employer]) for name, values in of_employer.items()}
    columns["source_company_id"] = _only(chance(rng, count, 0.9), columns["source_company_id"])
    no_portfolio = ~drawn["has_portfolio"].to_numpy(dtype=bool)
    default = (
        drawn["plan_type"]
        .map(DEFAULT_PORTFOLIOS)
        .where(~drawn["business_type"].str.startswith("职年"), DEFAULT_PORTFOLIOS[OCCUPATIONAL])
    )
    columns["portfolio_code"] = np.where(no_portfolio, default, drawn["portfolio_code"])
    for name in ("portfolio_type", "portfolio_name"):
        columns[name] = _only(~no_portfolio, drawn[name].to_numpy(dtype=object))
    return drawn.assign(**columns, **_windows(seed, drawn), **_bases(seed, drawn))


def _only(where: Mask, values: Objects) -> Objects:
    kept = values.copy()
    kept[~where] = None
    return kept


def _windows(seed: int, drawn: pd.DataFrame) -> dict[str, Ints]:
    rng = stream(seed, "windows")
    months = np.array([month_number(period) for period in CHANGES])
    changes = drawn["may_change"].to_numpy(dtype=bool) & chance(rng, len(drawn), 0.06)
    joins = chance(rng, len(drawn), 0.5)
    month = months[rng.integers(0, len(months), len(drawn))]
    return {
        "active_from": np.where(changes & joins, month, 0),
        "active_until": np.where(changes & ~joins, month, ALWAYS),
    }


def _bases(seed: int, drawn: pd.DataFrame) -> dict[str, Ints]:
    rng = stream(seed, "bases")
    count = len(drawn)
    yuan = np.minimum(rng.lognormal(np.log(4e5), 1.8, count), 6e8)
    # the sum of a month stays below 10^11 yuan, so that its totals row keeps four decimals in fifteen digits
    yuan *= min(1.0, 7e10 / yuan.sum())
    adjusts = drawn["may_change"].to_numpy(dtype=bool) & chance(rng, count, 0.01)
    return {"base": np.rint(np.where(adjusts, -yuan / 50, yuan) * 10_000).astype(np.int64)}


def _unchanging(positions: pd.DataFrame) -> Mask:
    own = np.arange(len(positions))
    twin = positions["twin_of"].to_numpy()
    paired = np.isin(own, [twin[twin != own], own[twin != own]])
    always = (positions["active_from"] == 0) & (positions["active_until"] == ALWAYS)
    stays: Mask = always.to_numpy(dtype=bool) & ~paired & ~positions["withdrawn"].to_numpy(dtype=bool)
    return stays


def _with_twins(drawn: pd.DataFrame) -> pd.DataFrame:
    # detail rows have no unique key: two equal rows are legitimate, and both stay
    plain = np.flatnonzero(
        drawn["may_change"]
        & (drawn["active_from"] == 0)
        & (drawn["active_until"] == ALWAYS)
        & drawn["customer_name"].notna()
        & drawn["source_company_id"].notna()
        & drawn["group_customer_number"].notna()
        & (drawn["base"] > 0)
    )
    originals = plain[:: max(len(plain) // 6, 2)][:4]
    source = np.arange(len(drawn))
    source[originals + 1] = originals
    twinned = drawn.iloc[source].reset_index(drop=True)
    return twinned.assign(twin_of=source)
