"""The truth behind the price desk's files speaks of the order lines that the hub makes of them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.adapters.pricing.drops import by_month, landed

from work_data_hub.domain.pricing.sample.options import PricingOptions
from work_data_hub.domain.pricing.sample.sample import truth_of
from work_data_hub.io.samples.pricing_landing import write_pricing

OPTIONS = PricingOptions(seed=8, lines=1_500)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("landing")
    write_pricing(folder, OPTIONS)
    return folder


@pytest.mark.parametrize("bu_id", ["BU1", "BU2"])
def test_published_lines_have_the_discounts_that_the_truth_expects(root: Path, bu_id: str) -> None:
    lines = pd.concat([month.accepted for month in by_month(landed(root, bu_id), bu_id).values()])
    truth = truth_of(bu_id, OPTIONS)
    low, high = truth.quantile(lines, 0.1), truth.quantile(lines, 0.9)
    bound = lines["negotiated"].to_numpy(dtype=bool)
    assert (low[~bound] < high[~bound]).all()
    assert (low[bound] == high[bound]).all()
    usable = lines["usable"].to_numpy(dtype=bool)
    discounts = lines.loc[usable, "discount_pct"].to_numpy(dtype=np.float64)
    kept = bound[usable]
    assert discounts[kept] == pytest.approx(low[usable][kept], abs=5e-7)
    within = (discounts >= low[usable]) & (discounts <= high[usable])
    # four standard deviations; surcharges are among the lines, and always outside
    assert within[~kept].mean() == pytest.approx(0.8, abs=4 * (0.16 / (~kept).sum()) ** 0.5 + 0.005)
