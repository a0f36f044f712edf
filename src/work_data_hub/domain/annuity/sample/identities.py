"""Company ids that a month's sheet states otherwise than the month before: two for one name, or none any more."""

from typing import Final

import numpy as np
import pandas as pd

from work_data_hub.domain.annuity.sample.draws import Mask, objects
from work_data_hub.domain.annuity.sample.facts import COLLECTIVE, DEFAULT_PLANS, OVERRIDE_PLANS
from work_data_hub.domain.annuity.sample.months import MonthPlan
from work_data_hub.domain.kernel.period import Period

# until then a few employers go by two ids in each month
SETTLED: Final = Period(2025, 11)
_MOST_CONFLICTS: Final = 4
_PAIR: Final = 2
# of so many employers one is withheld its id in a month that withholds ids
_WITHHELD: Final = (25, 7)


def with_second_ids(positions: pd.DataFrame, unchanging: Mask) -> pd.DataFrame:
    """Choose a few employers whose id stands in two rows, and give the second of them another id."""
    special = {*OVERRIDE_PLANS, *DEFAULT_PLANS.values()}
    plain = (positions["plan_type"] == COLLECTIVE) & ~positions["plan_code"].isin(special) & unchanging
    stated = positions["source_company_id"].notna()
    twice = stated & (_per_employer(positions, stated) == _PAIR)
    usable = positions[twice & (_per_employer(positions, twice & plain) == _PAIR)]
    # one that also has rows without an id shows best what must not be learnt, so such come last and are taken
    silent = positions.loc[positions["source_company_id"].isna(), "employer"]
    order = pd.DataFrame({"silent": usable["employer"].isin(set(silent)), "employer": usable["employer"]})
    chosen = order.sort_values(["silent", "employer"], kind="stable").index[-_PAIR * _MOST_CONFLICTS :]
    last = positions["source_company_id"].where(positions.index.isin(chosen[1::_PAIR]))
    second = objects([f"{int(own) + 1}" if isinstance(own, str) else None for own in last])
    return positions.assign(second_id=second, two_ids=positions.index.isin(chosen))


def _per_employer(positions: pd.DataFrame, marked: pd.Series) -> pd.Series:
    return marked.groupby(positions["employer"]).transform("sum")


def as_stated(rows: pd.DataFrame, plan: MonthPlan) -> pd.DataFrame:
    """Put into a month's rows the ids that its sheet states."""
    conflict: Mask = rows["two_ids"].to_numpy(dtype=bool) & (plan.period < SETTLED)
    every, which = _WITHHELD
    withheld: Mask = (rows["employer"] % every == which).to_numpy(dtype=bool) & plan.withholds_ids
    withheld &= rows["source_company_id"].notna().to_numpy()
    stated = np.where(conflict & rows["second_id"].notna(), rows["second_id"], rows["source_company_id"])
    stated[withheld] = None
    return rows.assign(source_company_id=stated, id_conflict=conflict, id_withheld=withheld)
