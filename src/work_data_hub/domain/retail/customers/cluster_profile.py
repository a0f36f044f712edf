"""What the members of each customer cluster are like, on average."""

from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.build import BuildContext, InputRef
from work_data_hub.domain.kernel.contract import TEXT
from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.exact import Integers, cents_at, grouped_sums, scaled
from work_data_hub.domain.retail.config import EURO
from work_data_hub.domain.retail.contracts.customers import CLUSTER_PROFILE, CUSTOMER_360, CUSTOMER_CLUSTER
from work_data_hub.domain.retail.contracts.shapes import SYSTEMS
from work_data_hub.domain.retail.customers.clusters import CUSTOMER_CLUSTER_INPUTS, as_of_days, newest
from work_data_hub.domain.retail.frames.shaping import Part, integers, ratios, same, stacked

CLUSTER_PROFILE_INPUTS: Final = (InputRef(CUSTOMER_CLUSTER), *CUSTOMER_CLUSTER_INPUTS)
_MEANS: Final = {
    "mean_frequency": "frequency",
    "mean_recency_days": "recency_days",
    "mean_basket_diversity": "basket_diversity",
    "mean_inter_purchase_days": "inter_purchase_days",
    "mean_return_share": "return_share",
}


def make_cluster_profile(context: BuildContext) -> Outcome:
    """Average the members of each cluster; customers without a figure are left out of its mean."""
    members, rows = context.frame(CUSTOMER_CLUSTER.name), context.frame(CUSTOMER_360.name)
    parts = []
    for system in SYSTEMS:
        mine, seen = newest(members, system), newest(rows, system)
        _same_customers(system, mine, seen)
        if not mine.empty:
            parts.append(_profile(system, mine, seen))
    frame = stacked(CLUSTER_PROFILE, parts)
    metrics = {"clusters": len(frame), "customers": len(members)}
    methods = {"as_of": as_of_days(members), "currency": EURO}
    return Outcome(
        frame, Counts(read=len(members), published=len(frame)), facts={"metrics": metrics, "methods": methods}
    )


def _same_customers(system: str, mine: pd.DataFrame, seen: pd.DataFrame) -> None:
    for name in ("as_of_date", "customer_id"):
        if not arrow(mine, name).equals(arrow(seen, name)):
            raise PermanentError(
                f"the clusters of {system} are not those of the newest customer_360: {name} differs",
                fix="build customer_cluster again, then cluster_profile",
            )


def _profile(system: str, mine: pd.DataFrame, seen: pd.DataFrame) -> Part:
    number, first, code = np.unique(integers(arrow(mine, "cluster")), return_index=True, return_inverse=True)
    sizes = np.bincount(code)
    spent = grouped_sums(code, len(number), scaled(seen["monetary_eur"]))
    means = {name: _means(arrow(seen, source), code, len(number)) for name, source in _MEANS.items()}
    return {
        "source_system": same(system, len(number), TEXT),
        "cluster": number,
        "cluster_name": arrow(mine, "cluster_name").take(pa.array(first)),
        "customers": sizes,
        "mean_monetary_eur": cents_at(spent, 2, sizes, 0),
        **means,
    }


def _means(values: pa.Array, code: Integers, groups: int) -> pa.Array:
    known = np.asarray(pc.is_valid(values))
    numbers = np.asarray(pc.fill_null(values.cast("float64"), 0.0))
    return ratios(np.bincount(code, numbers, groups), np.bincount(code[known], minlength=groups))
