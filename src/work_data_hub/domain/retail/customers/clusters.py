"""Customer clusters: each brand's customers grouped by how they buy, as of the brand's newest day."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.build import BuildContext, InputRef
from work_data_hub.domain.kernel.contract import TEXT
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.exact import Integers, grouped_sums, scaled
from work_data_hub.domain.retail.config import CustomerRules
from work_data_hub.domain.retail.contracts.customers import CUSTOMER_360, CUSTOMER_CLUSTER
from work_data_hub.domain.retail.contracts.shapes import SYSTEMS
from work_data_hub.domain.retail.customers.cluster_names import names_of
from work_data_hub.domain.retail.customers.features import FEATURES, NAMES, features_of
from work_data_hub.domain.retail.frames.shaping import Part, stacked
from work_data_hub.domain.retail.ports import Clusterer, Clustering

CUSTOMER_CLUSTER_INPUTS: Final = (
    InputRef(CUSTOMER_360, columns=("source_system", "customer_id", "as_of_date", *FEATURES)),
)
# with fewer customers to a cluster on average its profile says little
FEWEST_PER_CLUSTER: Final = 10


def clusters(clusterer: Clusterer) -> Callable[[BuildContext], Outcome]:
    """Give the build of customer_cluster that groups with a learner."""

    def make(context: BuildContext) -> Outcome:
        """Group the customers of each brand as of its newest day."""
        return _make_clusters(context, clusterer)

    return make


def newest(rows: pd.DataFrame, system: str) -> pd.DataFrame:
    """Give a brand's rows of its newest as-of date in the order of customers."""
    mine = rows[np.asarray(pc.equal(arrow(rows, "source_system"), system))]
    if mine.empty:
        return mine
    as_of = arrow(mine, "as_of_date")
    mine = mine[np.asarray(pc.equal(as_of, pc.max(as_of)))]
    return mine.iloc[np.asarray(pc.sort_indices(arrow(mine, "customer_id")))]


def _make_clusters(context: BuildContext, clusterer: Clusterer) -> Outcome:
    rows, rules = context.frame(CUSTOMER_360.name), context.config.mappings.customers
    parts: list[Part] = []
    found: dict[str, Clustering] = {}
    for system in SYSTEMS:
        mine = newest(rows, system)
        if not mine.empty:
            part, found[system] = _grouped(mine, clusterer, rules)
            parts.append(part)
    frame = stacked(CUSTOMER_CLUSTER, parts)
    return Outcome(
        frame,
        Counts(read=len(rows), published=len(frame), skipped=len(rows) - len(frame)),
        warnings=tuple(_warnings(found)),
        facts={"metrics": _metrics(found), "clusters": _record(found), "methods": _methods(frame, rules)},
    )


def _grouped(mine: pd.DataFrame, clusterer: Clusterer, rules: CustomerRules) -> tuple[Part, Clustering]:
    features = features_of(mine)
    clustering = _fit(clusterer, features, rules)
    number = numbered(clustering.labels, scaled(mine["monetary_eur"]))
    names = pa.array(names_of(features, number), TEXT)
    part = {name: arrow(mine, name) for name in ("source_system", "customer_id", "as_of_date")}
    return part | {"cluster": number, "cluster_name": names.take(pa.array(number - 1))}, clustering


def _fit(clusterer: Clusterer, features: np.ndarray[Any, Any], rules: CustomerRules) -> Clustering:
    """Try no more clusters than there are customers for; too few for the smallest number stay together."""
    fewest, most = rules.cluster_range
    most = min(most, len(features) // FEWEST_PER_CLUSTER)
    if most < fewest:
        centre = features.mean(axis=0, keepdims=True)
        return Clustering(np.zeros(len(features), np.int64), centre, {})
    return clusterer.fit(
        features, (fewest, most), seed=rules.cluster_seed, silhouette_rows=rules.silhouette_rows
    )


def numbered(labels: Integers, cents: Integers) -> Integers:
    """Number clusters from 1, the highest mean value first; of equals the one of the first customer."""
    _, first, code = np.unique(labels, return_index=True, return_inverse=True)
    means = grouped_sums(code, len(first), cents) / np.bincount(code)
    order = np.lexsort((first, -means))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(1, len(order) + 1)
    return rank[code]


def _metrics(found: Mapping[str, Clustering]) -> dict[str, float]:
    return {f"clusters.{system}": clustering.k for system, clustering in found.items()} | {
        f"silhouette.{system}.{k}": value
        for system, clustering in found.items()
        for k, value in clustering.silhouettes.items()
    }


def _record(found: Mapping[str, Clustering]) -> Mapping[str, object]:
    return {
        system: {
            "k": clustering.k,
            "silhouettes": {str(k): round(value, 6) for k, value in clustering.silhouettes.items()},
        }
        for system, clustering in found.items()
    }


def as_of_days(members: pd.DataFrame) -> dict[str, str]:
    """Give the day that each brand's clusters are of."""
    days = zip(
        arrow(members, "source_system").to_pylist(), arrow(members, "as_of_date").to_pylist(), strict=True
    )
    return {system: day.isoformat() for system, day in dict.fromkeys(days)}


def _methods(frame: pd.DataFrame, rules: CustomerRules) -> Mapping[str, object]:
    return {
        "as_of": as_of_days(frame),
        "features": list(NAMES),
        "preparation": "log(1 + x); missing → median, days between orders with a column of their own; mean 0, deviation 1",
        "k": f"best silhouette of {rules.cluster_range[0]} to {rules.cluster_range[1]}",
        "seed": rules.cluster_seed,
        "silhouette_rows": rules.silhouette_rows,
        "fewest_customers_per_cluster": FEWEST_PER_CLUSTER,
    }


def _warnings(found: Mapping[str, Clustering]) -> list[str]:
    alone = [system for system, clustering in found.items() if not clustering.silhouettes]
    return [f"{system}: too few different customers for clusters; all stay in one" for system in alone]
