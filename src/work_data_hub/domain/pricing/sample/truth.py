"""What the discount of a line is drawn from: the true quantiles and shares, for tests and figures.

A net price is rounded to cents, which moves a discount by less than 0.0003; surcharges, free samples and prices keyed
wrong are no part of it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from work_data_hub.domain.kernel.errors import UsageError
from work_data_hub.domain.pricing.sample.catalogue import Catalogue
from work_data_hub.domain.pricing.sample.law import DiscountLaw, Floats, Ints
from work_data_hub.domain.pricing.sample.options import PRICE_RISE
from work_data_hub.domain.pricing.sample.units import (
    BANDS,
    UNKNOWN_FAMILY,
    UNKNOWN_REGION,
    UNKNOWN_TIER,
    Unit,
)

Days = npt.NDArray[np.datetime64]

# what customers keep of their old net price after list prices have risen
LEVEL_SHIFT: Final = 0.015


@dataclass(frozen=True, slots=True)
class UnitTruth:
    """The true distributions of a business unit; lines are frames with customer_id, product_id, quantity, order_date."""

    unit: Unit
    catalogue: Catalogue

    def quantile(self, lines: pd.DataFrame, p: float | Floats) -> Floats:
        """Give the true quantile of each line's discount."""
        return self.law(lines).quantile(p)

    def cdf(self, lines: pd.DataFrame, x: float | Floats) -> Floats:
        """Give the true share of each line's cases at or below a discount."""
        return self.law(lines).cdf(x)

    def law(self, lines: pd.DataFrame) -> DiscountLaw:
        """Give the true distribution of each line's discount."""
        return self.law_at(
            _numbers(self.catalogue.customers.ids(), lines, "customer_id"),
            _numbers(self.catalogue.products.ids(), lines, "product_id"),
            lines["quantity"].to_numpy(dtype=np.float64),
            lines["order_date"].to_numpy(dtype="datetime64[D]"),
        )

    def law_at(self, customer: Ints, product: Ints, quantity: Ints | Floats, day: Days) -> DiscountLaw:
        """Give the distributions of lines by the numbers of their customers and products."""
        people, goods = self.catalogue.customers, self.catalogue.products
        families = (*self.unit.families, UNKNOWN_FAMILY)
        tiers, regions = (*self.unit.tiers, UNKNOWN_TIER), (*self.unit.regions, UNKNOWN_REGION)
        family, tier, region = goods.family[product], people.tier[customer], people.region[customer]
        band = band_numbers(quantity)
        low = (
            np.array([each.low for each in families])[family]
            + np.array([each.shift for each in tiers])[tier]
            + np.array([each.shift for each in regions])[region]
            + np.array([shift for _, shift, _ in BANDS])[band]
            + people.effect[customer]
            + LEVEL_SHIFT * (day >= np.datetime64(PRICE_RISE))
        )
        span = (
            np.array([each.span for each in families])[family]
            * np.array([each.spread for each in tiers])[tier]
            * np.array([spread for _, _, spread in BANDS])[band]
        )
        shapes = np.array([each.shapes for each in families])[family]
        # no discount is negative: what is sold above its list price is a quirk, and counted as one
        return DiscountLaw(
            np.maximum(low, 0.0), span, shapes[:, 0], shapes[:, 1], people.contract[customer].copy()
        )


def band_numbers(quantity: Ints | Floats) -> Ints:
    """Give the number of each quantity's band; what lies below the first floor is put into the first band."""
    floors = [floor for floor, _, _ in BANDS]
    bands: Ints = np.maximum(np.searchsorted(floors, quantity, side="right") - 1, 0)
    return bands


def _numbers(names: list[str], lines: pd.DataFrame, column: str) -> Ints:
    found: Ints = pd.Index(names).get_indexer(pd.Index(lines[column].to_numpy(dtype=object))).astype(np.int64)
    if (found < 0).any():
        raise UsageError(
            f"{column} {lines[column].iloc[int(found.argmin())]} is nobody the sample knows",
            expected="lines of the same sample: same seed, same size, same business unit",
            fix="take the truth of the options that the files were written with",
        )
    return found
