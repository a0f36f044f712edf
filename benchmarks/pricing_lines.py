"""Features of the two real business units, from their files and by the hub's own rules."""

from pathlib import Path

import pandas as pd
from tests.adapters.pricing.drops import CONFIG, by_month, landed
from tests.adapters.pricing.test_real_lines import sales_by_month

from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.pricing.features.build import order_features
from work_data_hub.domain.pricing.silver.inputs import order_line_inputs
from work_data_hub.domain.pricing.silver.order_line import make_order_line
from work_data_hub.domain.retail.contracts.silver import SALES_LINE

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def reseller_features() -> pd.DataFrame:
    """Give the features of AdventureWorks' order lines."""
    months = by_month(landed(DATA, "AW"), "AW")
    return _features([outcome.accepted for outcome in months.values()], "AW")


def wholesale_features() -> pd.DataFrame:
    """Give the features of Online Retail's wholesale lines."""
    sales = dict(sales_by_month())
    refs = [ref for ref in order_line_inputs(CONFIG.units, {SALES_LINE.key: SALES_LINE}) if ref.read_by("OR")]
    made = []
    for month in sales:
        places = {ref.name: month.shift(ref.month_offset) for ref in refs}
        frames = {name: sales[at] for name, at in places.items() if at in sales}
        made.append(make_order_line(BuildContext(month, frames, CONFIG, member="OR")).accepted)
    return _features(made, "OR")


def _features(lines: list[pd.DataFrame], bu_id: str) -> pd.DataFrame:
    return order_features(pd.concat(lines, ignore_index=True), None, CONFIG.unit(bu_id))
