"""The one rate of each currency, and exact amounts in euro to six decimals."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import pandas as pd

from work_data_hub.domain.kernel.errors import InputRefusedError, PermanentError
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.exact import Integers, scaled

RATE_DIGITS: Final = 8
FINE_DIGITS: Final = 6
_LIMIT: Final = int(np.iinfo(np.int64).max)
# eighteen digits: what the column holds
_LARGEST: Final = 10**18


@dataclass(frozen=True, slots=True)
class Rates:
    """Units of each currency for one euro, as whole numbers of the eighth decimal."""

    by_currency: Mapping[str, int]

    @classmethod
    def of(cls, rates: pd.DataFrame) -> Self:
        """Take over the table of rates."""
        found = scaled(rates["units_per_eur"]).tolist()
        return cls(dict(zip(arrow(rates, "currency").to_pylist(), found, strict=True)))

    def rate(self, currency: str) -> int:
        """Give the rate of a currency, or refuse to go on without one."""
        if currency in self.by_currency:
            return self.by_currency[currency]
        raise InputRefusedError(
            f"no exchange rate of {currency} is known",
            expected=f"one of {', '.join(sorted(self.by_currency)) or 'the table of rates, which is empty'}",
            fix="build retail/silver/fx_rate anew, or correct the brand's currency in retail_mappings.yml",
        )


def fine_euros(amounts: Integers, digits: int, rate: int) -> Integers:
    """Divide amounts by a rate into millionths of a euro, half away from zero; all of it in whole numbers."""
    shift = RATE_DIGITS + FINE_DIGITS - digits
    size = np.abs(amounts)
    # Python's integers know no overflow
    quotient = (int(size.max(initial=0)) + 1) * 10**shift // max(rate, 1)
    if shift < 0 or not 0 < rate <= _LIMIT // 10 or quotient >= _LARGEST:
        raise PermanentError(
            "an amount is too large for exact euros", fix="correct the amount in its source, or the rate"
        )
    whole, rest = np.divmod(size, rate)
    step = min(shift, len(str(_LIMIT // rate)) - 1)
    while shift:
        step = min(step, shift)
        more, rest = np.divmod(rest * 10**step, rate)
        whole, shift = whole * 10**step + more, shift - step
    whole += rest >= rate - rest
    return np.where(amounts < 0, -whole, whole)
