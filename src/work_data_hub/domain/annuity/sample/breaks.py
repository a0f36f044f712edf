"""Plans whose opening does not continue the month before: few, and on purpose."""

from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from work_data_hub.domain.annuity.sample.truth import MonthTruth


@dataclass(frozen=True, slots=True)
class OpeningBreak:
    """A plan's closing assets of the month before against its opening assets, in yuan."""

    plan_code: str
    closing_before_yuan: Decimal
    opening_yuan: Decimal


def opening_breaks(previous: MonthTruth, current: MonthTruth) -> tuple[OpeningBreak, ...]:
    """Compare two months' accepted rows plan by plan."""
    before = _by_plan(previous.accepted, "closing_aum_yuan")
    now = _by_plan(current.accepted, "opening_aum_yuan")
    plans = sorted({*before, *now})
    pairs = ((plan, before.get(plan, Decimal(0)), now.get(plan, Decimal(0))) for plan in plans)
    return tuple(
        OpeningBreak(plan, closing, opening) for plan, closing, opening in pairs if closing != opening
    )


def _by_plan(rows: pd.DataFrame, column: str) -> dict[str, Decimal]:
    return {str(plan): Decimal(total) for plan, total in rows.groupby("plan_code")[column].sum().items()}
