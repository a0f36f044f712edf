"""The bands' model as a value: what it is made of, its text, its bands for a row and what moved them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pricing.ports import Floats, Learner, Regressor
from work_data_hub.domain.pricing.training.bands import GROUP, Bands, Calibration, in_order
from work_data_hub.domain.pricing.training.rows import feature_frame

_FORM: Final = "price_bands/1"
_MIDDLE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Drivers:
    """The features that moved each row's median most, strongest first, and by how much: rows by rank."""

    names: npt.NDArray[np.str_]
    effects: Floats


@dataclass(frozen=True, slots=True)
class PriceModel:
    """Bands as the mean of fold models, put in order and calibrated.

    `facts` says what was learnt from, `reference` how the inputs were spread; both are part of the text.
    """

    features: tuple[str, ...]
    quantiles: tuple[float, ...]
    calibration: Calibration
    members: tuple[Regressor, ...]
    learner: Learner = field(compare=False, repr=False)
    facts: Mapping[str, Any] = field(default_factory=dict)
    reference: Mapping[str, Any] = field(default_factory=dict)

    def predict_bands(self, frame: pd.DataFrame) -> Bands:
        """Give bands of rows that have all features; their other columns are not looked at, but for the group's."""
        if frame.empty:
            none = np.empty((0, len(self.quantiles)))
            return Bands(none, np.zeros(0, bool), none)
        features = feature_frame(frame, self.features)
        # fold models alone: one of all rows beside them took a sixth more time and 1 % off the regret on the generated truth
        raw = np.mean([m.predict_quantiles(features, self.quantiles) for m in self.members], axis=0)
        ordered, crossed = in_order(raw)
        moved, crossed_again, added = self.calibration.apply(ordered, arrow(frame, GROUP))
        return Bands(moved, crossed | crossed_again, added)

    def drivers(self, frame: pd.DataFrame, top: int = 3) -> Drivers:
        """Give the features that moved the median most from its mean, as the first fold model tells it.

        The fold models share all but a fold of their rows; asking one of them costs a fifth of asking all.
        """
        top = min(top, len(self.features))
        if frame.empty:
            return Drivers(np.empty((0, top), np.str_), np.empty((0, top)))
        features = feature_frame(frame, self.features)
        moved = self.learner.contributions(self.members[0], features, _MIDDLE)[:, : len(self.features)]
        order = np.argsort(-np.abs(moved), axis=1, kind="stable")[:, :top]
        return Drivers(np.array(self.features)[order], np.take_along_axis(moved, order, axis=1))

    def importances(self) -> dict[str, float]:
        """Give each feature's share of the gain, the largest first."""
        each = [self.learner.importances(member) for member in self.members]
        gain = {name: sum(of[name] for of in each) for name in self.features}
        total = sum(gain.values()) or 1.0
        ordered = sorted(gain.items(), key=lambda pair: (-pair[1], pair[0]))
        return {name: round(value / total, 6) for name, value in ordered}

    def to_content(self) -> str:
        """Write the model as canonical JSON: equal models are equal texts."""
        kept = {
            "form": _FORM,
            "features": list(self.features),
            "quantiles": list(self.quantiles),
            "calibration": self.calibration.as_json(),
            "members": [self.learner.dump(member) for member in self.members],
            "facts": dict(self.facts),
            "reference": dict(self.reference),
        }
        return json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)

    @classmethod
    def from_content(cls, text: str, learner: Learner) -> Self:
        """Read a model that was written; it predicts the same to the last bit."""
        kept = json.loads(text)
        if kept.get("form") != _FORM:
            raise PermanentError(
                f"a model of the form {kept.get('form')!r} can't be read",
                expected=_FORM,
                fix="train the model again, or promote a version of this form",
            )
        return cls(
            tuple(kept["features"]),
            tuple(kept["quantiles"]),
            Calibration.from_json(kept["calibration"]),
            tuple(learner.load(member) for member in kept["members"]),
            learner,
            kept["facts"],
            kept["reference"],
        )
