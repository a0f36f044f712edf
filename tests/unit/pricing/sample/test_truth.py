"""The truth about discounts: drawn ones obey it line by line, whatever they are grouped by, and it stays in bounds."""

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from work_data_hub.domain.kernel.errors import UsageError
from work_data_hub.domain.pricing.sample.law import Flags
from work_data_hub.domain.pricing.sample.lines import Lines
from work_data_hub.domain.pricing.sample.options import PRICE_RISE, PricingOptions
from work_data_hub.domain.pricing.sample.sample import UnitSample, make_sample, make_truth
from work_data_hub.domain.pricing.sample.truth import LEVEL_SHIFT, UnitTruth, band_numbers
from work_data_hub.domain.pricing.sample.units import BU1, BU2, WIDE, Unit

OPTIONS = PricingOptions(seed=9, lines=20_000)


@pytest.fixture(scope="module")
def made() -> UnitSample:
    return make_sample(BU1, OPTIONS, OPTIONS.lines)


def frame_of(truth: UnitTruth, lines: Lines) -> pd.DataFrame:
    people, goods = truth.catalogue.customers.ids(), truth.catalogue.products.ids()
    return pd.DataFrame(
        {
            "customer_id": [people[at] for at in lines.customer],
            "product_id": [goods[at] for at in lines.product],
            "quantity": lines.quantity,
            "order_date": lines.day,
        }
    )


def drawn(made: UnitSample) -> tuple[pd.DataFrame, np.ndarray]:
    """Give the ordinary lines without a contract, and their discounts."""
    people = made.truth.catalogue.customers
    usual = made.orders.take((made.orders.mark == 0) & np.isnan(people.contract[made.orders.customer]))
    return frame_of(made.truth, usual), 1 - usual.sell_cents / usual.list_cents


@pytest.mark.parametrize("p", [0.1, 0.25, 0.5, 0.9])
def test_discounts_lie_below_their_quantiles_as_often_as_they_should(made: UnitSample, p: float) -> None:
    lines, discounts = drawn(made)
    below = discounts <= made.truth.quantile(lines, p)
    for rows in groups(made, lines):
        many = len(below[rows])
        assert below[rows].mean() == pytest.approx(p, abs=4.5 * (p * (1 - p) / many) ** 0.5 + 2e-3)


def groups(made: UnitSample, lines: pd.DataFrame) -> list[Flags]:
    customer = lines["customer_id"].str[1:].astype(int).to_numpy() - 10_001
    tier = made.truth.catalogue.customers.tier[customer]
    late = lines["order_date"].to_numpy() >= np.datetime64(PRICE_RISE)
    bands = band_numbers(lines["quantity"].to_numpy())
    every = np.ones(len(lines), dtype=np.bool_)
    return [every, *(tier == each for each in range(3)), late, ~late, *(bands == each for each in range(3))]


def test_the_share_at_a_drawn_discount_is_uniform(made: UnitSample) -> None:
    lines, discounts = drawn(made)
    shares = np.sort(made.truth.cdf(lines, discounts))
    steps = (np.arange(len(shares)) + 0.5) / len(shares)
    # Kolmogorov's distance, beyond its 0.1 % point
    assert np.abs(shares - steps).max() < 2.2 / len(shares) ** 0.5


@pytest.mark.parametrize("unit", [BU1, BU2, WIDE], ids=["BU1", "BU2", "wide"])
def test_true_discounts_lie_between_nothing_and_all(unit: Unit) -> None:
    for seed in range(5):
        truth = make_truth(unit, PricingOptions(seed=seed), 2_000)
        rng = np.random.default_rng(seed)
        people, goods = truth.catalogue.customers, truth.catalogue.products
        customer = rng.integers(0, len(people.region), 4_000)
        product = rng.integers(0, len(goods.family), 4_000)
        quantity = np.exp(rng.uniform(0, 8, 4_000)).astype(np.int64)
        law = truth.law_at(customer, product, quantity, np.full(4_000, np.datetime64("2025-09-01")))
        assert law.low.min() >= 0
        assert (law.low + law.span).max() < 1
        assert 0 < np.nanmin(law.fixed) <= np.nanmax(law.fixed) < 1


def test_the_distribution_is_wider_and_higher_where_it_should_be(made: UnitSample) -> None:
    day = date(2025, 3, 4)
    people, goods = made.truth.catalogue.customers, made.truth.catalogue.products
    free = np.isnan(people.contract)
    high, low = (np.flatnonzero((people.tier == tier) & free & (people.region == 0)) for tier in (0, 2))
    product = int(np.flatnonzero(goods.family == 0)[0])

    def law(customers: np.ndarray, quantity: int) -> tuple[float, float]:
        found = made.truth.law_at(
            customers,
            np.full(len(customers), product),
            np.full(len(customers), quantity),
            days(day, customers),
        )
        return float(found.low.mean()), float(found.span.mean())

    assert law(high, 5)[0] > law(low, 5)[0]
    assert law(high, 5)[1] < law(low, 5)[1]
    assert law(low, 500)[0] > law(low, 5)[0]
    assert law(low, 500)[1] > law(low, 5)[1]


def days(day: date, like: np.ndarray) -> np.ndarray:
    return np.full(len(like), np.datetime64(day))


def test_the_level_shifts_with_the_list_prices(made: UnitSample) -> None:
    lines, _ = drawn(made)
    free = made.truth.law(lines).low > 0.05
    before = lines.assign(order_date=np.datetime64("2025-06-30"))[free]
    after = lines.assign(order_date=np.datetime64("2025-07-01"))[free]
    shift = made.truth.quantile(after, 0.5) - made.truth.quantile(before, 0.5)
    assert shift == pytest.approx(np.full(len(before), LEVEL_SHIFT))


def test_lines_in_the_hubs_types_are_understood(made: UnitSample) -> None:
    lines, _ = drawn(made)
    few = lines.head(50)
    table = pa.table(
        {
            "customer_id": pa.array(few["customer_id"].tolist()),
            "product_id": pa.array(few["product_id"].tolist()),
            "quantity": pa.array([Decimal(many) for many in few["quantity"]], pa.decimal128(18, 4)),
            "order_date": pa.array(few["order_date"].dt.date.tolist(), pa.date32()),
        }
    )
    typed = table.to_pandas(types_mapper=pd.ArrowDtype)
    assert made.truth.quantile(typed, 0.9).tolist() == made.truth.quantile(few, 0.9).tolist()


def test_a_customer_of_another_sample_is_refused(made: UnitSample) -> None:
    lines = drawn(made)[0].head(2).assign(customer_id=["C10001", "C99999"])
    with pytest.raises(UsageError, match="customer_id C99999"):
        made.truth.quantile(lines, 0.5)


@pytest.mark.parametrize(
    ("quantity", "band"), [(0.5, 0), (1, 0), (9.9, 0), (10, 1), (99, 1), (100, 2), (999, 2), (1000, 3)]
)
def test_a_band_begins_at_its_floor(quantity: float, band: int) -> None:
    assert band_numbers(np.array([quantity])).tolist() == [band]
