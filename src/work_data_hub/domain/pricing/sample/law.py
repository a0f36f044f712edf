"""The distribution that discounts are drawn from, line by line, in closed form: quantiles and shares are exact."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

LAW_COLUMNS: Final = ("law_low", "law_span", "law_rise", "law_fall", "law_fixed")
# a discount is kept with six places
_SAME: Final = 5e-7


@dataclass(frozen=True, slots=True)
class DiscountLaw:
    """One distribution per line: low + span x K, K from Kumaraswamy(rise, fall); where `fixed` is a number, only that."""

    low: Floats
    span: Floats
    rise: Floats
    fall: Floats
    fixed: Floats

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Self:
        """Take the distributions of a frame's rows out of its columns."""
        return cls(*(frame[name].to_numpy(dtype=np.float64) for name in LAW_COLUMNS))

    def columns(self) -> dict[str, Floats]:
        """Give the distributions as columns of a frame."""
        return dict(zip(LAW_COLUMNS, self._parts, strict=True))

    def __len__(self) -> int:
        return len(self.low)

    @property
    def contract(self) -> Flags:
        """The lines that always have one discount."""
        return ~np.isnan(self.fixed)

    def take(self, rows: Ints | Flags) -> Self:
        """Give the distributions of some lines."""
        return type(self)(*(part[rows] for part in self._parts))

    def quantile(self, p: float | Floats) -> Floats:
        """Give the discount below which a share `p` of each line's cases lies."""
        inside = (1.0 - (1.0 - p) ** (1.0 / self.fall)) ** (1.0 / self.rise)
        return np.where(self.contract, self.fixed, self.low + self.span * inside)

    def cdf(self, x: float | Floats) -> Floats:
        """Give the share of each line's cases that lies at or below a discount."""
        return np.where(self.contract, x >= self.fixed - _SAME, self._smooth(x))

    def below(self, x: float | Floats) -> Floats:
        """Give the share of each line's cases that lies below a discount, what equals it left out."""
        return np.where(self.contract, x > self.fixed + _SAME, self._smooth(x))

    def coverage(self, low: float | Floats, high: float | Floats) -> Floats:
        """Give the share between two discounts; what equals one of them counts half, as randomised coverage has it."""
        return (self.cdf(high) + self.below(high) - self.cdf(low) - self.below(low)) / 2

    def draw(self, rng: np.random.Generator) -> Floats:
        """Draw one discount per line."""
        return self.quantile(rng.random(len(self)))

    @property
    def _parts(self) -> tuple[Floats, ...]:
        return self.low, self.span, self.rise, self.fall, self.fixed

    def _smooth(self, x: float | Floats) -> Floats:
        inside = np.clip((x - self.low) / self.span, 0.0, 1.0)
        share: Floats = 1.0 - (1.0 - inside**self.rise) ** self.fall
        return share
