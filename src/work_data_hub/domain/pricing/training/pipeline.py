"""Training of one business unit: later deals held back, a model examined on them, and the model of all rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pricing.config import BuConfig, quantile_column
from work_data_hub.domain.pricing.contracts.feature import FEATURES, TARGET
from work_data_hub.domain.pricing.ports import Floats, Learner
from work_data_hub.domain.pricing.training.bands import GROUP, Bands
from work_data_hub.domain.pricing.training.baselines import SegmentBands, last_month
from work_data_hub.domain.pricing.training.errors import LeakageError, NotEnoughHistoryError
from work_data_hub.domain.pricing.training.fitting import fit_model
from work_data_hub.domain.pricing.training.metrics import by_group, measures, r_squared, shares_below
from work_data_hub.domain.pricing.training.model import PriceModel
from work_data_hub.domain.pricing.training.rows import TrainingRows, checked_features, day_of
from work_data_hub.domain.pricing.training.split import time_split

# a median that explains so much of what deals differ in has seen the answer
TOO_GOOD: Final = 0.999


@dataclass(frozen=True, slots=True)
class Exam:
    """A model that learnt from earlier deals alone, the later deals, and its bands and the naive ones on them."""

    model: PriceModel
    train: TrainingRows
    test: TrainingRows
    bands: Bands
    naive: Floats
    last_period: Floats

    @property
    def tiers(self) -> list[str | None]:
        """Give the group of each test row by which calibration is told."""
        found: list[str | None] = arrow(self.test.frame, GROUP).to_pylist()
        return found

    def measures(self, bands: Floats) -> dict[str, float | None]:
        """Give the figures of any bands on the test rows."""
        return measures(self.test.target, bands, self.model.quantiles)

    def metrics(self, keys: tuple[str, ...]) -> dict[str, Any]:
        """Give figures of the model overall, by tier and by each segment key, and those of naive bands."""
        target, quantiles, q = self.test.target, self.model.quantiles, self.bands.q
        below = shares_below(target, q, quantiles)
        groups = {
            key: by_group(target, q, quantiles, arrow(self.test.frame, key).to_pylist())
            for key in dict.fromkeys((GROUP, *keys))
        }
        return {
            **self.measures(q),
            "r_squared": r_squared(target, q[:, quantiles.index(0.5)]),
            "repaired": int(self.bands.repaired.sum()),
            "calibration": {
                quantile_column(level, "q"): float(x) for level, x in zip(quantiles, below, strict=True)
            },
            "by": groups,
            "segment_quantiles": self.measures(self.naive),
            "last_period": self.measures(self.last_period),
            "train_lines": len(self.train),
            "test_lines": len(self.test),
            "test_from": day_of(int(self.test.days.min())).isoformat(),
        }


@dataclass(frozen=True, slots=True)
class PriceTrainingResult:
    """The model of all rows, what it sees and predicts, and how its likeness did on deals it had not seen."""

    model: PriceModel
    feature_columns: tuple[str, ...]
    target_column: str
    metrics: Mapping[str, Any]
    exam: Exam


@dataclass(frozen=True, slots=True)
class PriceTrainingPipeline:
    """Trains the bands of a business unit; `features` are refused where the contract does not declare them."""

    config: BuConfig
    learner: Learner
    features: tuple[str, ...] = FEATURES

    def fit(self, frame: pd.DataFrame, *, test_from: int | None = None) -> PriceTrainingResult:
        """Examine a model on the last deals in time, then learn from all; the test starts on a day, or earlier."""
        features = checked_features(self.features)
        rows = self._enough(TrainingRows.of(frame))
        exam = self._examined(rows, features, test_from)
        metrics = exam.metrics(self.config.segments.keys)
        self._unleaked(metrics["r_squared"])
        model = fit_model(rows, self.config, self.learner, features)
        return PriceTrainingResult(model, features, TARGET, metrics, exam)

    def _enough(self, rows: TrainingRows) -> TrainingRows:
        fewest = self.config.training.min_lines
        if len(rows) < fewest:
            raise NotEnoughHistoryError(
                f"not enough history: {len(rows)} usable lines",
                expected=f"{fewest} (training.min_lines)",
                fix="wait for more lines, or lower training.min_lines of the business unit",
            )
        return rows

    def _examined(self, rows: TrainingRows, features: tuple[str, ...], test_from: int | None) -> Exam:
        rules, limits = self.config.training, self.config.guardrails
        split = time_split(rows.deals, rows.days, rules.test_size, test_from)
        train, test = rows.take(split.train), rows.take(split.test)
        model = fit_model(train, self.config, self.learner, features)
        keys = self.config.segments.keys
        naive, last = (
            SegmentBands.fit(past, keys, rules.quantiles, limits.min_lines).predict(test.frame)
            for past in (train, last_month(train))
        )
        return Exam(model, train, test, model.predict_bands(test.frame), naive, last)

    def _unleaked(self, explained: float | None) -> None:
        if explained is not None and explained >= TOO_GOOD:
            raise LeakageError(
                f"the median explains {explained:.4%} of the discounts of later deals: a feature tells the target",
                expected=f"R² below {TOO_GOOD}",
                fix="find the feature that is known only after the sale and take it out",
            )
