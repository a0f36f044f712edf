"""Plans, portfolios and employers of the sample's months, and which of them a month is the first to know."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from work_data_hub.domain.annuity.sample.truth import MonthTruth


@dataclass(frozen=True, slots=True)
class Members:
    """Codes of plans and portfolios; employers by company id, or by cleaned name where the id is temporary."""

    plans: frozenset[str] = frozenset()
    portfolios: frozenset[str] = frozenset()
    customers: frozenset[str] = frozenset()

    def __sub__(self, known: "Members") -> "Members":
        """Give those that are not known."""
        return Members(
            self.plans - known.plans, self.portfolios - known.portfolios, self.customers - known.customers
        )


def members_of(truths: Iterable[MonthTruth]) -> Members:
    """Give the members that the accepted rows of some sheets name."""
    rows = pd.concat([_named(truth) for truth in truths], ignore_index=True)
    return Members(*(frozenset(rows[column].dropna()) for column in rows))


def new_members(earlier: Iterable[MonthTruth], month: Iterable[MonthTruth]) -> Members:
    """Give the members of a month's sheets that no sheet loaded earlier names."""
    return members_of(month) - (members_of(known) if (known := list(earlier)) else Members())


def _named(truth: MonthTruth) -> pd.DataFrame:
    rows = truth.accepted
    customer = rows["company_id"].where(rows["company_id"].notna(), rows["customer_name"])
    return rows[["plan_code", "portfolio_code"]].assign(customer=customer)
