"""Customer clusters with a learner that is told by hand: which customers, which features, which numbers and names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.retail.customer_orders import config, held, records

from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.kernel.frames import to_pandas
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.retail.contracts.customers import CLUSTER_PROFILE, CUSTOMER_360, CUSTOMER_CLUSTER
from work_data_hub.domain.retail.customers.cluster_names import names_of
from work_data_hub.domain.retail.customers.cluster_profile import make_cluster_profile
from work_data_hub.domain.retail.customers.clusters import CUSTOMER_CLUSTER_INPUTS, clusters, numbered
from work_data_hub.domain.retail.customers.features import NAMES, features_of
from work_data_hub.domain.retail.ports import Clustering, Floats

NAMED = CUSTOMER_CLUSTER_INPUTS[0].columns
LAST = date(2011, 12, 9)


@dataclass
class Splitter:
    """A learner that parts rows by the sign of their first feature, and remembers what it was given."""

    asked: list[tuple[int, tuple[int, int], int, int]] = field(default_factory=list)

    def fit(
        self, features: Floats, k_range: tuple[int, int], *, seed: int, silhouette_rows: int
    ) -> Clustering:
        self.asked.append((len(features), k_range, seed, silhouette_rows))
        labels = (features[:, 0] > 0).astype(np.int64)
        return Clustering(labels, np.zeros((2, features.shape[1])), {2: 0.5, 3: 0.25})


def customer(name: str, **changes: Any) -> dict[str, Any]:
    usual = {
        "source_system": "EUROSTYLE",
        "customer_id": name,
        "as_of_date": LAST,
        "monetary_eur": Decimal("10.00"),
        "frequency": 1,
        "recency_days": 5,
        "basket_diversity": 2.0,
        "inter_purchase_days": None,
        "return_share": 0.0,
    }
    return usual | changes


def customer_rows(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    types = {name: CUSTOMER_360.column(name).dtype for name in NAMED}
    return to_pandas(pa.table({n: pa.array([row[n] for row in rows], t) for n, t in types.items()}))


def crowd(system: str = "EUROSTYLE", **changes: Any) -> list[dict[str, Any]]:
    """Give twenty small customers and twenty large ones."""
    small = [customer(f"{at:02}", source_system=system, **changes) for at in range(20)]
    large = [
        customer(
            f"{at:02}", monetary_eur=Decimal(1000 + at), frequency=9, **{"source_system": system, **changes}
        )
        for at in range(20, 40)
    ]
    return [*small, *large]


def grouped(rows: Sequence[dict[str, Any]], learner: Splitter | None = None, **rules: Any) -> Outcome:
    context = BuildContext(None, {"customer_360": customer_rows(rows)}, config(**rules))
    return held(CUSTOMER_CLUSTER, clusters(learner or Splitter())(context))


def profiled(rows: Sequence[dict[str, Any]], members: pd.DataFrame) -> Outcome:
    frames = {"customer_360": customer_rows(rows), "customer_cluster": members}
    return held(CLUSTER_PROFILE, make_cluster_profile(BuildContext(None, frames, config())))


def test_each_brands_newest_customers_are_grouped_by_its_own_rules() -> None:
    contoso = crowd("CONTOSO", as_of_date=date(2025, 6, 17))
    old = crowd(as_of_date=date(2011, 11, 30))
    learner = Splitter()
    outcome = grouped([*crowd(), *contoso, *old], learner)
    assert learner.asked == [(40, (2, 4), 20111209, 2000)] * 2
    found = records(outcome.accepted)
    assert {(row["source_system"], row["as_of_date"]) for row in found} == {
        ("EUROSTYLE", LAST),
        ("CONTOSO", date(2025, 6, 17)),
    }
    assert (len(found), outcome.counts.skipped) == (80, 40)


def test_the_most_valuable_cluster_is_number_one_and_names_say_why() -> None:
    found = records(grouped(crowd()).accepted)
    assert {(row["cluster"], row["cluster_name"]) for row in found} == {
        (1, "Frequent, high value"),
        (2, "Seldom, low value"),
    }
    assert [row["cluster"] for row in found] == [2] * 20 + [1] * 20


@settings(max_examples=10, deadline=None)
@given(st.permutations(crowd()))
def test_the_order_of_rows_changes_nothing(rows: list[dict[str, Any]]) -> None:
    assert records(grouped(rows).accepted) == records(grouped(crowd()).accepted)


@pytest.mark.parametrize(("rows", "asked"), [(19, None), (20, (2, 2)), (39, (2, 3))])
def test_few_customers_make_few_clusters_and_too_few_make_one(
    rows: int, asked: tuple[int, int] | None
) -> None:
    learner = Splitter()
    outcome = grouped(crowd()[40 - rows :], learner)
    assert [call[1] for call in learner.asked] == ([asked] if asked else [])
    if asked is None:
        assert {(r["cluster"], r["cluster_name"]) for r in records(outcome.accepted)} == {
            (1, "All customers")
        }
        assert outcome.warnings == ("EUROSTYLE: too few different customers for clusters; all stay in one",)
        assert outcome.facts["metrics"] == {"clusters.EUROSTYLE": 1}


def test_nobody_makes_no_cluster_and_no_profile() -> None:
    outcome = grouped([])
    assert outcome.accepted.empty
    assert profiled([], outcome.accepted).accepted.empty


def test_the_record_holds_every_silhouette() -> None:
    facts = grouped(crowd()).facts
    assert facts["metrics"] == {
        "clusters.EUROSTYLE": 2,
        "silhouette.EUROSTYLE.2": 0.5,
        "silhouette.EUROSTYLE.3": 0.25,
    }
    assert facts["clusters"] == {"EUROSTYLE": {"k": 2, "silhouettes": {"2": 0.5, "3": 0.25}}}
    assert facts["methods"]["as_of"] == {"EUROSTYLE": "2011-12-09"}  # type: ignore[index]


def test_features_are_comparable_and_tell_what_is_missing() -> None:
    rows = [
        customer("A", inter_purchase_days=10.0, frequency=0, basket_diversity=None),
        customer("B", inter_purchase_days=20.0, monetary_eur=Decimal("99.00")),
        customer("C", monetary_eur=Decimal("7.00")),
    ]
    values = features_of(customer_rows(rows))
    assert values.mean(axis=0) == pytest.approx(0)
    spread = dict(zip(NAMES, values.std(axis=0), strict=True))
    still = ("recency_days", "return_share", "basket_diversity")
    assert spread == {name: pytest.approx(0 if name in still else 1) for name in NAMES}
    gap = values[:, NAMES.index("inter_purchase_days")]
    assert gap[0] < gap[2] < gap[1]
    assert values[:, NAMES.index("one_order_day")].argmax() == 2


def test_features_that_nobody_has_are_zero_and_extremes_stay_numbers() -> None:
    rows = [
        customer("A", basket_diversity=None),
        customer("B", basket_diversity=None, monetary_eur=Decimal(10**15)),
    ]
    values = features_of(customer_rows(rows))
    assert np.isfinite(values).all()
    assert (values[:, NAMES.index("basket_diversity")] == 0).all()
    assert features_of(customer_rows([])).shape == (0, len(NAMES))


def test_clusters_of_equal_value_are_numbered_by_their_first_customer() -> None:
    assert numbered(np.array([7, 3, 7, 3, 5]), np.array([1, 1, 1, 1, 9])).tolist() == [2, 3, 2, 3, 1]


def features(**columns: Sequence[float]) -> Floats:
    size = len(next(iter(columns.values())))
    return np.column_stack([columns.get(name, [0.0] * size) for name in NAMES])


@pytest.mark.parametrize(
    ("columns", "names"),
    [
        (
            {"monetary_eur": [1.0, -1.0], "recency_days": [-2.0, 2.0]},
            ("Recent, high value", "Long gone, low value"),
        ),
        # of one aspect only the strongest feature speaks
        ({"frequency": [1.0, -1.0], "one_order_day": [-2.0, 2.0]}, ("Repeat buyers", "One-day buyers")),
        ({"monetary_eur": [0.2, -0.2]}, ("Usual", "Usual (2)")),
        (
            {"monetary_eur": [3.0, 3.0, -6.0], "recency_days": [2, 2, -4], "return_share": [1.0, -1.0, 0]},
            ("High value, long gone", "High value, long gone, few returns", "Low value, recent"),
        ),
    ],
)
def test_names_are_made_of_the_clearest_aspects_and_differ(
    columns: dict[str, Sequence[float]], names: tuple[str, ...]
) -> None:
    given = features(**columns)
    assert names_of(given, np.arange(1, len(given) + 1)) == names


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(*[st.floats(-2, 2)] * len(NAMES)), min_size=2, max_size=12))
def test_no_two_clusters_share_a_name(rows: list[tuple[float, ...]]) -> None:
    names = names_of(np.array(rows), np.arange(1, len(rows) + 1))
    assert len(set(names)) == len(rows)


def test_profiles_are_means_of_the_members() -> None:
    rows = crowd()
    rows[0] |= {"inter_purchase_days": 4.0}
    rows[1] |= {"inter_purchase_days": 7.0, "monetary_eur": Decimal("10.13")}
    found = records(profiled(rows, grouped(rows).accepted).accepted)
    assert [(row["cluster"], row["customers"]) for row in found] == [(1, 20), (2, 20)]
    assert [row["mean_monetary_eur"] for row in found] == [Decimal("1029.50"), Decimal("10.01")]
    assert [row["mean_inter_purchase_days"] for row in found] == [None, 5.5]
    assert [row["mean_frequency"] for row in found] == [9, 1]


def without_one(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return rows[1:]


def another_day(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {"as_of_date": date(2011, 12, 10)} for row in rows]


@pytest.mark.parametrize("changed", [without_one, another_day])
def test_profiles_of_other_customers_are_refused(
    changed: Callable[[list[dict[str, Any]]], list[dict[str, Any]]],
) -> None:
    with pytest.raises(PermanentError, match="not those of the newest customer_360"):
        profiled(changed(crowd()), grouped(crowd()).accepted)
