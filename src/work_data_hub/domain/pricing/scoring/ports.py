"""What scoring needs of a model: bands for rows, and what moved them."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from work_data_hub.domain.pricing.policy.rows import Flags, Floats


class PredictedBands(Protocol):
    """Quantiles of rows before guardrails."""

    @property
    def q(self) -> Floats:
        """Rows by quantiles, in order."""

    @property
    def repaired(self) -> Flags:
        """Rows whose quantiles crossed."""

    @property
    def widened(self) -> Floats:
        """What calibration added to the width of each row's band."""


class Moved(Protocol):
    """The features that moved the median of rows, the strongest first: rows by rank."""

    @property
    def names(self) -> npt.NDArray[np.str_]:
        """Names of the features."""

    @property
    def effects(self) -> Floats:
        """By how much of the list price each moved the discount."""


class BandModel(Protocol):
    """A model of discounts, fitted elsewhere; it is handed the features alone."""

    @property
    def quantiles(self) -> Sequence[float]:
        """The quantiles it predicts, rising."""

    def predict_bands(self, frame: pd.DataFrame) -> PredictedBands:
        """Predict the bands of rows."""

    def drivers(self, frame: pd.DataFrame, top: int) -> Moved:
        """Say which features moved the median of each row most."""
