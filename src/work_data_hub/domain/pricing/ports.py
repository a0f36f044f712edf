"""What the price desk needs from a model library, as two small protocols."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int64]


class Regressor(Protocol):
    """A model of one number: its usual value, and its quantiles given the features.

    Features are columns of floats (missing is NaN) and of text (missing is None); `quantiles` is a parameter.
    """

    def fit(self, features: pd.DataFrame, target: Floats, categorical: Sequence[str]) -> Self:
        """Learn from rows; those named are text, all others numbers."""

    def predict(self, features: pd.DataFrame) -> Floats:
        """Give the usual value of each row."""

    def predict_quantiles(self, features: pd.DataFrame, quantiles: Sequence[float]) -> Floats:
        """Give rows by quantiles as they were learnt: they may cross."""

    def get_params(self) -> Mapping[str, Any]:
        """Give the parameters, as plain JSON values."""

    def set_params(self, **params: Any) -> Self:
        """Change parameters of the next fit."""


class Learner(Protocol):
    """Makes regressors and keeps them as text: what is loaded predicts the same to the last bit."""

    def new(self, params: Mapping[str, Any], seed: int) -> Regressor:
        """Give a regressor that is not fitted; equal rows, parameters and seed give an equal one."""

    def dump(self, regressor: Regressor) -> str:
        """Write a fitted regressor as text."""

    def load(self, text: str) -> Regressor:
        """Read a regressor that was written."""

    def contributions(self, regressor: Regressor, features: pd.DataFrame, quantile: float) -> Floats:
        """Say for rows by features how much each moved the quantile from its mean; the last column is that mean."""

    def importances(self, regressor: Regressor) -> Mapping[str, float]:
        """Give the gain of each feature, over all quantiles."""
