"""A learner that tells how long it fitted and predicted, so that a figure can leave that out."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

import pandas as pd

from work_data_hub.domain.pricing.ports import Floats, Regressor
from work_data_hub.io.learners.gbm import GbmLearner

Made = TypeVar("Made")


@dataclass(slots=True)
class Stopwatch:
    """Seconds by what was done in them."""

    seconds: dict[str, float] = field(default_factory=dict)

    def of(self, name: str, work: Callable[[], Made]) -> Made:
        """Do it and add up how long it took."""
        began = time.perf_counter()
        try:
            return work()
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began

    @property
    def total(self) -> float:
        """All seconds."""
        return sum(self.seconds.values())


@dataclass(slots=True)
class TimedRegressor:
    """A regressor whose fits and predictions are timed."""

    real: Regressor
    watch: Stopwatch

    def fit(self, features: pd.DataFrame, target: Floats, categorical: Sequence[str]) -> Self:
        """Learn from rows."""
        self.watch.of("fit", lambda: self.real.fit(features, target, categorical))
        return self

    def predict(self, features: pd.DataFrame) -> Floats:
        """Give the usual value of each row."""
        return self.watch.of("predict", lambda: self.real.predict(features))

    def predict_quantiles(self, features: pd.DataFrame, quantiles: Sequence[float]) -> Floats:
        """Give rows by quantiles."""
        return self.watch.of("predict", lambda: self.real.predict_quantiles(features, quantiles))

    def get_params(self) -> Mapping[str, Any]:
        """Give the parameters."""
        return self.real.get_params()

    def set_params(self, **params: Any) -> Self:
        """Change parameters of the next fit."""
        self.real.set_params(**params)
        return self


@dataclass(frozen=True, slots=True)
class TimedLearner:
    """The hub's learner, timed."""

    watch: Stopwatch
    real: GbmLearner = field(default_factory=GbmLearner)

    def new(self, params: Mapping[str, Any], seed: int) -> TimedRegressor:
        """Give a regressor that is not fitted."""
        return TimedRegressor(self.real.new(params, seed), self.watch)

    def dump(self, regressor: Regressor) -> str:
        """Write a fitted regressor as text."""
        return self.real.dump(_real(regressor))

    def load(self, text: str) -> TimedRegressor:
        """Read a regressor that was written."""
        return TimedRegressor(self.real.load(text), self.watch)

    def contributions(self, regressor: Regressor, features: pd.DataFrame, quantile: float) -> Floats:
        """Give the contributions to a quantile."""
        mine = _real(regressor)
        return self.watch.of("contributions", lambda: self.real.contributions(mine, features, quantile))

    def importances(self, regressor: Regressor) -> Mapping[str, float]:
        """Give the gain of each feature."""
        return self.real.importances(_real(regressor))


def _real(regressor: Regressor) -> Regressor:
    return regressor.real if isinstance(regressor, TimedRegressor) else regressor
