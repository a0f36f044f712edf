"""Order lines to learn from, and two plain learners."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Self

import numpy as np
import pandas as pd
from tests.unit.pricing.bu_config import bu_config
from tests.unit.pricing.feature_rows import feature_row, features

from work_data_hub.domain.pricing.config import BuConfig, Training
from work_data_hub.domain.pricing.ports import Floats, Regressor

FIRST = date(2025, 1, 1)
FAMILIES = ("tools", "pipes", "seals")


def line(deal: int, at: int, day: date, discount: float | None, **values: Any) -> dict[str, Any]:
    given = None if discount is None else Decimal(str(round(discount, 6)))
    keys = {"order_id": f"D{deal:05d}", "order_line_id": str(at)}
    return feature_row(1, **{**keys, "order_date": day, "discount_pct": given, **values})


@cache
def history(deals: int = 120, lines: int = 3, seed: int = 1, days: int = 90) -> pd.DataFrame:
    """Deals over some days; the discount goes by family and tier, with noise."""
    draw = np.random.default_rng(seed)
    rows = []
    for deal in range(deals):
        day = FIRST + timedelta(days=deal * days // deals)
        for at in range(lines):
            family, tier = int(draw.integers(0, 3)), "AB"[int(draw.integers(0, 2))]
            discount = 0.1 + 0.1 * family + 0.05 * (tier == "A") + draw.gamma(2, 0.01)
            rows.append(line(deal, at, day, discount, product_family=FAMILIES[family], customer_tier=tier))
    return features(*rows)


def unit(**training: Any) -> BuConfig:
    """A business unit with small training rules unless they are given; its segments do not know the tier."""
    rules = Training.model_validate({"folds": 3, "min_lines": 100, **training})
    made = bu_config(guardrails={"min_lines": 10}, keys=("product_family", "region"))
    return made.model_copy(update={"training": rules})


def cells(features: pd.DataFrame) -> np.ndarray[Any, Any]:
    joined = features["product_family"].astype(str) + "|" + features["customer_tier"].astype(str)
    return joined.to_numpy(object)


@dataclass
class FamilyQuantiles:
    """A Regressor: quantiles by product family and tier, moved by a fault where one is wanted."""

    params: dict[str, Any]
    known: dict[str, list[float]] = field(default_factory=dict)
    gain: Mapping[str, float] = field(default_factory=dict)

    def fit(self, features: pd.DataFrame, target: Floats, categorical: Sequence[str]) -> Self:
        cell, levels = cells(features), list(self.params["quantiles"])
        self.known = {name: np.quantile(target[cell == name], levels).tolist() for name in sorted(set(cell))}
        self.gain = {name: float(name == "product_family") for name in features.columns}
        return self

    def predict(self, features: pd.DataFrame) -> Floats:
        return self.predict_quantiles(features, (0.5,))[:, 0]

    def predict_quantiles(self, features: pd.DataFrame, quantiles: Sequence[float]) -> Floats:
        places = [list(self.params["quantiles"]).index(q) for q in quantiles]
        rows = [[self.known.get(name, [0.0] * 9)[at] for at in places] for name in cells(features)]
        # calibration would repair one that is the same for all
        to_and_fro = float(self.params.get("fault", 0.0)) * (-1.0) ** np.arange(len(features))
        found: Floats = np.array(rows) + to_and_fro[:, None]
        return found

    def get_params(self) -> Mapping[str, Any]:
        return self.params

    def set_params(self, **params: Any) -> Self:
        self.params |= params
        return self


@dataclass
class FamilyLearner:
    """A Learner of quantiles by family."""

    fault: float = 0.0

    def new(self, params: Mapping[str, Any], seed: int) -> Regressor:
        return FamilyQuantiles({**params, "seed": seed, "fault": self.fault})

    def dump(self, regressor: Regressor) -> str:
        assert isinstance(regressor, FamilyQuantiles)
        return json.dumps([regressor.params, regressor.known, dict(regressor.gain)], default=list)

    def load(self, text: str) -> Regressor:
        return FamilyQuantiles(*json.loads(text))

    def contributions(self, regressor: Regressor, features: pd.DataFrame, quantile: float) -> Floats:
        told = np.zeros((len(features), features.shape[1] + 1))
        told[:, list(features.columns).index("product_family")] = 0.02
        told[:, list(features.columns).index("customer_tier")] = -0.05
        return told

    def importances(self, regressor: Regressor) -> Mapping[str, float]:
        assert isinstance(regressor, FamilyQuantiles)
        return regressor.gain


class Echo(FamilyQuantiles):
    """A Regressor that says what the pair's last discount was."""

    def predict_quantiles(self, features: pd.DataFrame, quantiles: Sequence[float]) -> Floats:
        told = features["pair_last_discount"].to_numpy(np.float64)
        return np.tile(told[:, None], len(quantiles))


class EchoLearner(FamilyLearner):
    """A Learner of echoes."""

    def new(self, params: Mapping[str, Any], seed: int) -> Regressor:
        return Echo({**params, "seed": seed})
