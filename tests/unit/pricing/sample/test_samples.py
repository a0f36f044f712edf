"""The price desk's sample: what is told of the files is what they hold, and every quirk is there."""

from collections import Counter
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.pricing.sample.recount_lines import (
    account_of,
    day_of,
    discount,
    exclusion,
    months_of,
    number,
    records,
    segments_of,
)

from work_data_hub.domain.kernel.errors import UsageError
from work_data_hub.domain.pricing.contracts.bronze import CELLS
from work_data_hub.domain.pricing.sample.accounts import EXCLUDED
from work_data_hub.domain.pricing.sample.options import PricingOptions
from work_data_hub.domain.pricing.sample.sample import UnitSample, make_samples, truth_of
from work_data_hub.domain.pricing.sample.units import BU1, BU2

OPTIONS = PricingOptions(seed=4, lines=3_000)
NAMES = ["BU1", "BU2"]


@pytest.fixture(scope="module")
def made() -> dict[str, UnitSample]:
    return {sample.unit.bu_id: sample for sample in make_samples(OPTIONS)}


@given(seed=st.integers(0, 100_000), lines=st.integers(400, 1_500))
@settings(max_examples=15, deadline=None)
def test_the_accounts_are_what_the_files_come_to(seed: int, lines: int) -> None:
    for sample in make_samples(PricingOptions(seed=seed, lines=lines)):
        told = sample.told()
        orders, quotes = records(sample, "orders"), records(sample, "quotes")
        assert told["expected"] == account_of(sample, orders, quotes)
        assert told["months"] == months_of(sample)
        assert len(told["months"]) == 12
        assert min(told["quirks"].values()) > 0
        assert told["expected"]["exclusions"].keys() == {*EXCLUDED.values(), "quote"}
        assert told["unseen"]["customers"] == told["unseen"]["products"] == 4
        assert told["structure"]["thin_segments"] > 0
        assert told["structure"]["customers_without_region"] > 0


@pytest.mark.parametrize("name", NAMES)
def test_quirks_are_counted_as_they_stand(made: dict[str, UnitSample], name: str) -> None:
    sample = made[name]
    rows, quirks = records(sample, "orders"), sample.told()["quirks"]
    prices = [(number(row, "list_price"), number(row, "sell_price")) for row in rows]
    assert sum(price is None for price, _ in prices) == quirks["list_price_null"]
    assert sum(price == 0 for price, _ in prices) == quirks["list_price_zero"]
    assert sum(sell is None for _, sell in prices) == quirks["sell_price_null"]
    assert sum(sell == 0 for _, sell in prices) == quirks["free_sample"]
    assert sum(-1 < (discount(row) or 0) < 0 for row in rows) == quirks["surcharge"]
    assert sum(row["currency"] != sample.unit.currency for row in rows) == quirks["other_currency"]
    assert len(rows) - len({tuple(row.items()) for row in rows}) == quirks["repeated"]
    slashes = sum("/" in (row["order_date"] or "") for row in rows)
    assert slashes == quirks.get("date_with_slashes", 0)
    assert (slashes > 0) == (name == "BU1")


@pytest.mark.parametrize("name", NAMES)
def test_the_structure_is_counted_as_it_stands(made: dict[str, UnitSample], name: str) -> None:
    sample, rows = made[name], records(made[name], "orders")
    told: dict[str, Any] = sample.told()["structure"]
    lines = Counter(row["customer_id"] for row in rows)
    assert sum(many == 1 for many in lines.values()) == told["customers_with_one_line"] > 0
    segments = segments_of(sample)
    assert (len(segments), sum(many < 30 for many in segments.values())) == (
        told["segments"],
        told["thin_segments"],
    )
    sizes = Counter(row["order_id"] for row in {tuple(row.items()): row for row in rows}.values())
    assert max(sizes.values()) == told["deal_lines"] == {"BU1": 300, "BU2": 150}[name]
    quoted = {row["order_id"] for row in rows if row.get("quote_id")}
    assert (len(quoted), len(sizes)) == (told["quoted_orders"], told["orders"])


def test_one_deal_has_400_lines_in_each_unit_of_the_usual_size() -> None:
    for sample in make_samples(PricingOptions()):
        assert sample.told()["structure"]["deal_lines"] == 400


@pytest.mark.parametrize("name", NAMES)
def test_a_week_spans_new_year(made: dict[str, UnitSample], name: str) -> None:
    rows = records(made[name], "orders")
    within = [row for row in rows if day_of(row).isocalendar()[:2] == (2025, 1)]
    before = {row["customer_id"] for row in within if day_of(row) < date(2025, 1, 1)}
    after = {row["customer_id"] for row in within if day_of(row) >= date(2025, 1, 1)}
    told = made[name].told()["structure"]
    old = sum(day_of(row) < date(2025, 1, 1) for row in within)
    assert told["new_year_lines"] == (old, len(within) - old)
    assert 3 <= told["new_year_customers"] <= len(before & after)


@pytest.mark.parametrize("name", NAMES)
def test_a_framework_contract_is_exact_on_every_line(made: dict[str, UnitSample], name: str) -> None:
    contracts = made[name].told()["contracts"]
    rows = records(made[name], "orders")
    bound = [row for row in rows if row["negotiated"] == "true"]
    assert {row["customer_id"] for row in bound} <= contracts.keys()
    assert len(bound) == made[name].told()["structure"]["contract_lines"] > 0
    assert all(discount(row) == Decimal(contracts[str(row["customer_id"])]) for row in bound)
    assert all(row["customer_id"] not in contracts for row in rows if row["negotiated"] == "false")


def test_about_four_in_ten_orders_of_the_first_unit_come_from_a_quote(made: dict[str, UnitSample]) -> None:
    told = made["BU1"].told()["structure"]
    assert told["quoted_orders"] / told["orders"] == pytest.approx(0.4, abs=0.06)
    assert made["BU2"].told()["structure"]["quoted_orders"] == 0


@pytest.mark.parametrize("name", NAMES)
def test_list_prices_rise_in_july(made: dict[str, UnitSample], name: str) -> None:
    priced = [row for row in records(made[name], "orders") if number(row, "list_price")]
    prices = {
        late: {
            row["product_id"]: number(row, "list_price")
            for row in priced
            if late is (day_of(row).month in range(7, 12))
        }
        for late in (False, True)
    }
    both = prices[False].keys() & prices[True].keys()
    changes = [(prices[True][product] or 0) / (prices[False][product] or 1) - 1 for product in both]
    assert min(changes) >= 0
    assert 0.04 < sum(changes) / len(changes) < 0.12


@pytest.mark.parametrize("name", NAMES)
def test_quotes_are_open_and_hold_the_unseen(made: dict[str, UnitSample], name: str) -> None:
    sample = made[name]
    orders, quotes = records(sample, "orders"), records(sample, "quotes")
    assert all("sell_price" not in row for row in quotes)
    assert {day_of(row).strftime("%Y-%m") for row in quotes} == {"2025-11"}
    unseen = sample.told()["unseen"]
    for key, told in (("customer_id", unseen["customers"]), ("product_id", unseen["products"])):
        new = {row[key] for row in quotes} - {row[key] for row in orders}
        assert len(new) >= told == 4
    assert not {row["order_id"] for row in quotes} & {row.get("quote_id") for row in orders}


def test_the_look_ups_leave_out_one_new_customer_and_product_and_some_regions(
    made: dict[str, UnitSample],
) -> None:
    sample = made["BU1"]
    products = {row["product_id"] for row in records(sample, "lookups/products")}
    customers = {row["customer_id"]: row for row in records(sample, "lookups/customers")}
    orders, quotes = records(sample, "orders"), records(sample, "quotes")
    assert {row["product_id"] for row in orders} <= products
    assert {row["customer_id"] for row in orders} <= customers.keys()
    assert len({row["product_id"] for row in quotes} - products) == 1
    assert len({row["customer_id"] for row in quotes} - customers.keys()) == 1
    without = {key for key, row in customers.items() if row["region"] is None}
    lines = sum(row["customer_id"] in without for row in orders)
    assert lines == sample.told()["structure"]["lines_without_region"] > 0


def test_headers_are_the_hubs_names_but_where_the_second_unit_says_otherwise(
    made: dict[str, UnitSample],
) -> None:
    known = {column.name for column in CELLS}
    for sample in made.values():
        for row in (records(sample, "orders")[0], records(sample, "quotes")[0]):
            assert row.keys() <= known
    raw = {name: set(made[name].files[0].table.column_names) for name in NAMES}
    assert raw["BU1"] <= known
    assert raw["BU2"] - known == set(BU2.headers.values())
    assert "unit_cost" in raw["BU1"] - raw["BU2"]
    assert {"region", "product_family", "customer_tier"} <= raw["BU2"] - raw["BU1"]


def test_the_units_differ_in_currency_and_families() -> None:
    assert BU1.currency != BU2.currency
    assert not {family.name for family in BU1.families} & {family.name for family in BU2.families}


def test_the_same_seed_gives_the_same_lines_and_another_gives_others(made: dict[str, UnitSample]) -> None:
    again, other = make_samples(OPTIONS), make_samples(PricingOptions(seed=5, lines=3_000))
    for sample in again:
        assert [file.table for file in sample.files] == [file.table for file in made[sample.unit.bu_id].files]
    assert other[0].files[0].table != again[0].files[0].table


def test_the_truth_of_a_unit_is_that_of_its_sample(made: dict[str, UnitSample]) -> None:
    for name in NAMES:
        truth, same = truth_of(name, OPTIONS), made[name].truth
        for part in ("customers", "products"):
            found, expected = asdict(getattr(truth.catalogue, part)), asdict(getattr(same.catalogue, part))
            assert all(np.array_equal(found[key], expected[key], equal_nan=True) for key in found)


def test_a_line_is_odd_in_one_way_only(made: dict[str, UnitSample]) -> None:
    rows = records(made["BU1"], "orders")
    foreign = [row for row in rows if row["currency"] != "EUR"]
    assert foreign
    assert all(exclusion(row) is None for row in foreign)


def test_too_few_lines_are_wrong_usage() -> None:
    with pytest.raises(UsageError, match="every quirk"):
        PricingOptions(lines=399)
