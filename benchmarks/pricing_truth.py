"""Order lines whose discounts come from a known law: skewed to the right, and wider for some than for others.

The discount of a line is a place, which features tell, plus a spread times a gamma variable less its mean; the
true quantiles, the chance below any bound and the expected loss of any quantile are closed formulas.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import gammainc, gammaincinv  # type: ignore[import-untyped]  # no published types

Floats = npt.NDArray[np.float64]
QUANTILES = (0.1, 0.5, 0.9)
FAMILIES, REGIONS, TIERS = 40, 5, ("A", "B", "C", "D")
TIER_PLACE, TIER_SPREAD = np.array([0.07, 0.04, 0.015, 0.0]), np.array([1.4, 1.1, 0.9, 0.7])
# the smaller, the more skewed
TIER_SHAPE = np.array([1.5, 2.0, 3.0, 4.0])
DEAL_LINES, FIRST_DAY = 4, date(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class Law:
    """The law of each row's discount: place + spread * (gamma(shape) - shape)."""

    place: Floats
    spread: Floats
    shape: Floats
    tier: npt.NDArray[np.int64]

    def quantiles(self) -> Floats:
        """Give the true quantiles, rows by quantiles."""
        return np.column_stack(
            [self.place + self.spread * (gammaincinv(self.shape, q) - self.shape) for q in QUANTILES]
        )

    def below(self, bound: Floats) -> Floats:
        """Give the chance of each row's discount to lie below a bound."""
        chance: Floats = gammainc(self.shape, np.maximum(self._standard(bound), 0))
        return chance

    def coverage(self, q: Floats) -> Floats:
        """Give the chance of each row's discount to lie within its outer quantiles."""
        return self.below(q[:, -1]) - self.below(q[:, 0])

    def loss(self, q: Floats) -> float:
        """Give the expected pinball loss of quantiles, mean over rows and quantiles."""
        losses = []
        for at, level in enumerate(QUANTILES):
            z = np.maximum(self._standard(q[:, at]), 0)
            left = self.spread * (z * gammainc(self.shape, z) - self.shape * gammainc(self.shape + 1, z))
            right = self.place - q[:, at] + left
            losses.append(level * right + (1 - level) * left)
        return float(np.mean(losses))

    def _standard(self, bound: Floats) -> Floats:
        return (bound - self.place) / self.spread + self.shape


@dataclass(frozen=True, slots=True)
class Effects:
    """What families and regions do to place and spread; drawn once."""

    family: Floats
    family_spread: Floats
    family_quantity: Floats
    region: Floats

    @classmethod
    def drawn(cls) -> "Effects":
        """Draw the effects by a seed of their own."""
        draw = np.random.default_rng(11)
        return cls(
            draw.normal(0, 0.03, FAMILIES),
            np.exp(draw.normal(0, 0.3, FAMILIES)),
            draw.normal(0.012, 0.006, FAMILIES),
            draw.normal(0, 0.01, REGIONS),
        )


def lines(count: int, seed: int, after_days: int = 0) -> tuple[pd.DataFrame, Law]:
    """Give order lines in the columns that training reads, in time order, and their law; `after_days` begins later."""
    draw, effects = np.random.default_rng(seed), Effects.drawn()
    family, region = draw.integers(0, FAMILIES, count), draw.integers(0, REGIONS, count)
    tier = draw.choice(len(TIERS), count, p=[0.15, 0.25, 0.35, 0.25])
    quantity, price = np.abs(draw.normal(2.5, 1.5, count)), draw.normal(4, 1, count) + 0.1 * (family % 7)
    own = np.clip(draw.normal(0.15 + 0.3 * TIER_PLACE[tier], 0.06, count), -0.05, 0.6)
    own[draw.random(count) < 0.1] = np.nan
    place = 0.08 + effects.family[family] + TIER_PLACE[tier] + effects.region[region]
    place += effects.family_quantity[family] * np.minimum(quantity, 5)
    place += 0.35 * (np.nan_to_num(own, nan=0.15) - 0.15) + 0.01 * np.tanh(price - 4)
    spread = 0.022 * TIER_SPREAD[tier] * effects.family_spread[family] * (1 + 0.15 * np.minimum(quantity, 4))
    law = Law(place, spread, TIER_SHAPE[tier], tier)
    discount = place + spread * (gammaincinv(law.shape, draw.random(count)) - law.shape)
    frame = pd.DataFrame(
        {
            "product_family": np.char.add("F", family.astype(str)),
            "region": np.char.add("R", region.astype(str)),
            "customer_tier": np.array(TIERS)[tier],
            "qty_band": np.array(["1-9", "10-99", "100-999", "1000+"])[np.digitize(quantity, [1.5, 3, 5])],
            "country": np.char.add(
                np.char.add("C", region.astype(str)), draw.integers(0, 3, count).astype(str)
            ),
            **_numbers(draw, quantity, price, own, 0.12 + effects.family[family]),
            "negotiated": draw.random(count) < 0.1,
            "discount_pct": np.round(discount, 6),
            **_keys(count, after_days),
        }
    )
    return frame, law


def _numbers(
    draw: np.random.Generator, quantity: Floats, price: Floats, own: Floats, family: Floats
) -> dict[str, Floats]:
    """Give the numeric features: some tell of the place, some tell it again with noise, some tell nothing."""
    count = len(quantity)
    pair = np.where(draw.random(count) < 0.5, np.nan, own + draw.normal(0, 0.05, count))
    return {
        "log_quantity": quantity,
        "log_list_price": price,
        "log_list_value": quantity + price,
        "order_lines": np.full(count, float(DEAL_LINES)),
        "log_order_value": quantity + price + draw.exponential(1, count),
        "cust_week_line_count": draw.integers(DEAL_LINES, 12, count).astype(float),
        "log_cust_week_value": quantity + price + draw.exponential(1.5, count),
        "cust_discount_365": own,
        "cust_lines_365": np.floor(draw.exponential(40, count)),
        "log_cust_value_365": draw.normal(9, 2, count),
        "cust_recency_days": np.floor(draw.exponential(20, count)),
        "prod_discount_365": family + draw.normal(0, 0.02, count),
        "prod_lines_365": np.floor(draw.exponential(100, count)),
        "pair_discount_365": pair,
        "pair_lines_365": np.where(np.isnan(pair), 0, np.floor(draw.exponential(4, count))),
        "pair_last_discount": pair + draw.normal(0, 0.03, count),
        "family_discount_365": family + draw.normal(0, 0.004, count),
        "list_price_change": draw.choice([0.0, 0.0, 0.03], count),
    }


def _keys(count: int, after_days: int) -> dict[str, object]:
    at = np.arange(count)
    days = after_days + at // DEAL_LINES * DEAL_LINES * 700 // count
    return {
        "order_id": np.char.add(f"{after_days}-", (at // DEAL_LINES).astype(str)),
        "order_line_id": (at % DEAL_LINES).astype(str),
        "order_date": [FIRST_DAY + timedelta(days=int(day)) for day in days],
        "line_kind": "order",
        "usable": True,
    }
