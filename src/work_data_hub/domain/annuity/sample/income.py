"""The true income rows of a month: for a part of its scale rows four fees, and plans that only income knows."""

from typing import Final

import numpy as np
import pandas as pd

from work_data_hub.domain.annuity.sample.clean import in_sheet_order
from work_data_hub.domain.annuity.sample.draws import Ints, chance, stream
from work_data_hub.domain.annuity.sample.facts import COLLECTIVE, DEFAULT_PLANS, OCCUPATIONAL, SINGLE
from work_data_hub.domain.annuity.sample.faults import INCOME_FAULTS, fault_models, with_income_faults
from work_data_hub.domain.annuity.sample.newcomers import newcomers
from work_data_hub.domain.annuity.sample.options import SampleOptions
from work_data_hub.domain.annuity.sample.population import month_number
from work_data_hub.domain.kernel.period import Period

# which part of the scale rows of a plan type has fees: in all four in ten, most of them collective
_SHARES: Final = {SINGLE: 0.178, COLLECTIVE: 0.525, OCCUPATIONAL: 0.27}
_BLANK_IN_SINGLE: Final = 0.25
# yearly rate on the closing assets, and the share of rows with that fee
_RATES: Final = {
    "fixed_fee_yuan": (0.002, 0.95),
    "performance_fee_yuan": (0.001, 0.3),
    "clawback_yuan": (-0.0002, 0.08),
    "tax_yuan": (0.00012, 0.95),
}
_TOPPED_UP: Final = 0.2
_FROM_SCALE: Final = (
    *("business_type", "plan_type", "plan_code", "plan_name", "portfolio_type", "portfolio_code"),
    *("portfolio_name", "customer_name", "branch", "closing_aum_yuan", "position", "twin_of"),
)


def income_rows(options: SampleOptions, period: Period, scale: pd.DataFrame) -> pd.DataFrame:
    """Give the income rows of a month in the order of the sheet; the same positions have fees each month."""
    month = month_number(period)
    usable = scale.loc[scale["fault"] < 0, list(_FROM_SCALE)]
    chosen = _drawn(options.seed, usable)
    extra = newcomers(period)
    extra["position"] = usable["position"].max() + 1.0 + np.arange(len(extra))
    rows = pd.concat([chosen, extra], ignore_index=True)
    rows = with_income_faults(rows, fault_models(usable), month)
    fees = _fees(stream(options.seed, "fees", month), rows["closing_aum_yuan"].to_numpy(dtype=np.int64))
    return in_sheet_order(rows.assign(**fees, source_company_id=None), INCOME_FAULTS)


def _drawn(seed: int, usable: pd.DataFrame) -> pd.DataFrame:
    rng = stream(seed, "income")
    position, twin = (usable[name].to_numpy(dtype=np.int64) for name in ("position", "twin_of"))
    count = int(position.max()) + 1
    luck, blank = rng.random(count)[position], chance(rng, count, _BLANK_IN_SINGLE)[position]
    twins = np.isin(position, np.concatenate([position[twin != position], twin[twin != position]]))
    chosen = twins | (luck < usable["plan_type"].map(_SHARES).to_numpy())
    # in a collective plan fees are not told by employer
    silent = (usable["plan_type"] == COLLECTIVE) | (blank & (usable["plan_type"] == SINGLE))
    silent &= ~usable["plan_code"].isin([DEFAULT_PLANS[SINGLE]])
    told: pd.DataFrame = usable.assign(customer_name=usable["customer_name"].mask(silent, None))
    with_fees: pd.DataFrame = told.loc[chosen]
    return with_fees


def _fees(rng: np.random.Generator, closing: Ints) -> dict[str, Ints]:
    count = len(closing)
    fees = {
        name: np.rint(closing * rate / 12).astype(np.int64) * chance(rng, count, share)
        for name, (rate, share) in _RATES.items()
    }
    fees["clawback_yuan"] = np.where(
        chance(rng, count, _TOPPED_UP), np.abs(fees["clawback_yuan"]), fees["clawback_yuan"]
    )
    return fees
