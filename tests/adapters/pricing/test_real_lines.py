"""The order lines of the two real business units, held to what is known of their discounts."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from tests.adapters.pricing.drops import CONFIG, by_month, landed
from tests.unit.pricing.silver.bronze_rows import held
from tests.unit.retail.silver_rows import config as retail_config
from tests.unit.retail.silver_rows import rates

from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.sheets import DropPart
from work_data_hub.domain.pricing.silver.inputs import order_line_inputs
from work_data_hub.domain.pricing.silver.order_line import make_order_line
from work_data_hub.domain.retail.bronze.intakes import INTAKES
from work_data_hub.domain.retail.contracts.bronze import EUROSTYLE_LINES
from work_data_hub.domain.retail.contracts.silver import SALES_LINE
from work_data_hub.domain.retail.silver.sales_line import make_sales_line
from work_data_hub.io.readers.drop_reader import read_drop

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
REAL = [
    pytest.mark.realdata,
    pytest.mark.skipif(not DATA.exists(), reason="the public data sets are not beside the project"),
]
pytestmark = [*REAL, pytest.mark.xdist_group("pricing_real")]


def discounts(lines: pd.DataFrame) -> pd.Series:
    return lines["discount_pct"].astype("float64")


@pytest.fixture(scope="module")
def resellers() -> pd.DataFrame:
    """AdventureWorks' order lines."""
    months = by_month(landed(DATA, "AW"), "AW")
    assert len(months) == 33
    return pd.concat([held(outcome).accepted for outcome in months.values()])


def sales_by_month() -> Iterator[tuple[Period, pd.DataFrame]]:
    """Give the retail sales lines of each month, from the files and by the retail rules."""
    (intake,) = [drop for drop in INTAKES if drop.contract is EUROSTYLE_LINES]
    files = sorted((DATA / "online_retail_ii").glob("year_*.parquet"))
    parts = [DropPart(file.stem, file.name, read) for file in files for read in read_drop(file, intake.drop)]
    lines = intake.make(tuple(parts)).accepted
    for month in Period(2009, 12).until(Period(2011, 12)):
        rows = lines[lines["period"] == month.start]
        frames = {"eurostyle_lines": rows, "fx_rate": rates()}
        yield month, make_sales_line(BuildContext(month, frames, retail_config())).accepted


@pytest.fixture(scope="module")
def wholesale() -> pd.DataFrame:
    """Online Retail's wholesale lines."""
    sales = dict(sales_by_month())
    refs = [ref for ref in order_line_inputs(CONFIG.units, {SALES_LINE.key: SALES_LINE}) if ref.read_by("OR")]
    made = []
    for month in sales:
        months = {ref.name: month.shift(ref.month_offset) for ref in refs}
        frames = {name: sales[at] for name, at in months.items() if at in sales}
        made.append(held(make_order_line(BuildContext(month, frames, CONFIG, member="OR"))).accepted)
    return pd.concat(made)


def test_nearly_every_line_of_a_reseller_has_the_dealers_discount(resellers: pd.DataFrame) -> None:
    found = discounts(resellers)
    assert len(resellers) == 60_855
    assert (found.round(3) == 0.400).mean() == pytest.approx(0.946, abs=0.0005)
    assert (found.min(), found.max()) == (pytest.approx(0.4, abs=5e-6), pytest.approx(0.8, abs=5e-6))
    assert resellers["usable"].all()


def test_the_segments_of_a_reseller_come_through_the_dimensions(resellers: pd.DataFrame) -> None:
    assert set(resellers["product_family"]) == {"Bikes", "Components", "Clothing", "Accessories"}
    assert set(resellers["region"]) == {"North America", "Europe", "Pacific"}
    assert set(resellers["country"]) == {"US", "CA", "FR", "GB", "DE", "AU"}
    assert resellers["customer_tier"].nunique() == 3
    below_cost = (resellers["sell_price"] < resellers["unit_cost"]).mean()
    assert below_cost == pytest.approx(0.36, abs=0.005)


def test_wholesale_lines_have_real_quantity_discounts(wholesale: pd.DataFrame) -> None:
    listed = wholesale[wholesale["discount_pct"].notna()]
    assert len(wholesale) == 60_726
    assert len(listed) == 59_957
    small = listed["quantity"] < Decimal(100)
    zero = {True: 0.61, False: 0.105}
    p90 = {True: 0.18, False: 0.34}
    for flag in (True, False):
        found = discounts(listed[small == flag])
        assert (found == 0).mean() == pytest.approx(zero[flag], abs=0.005)
        assert found.quantile(0.9) == pytest.approx(p90[flag], abs=0.005)


def test_no_wholesale_line_is_smaller_than_25_pieces_or_bought_by_nobody(wholesale: pd.DataFrame) -> None:
    assert wholesale["quantity"].min() == Decimal("25.0000")
    assert set(wholesale["currency"]) == {"GBP"}
    assert set(wholesale["exclusion"].dropna()) == {"no_list_price", "discount_out_of_bounds", "free_sample"}
