"""The sample's plans and their portfolios, as they truly are."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from work_data_hub.domain.annuity.sample.draws import objects, pick, stream
from work_data_hub.domain.annuity.sample.facts import (
    BRANCH_NAMES,
    COLLECTIVE,
    DEFAULT_PLANS,
    OCCUPATIONAL,
    SINGLE,
)
from work_data_hub.domain.annuity.sample.names import brands

_KNOWN: Final = {
    SINGLE: ("SC002", "SC007", DEFAULT_PLANS[SINGLE]),
    COLLECTIVE: ("FP0001", "FP0002", "FP0003", "P0809", "P0290", "P0807", DEFAULT_PLANS[COLLECTIVE]),
    OCCUPATIONAL: ("XNP466", "XNP467", "XNP596", "XNP706", "XNP717"),
}
_PREFIX: Final = {SINGLE: "S", COLLECTIVE: "P", OCCUPATIONAL: "XNP"}
_FIRST_NUMBER: Final = 1001
_FIRST_PORTFOLIO: Final = {SINGLE: 200_003, COLLECTIVE: 400_009, OCCUPATIONAL: 700_001}
_LETTERS: Final = "ABCD"
_MOST_PORTFOLIOS: Final = 4
_STYLES: Final = ("权益型", "固收型", "稳健型", "货币型")


@dataclass(frozen=True, slots=True)
class Plans:
    """Plans of one type; `portfolios` gives each plan's own, in the order of the plans."""

    plan_type: str
    table: pd.DataFrame
    portfolios: pd.DataFrame

    def first(self, count: int) -> "Plans":
        """Give the first of the plans with their portfolios."""
        table = self.table.head(count)
        return Plans(self.plan_type, table, self.portfolios.head(int(table["portfolio_count"].sum())))


def draw_plans(seed: int, plan_type: str, count: int, employers: tuple[str, ...]) -> Plans:
    """Draw the plans of a type; a single plan is named after its employer."""
    rng = stream(seed, f"plans {plan_type}")
    codes = [*_KNOWN[plan_type], *(f"{_PREFIX[plan_type]}{_FIRST_NUMBER + i}" for i in range(count))][:count]
    names = (
        [f"{name}企业年金计划" for name in employers[:count]]
        if plan_type == SINGLE
        else brands(seed, count, "职业年金计划" if plan_type == OCCUPATIONAL else "企业年金集合计划")
    )
    table = pd.DataFrame(
        {
            "plan_code": objects(codes),
            "plan_name": objects(names),
            "branch": pick(rng, BRANCH_NAMES, count),
            "portfolio_count": rng.integers(1, _MOST_PORTFOLIOS + 1, count),
        }
    )
    table["first_portfolio"] = table["portfolio_count"].cumsum() - table["portfolio_count"]
    return Plans(plan_type, table, _portfolios(table, _FIRST_PORTFOLIO[plan_type]))


def _portfolios(table: pd.DataFrame, first: int) -> pd.DataFrame:
    owners = table.loc[np.repeat(table.index, table["portfolio_count"])]
    number = owners.groupby(level=0).cumcount()
    rows = [
        (
            f"{code.removeprefix('F')}{_LETTERS[nth]}" if place % 2 else str(first + place * 7),
            _STYLES[nth],
            f"{name}{_STYLES[nth]}组合",
        )
        for place, (code, name, nth) in enumerate(
            zip(owners["plan_code"], owners["plan_name"], number, strict=True)
        )
    ]
    return pd.DataFrame(rows, columns=["portfolio_code", "portfolio_type", "portfolio_name"], dtype=object)
