"""Local amounts become euro, and margins come from cost or from an agreed share: exact sums, rounded once."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np
import pyarrow as pa

from work_data_hub.domain.kernel.errors import ConfigurationError, PermanentError
from work_data_hub.domain.pipelines.exact import Integers, cents_at, decimals
from work_data_hub.domain.retail.config import RetailConfig
from work_data_hub.domain.retail.contracts.shapes import EUROS
from work_data_hub.domain.retail.frames.grouping import Codes, Flags

LOCAL_DIGITS: Final = 4
RATE_DIGITS: Final = 8
_SHARE_DIGITS: Final = 4
_ONE: Final = 10**_SHARE_DIGITS
ACTUAL: Final = "Actual"
ESTIMATED: Final = "Estimated"


def brand_rates(systems: Codes, rates: Integers) -> Integers:
    """Give each brand's one rate; two rates of one brand are refused."""
    found = np.zeros(systems.size, np.int64)
    found[systems.rows] = rates
    if (found[systems.rows] != rates).any():
        raise PermanentError(
            "a brand's lines carry two exchange rates",
            expected="one rate per brand at the one valuation date",
            fix="build retail/silver/sales_line again for the months that an older rate made",
        )
    return found


def euros(amounts: Integers, rates: Integers) -> Integers:
    """Divide sums of local amounts by the rates of their currencies, into cents."""
    return cents_at(amounts, LOCAL_DIGITS, rates, RATE_DIGITS)


def average_euros(amounts: Integers, counts: Integers, rates: Integers) -> pa.Array:
    """Divide sums of local amounts by counts, in cents, rounded once; null where nothing was counted."""
    return decimals(euros(amounts, rates * np.maximum(counts, 1)), EUROS, counts == 0)


@dataclass(frozen=True, slots=True)
class Margin:
    """What groups earned on sales with a cost, and the revenue of those without, to which a share applies."""

    on_cost: Integers
    without_cost: Integers
    actual: Flags

    def cents(self, shares: Integers, rates: Integers) -> Integers:
        """Give the margin in euro cents; shares are in ten-thousandths."""
        parts = self.on_cost * _ONE + self.without_cost * shares
        return cents_at(parts, LOCAL_DIGITS + _SHARE_DIGITS, rates, RATE_DIGITS)

    @property
    def methods(self) -> pa.Array:
        """Say per group how its margin came about: Actual only where every sale has its cost."""
        return pa.array([ESTIMATED, ACTUAL]).take(pa.array(self.actual.astype(np.int64)))


def category_shares(config: RetailConfig, systems: pa.Array, categories: pa.Array) -> Integers:
    """Give the share of revenue of every brand, in rows, and category, in columns, in ten-thousandths."""
    names, rules = categories.to_pylist(), config.mappings
    shares = [[_whole(rules.margin_share(system, name)) for name in names] for system in systems.to_pylist()]
    return np.array(shares, np.int64).reshape(len(systems), len(names))


def flat_shares(config: RetailConfig, systems: pa.Array) -> Integers:
    """Give each brand's share of revenue where no category is looked at, in ten-thousandths."""
    brands = config.mappings.brands
    return np.array([_whole(brands[system].estimated_margin) for system in systems.to_pylist()], np.int64)


def _whole(share: Decimal) -> int:
    scaled = share.scaleb(_SHARE_DIGITS)
    if scaled != int(scaled):
        raise ConfigurationError(
            f"a margin share of {share} is too fine",
            expected=f"at most {_SHARE_DIGITS} digits behind the point",
            fix="round the share in retail_mappings.yml",
        )
    return int(scaled)
