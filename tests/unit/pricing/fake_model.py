"""A model of discounts for tests: quantiles are a constant beside what a feature says."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from work_data_hub.domain.pricing.contracts.feature import FEATURES

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class FakeBands:
    q: Floats
    repaired: npt.NDArray[np.bool_]
    widened: Floats


@dataclass(frozen=True)
class FakeDrivers:
    names: npt.NDArray[np.str_]
    effects: Floats


@dataclass
class FakeModel:
    q: Sequence[float] = (0.08, 0.14, 0.21)
    quantiles: Sequence[float] = (0.1, 0.5, 0.9)
    effects: Sequence[float] = (0.031, -0.012, 0.0001)
    seen: list[list[str]] = field(default_factory=list)

    def predict_bands(self, frame: pd.DataFrame) -> FakeBands:
        self.seen.append(list(frame.columns))
        assert list(frame.columns) == list(FEATURES)
        own = frame["cust_discount_365"].to_numpy(np.float64, na_value=0.0)
        return FakeBands(
            np.array(self.q) + (own[:, None] - 1.0), np.zeros(len(frame), bool), np.full(len(frame), 0.01)
        )

    def drivers(self, frame: pd.DataFrame, top: int) -> FakeDrivers:
        names = np.array(["cust_discount_365", "log_quantity", "country"][:top])
        return FakeDrivers(np.tile(names, (len(frame), 1)), np.tile(self.effects[:top], (len(frame), 1)))
