"""Quantiles by gradient-boosted trees of LightGBM: repeatable on one thread, kept as text, texts coded at fit."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
import pandas as pd

from work_data_hub.domain.kernel.errors import ConfigurationError, PermanentError
from work_data_hub.domain.pricing.ports import Floats, Regressor
from work_data_hub.io.learners.gbm_features import FeatureCodes

if TYPE_CHECKING:
    from lightgbm import Booster

# chosen on the generated truth of benchmarks/pricing_bands.py: small trees lose least, and quantiles that start from the
# median lose less than quantiles that start from nothing; 63 bins cost half the time of 255
DEFAULTS: Final[Mapping[str, Any]] = {
    "quantiles": (0.1, 0.5, 0.9),
    "n_estimators": 150,
    # trees of each other quantile
    "quantile_estimators": 50,
    "learning_rate": 0.1,
    "num_leaves": 8,
    "min_child_samples": 100,
    "colsample_bytree": 0.7,
    "max_bin": 63,
    "num_threads": 1,
    # whether quantiles start from the median or each from nothing
    "from_median": True,
}
_OWN: Final = ("quantiles", "n_estimators", "quantile_estimators", "from_median", "seed")
# what else may be set; a name with a typing error would otherwise change nothing
_MORE: Final = (
    *("seed", "max_depth", "reg_alpha", "reg_lambda", "subsample", "subsample_freq", "min_split_gain"),
    *("cat_smooth", "cat_l2", "max_cat_to_onehot", "min_data_per_group", "extra_trees", "path_smooth"),
)
# repeatable whatever the machine has to spare; a path is chosen once, not by timing
_FIXED: Final[Mapping[str, Any]] = {"deterministic": True, "force_col_wise": True, "verbosity": -1}
# with fewer rows, a leaf may not ask for a hundred
_LEAF_SHARE: Final = 0.02
_FEWEST_IN_LEAF: Final = 5
_POINT: Final = "point"
_MEDIAN: Final = 0.5
_FORM: Final = "gbm_quantiles/1"


@dataclass(slots=True)
class GbmQuantileRegressor:
    """A Regressor of one model by absolute error, which is the median, and of one per other quantile that starts from it."""

    params: dict[str, Any] = field(default_factory=lambda: dict(DEFAULTS))
    codes: FeatureCodes | None = None
    texts: dict[str, str] = field(default_factory=dict)
    boosters: "dict[str, Booster]" = field(default_factory=dict, repr=False, compare=False)

    def fit(self, features: pd.DataFrame, target: Floats, categorical: Sequence[str]) -> Self:
        """Learn the models from the same rows."""
        self.codes = codes = FeatureCodes.of(features, categorical)
        # what predicts is what would be loaded: text is the only form
        self.boosters, self.texts = {}, {}
        rows, trees = codes.encoded(features), int(self.params["n_estimators"])
        self.texts[_POINT] = self._learnt(codes, rows, target, {"objective": "regression_l1"}, trees)
        if self.params["from_median"]:
            target, trees = target - self._predicted(_POINT, rows), int(self.params["quantile_estimators"])
        for level in self.params["quantiles"]:
            if level != _MEDIAN:
                goal = {"objective": "quantile", "alpha": level}
                self.texts[str(level)] = self._learnt(codes, rows, target, goal, trees)
        return self

    def predict(self, features: pd.DataFrame) -> Floats:
        """Give the usual value of each row: its median."""
        return self._predicted(_POINT, self.rows(features))

    def predict_quantiles(self, features: pd.DataFrame, quantiles: Sequence[float]) -> Floats:
        """Give rows by quantiles as they were learnt: they may cross."""
        rows = self.rows(features)
        each = {part: self._predicted(part, rows) for part in {p for q in quantiles for p in self._parts(q)}}
        return np.column_stack([sum(each[part] for part in self._parts(q)) for q in quantiles])

    def get_params(self) -> Mapping[str, Any]:
        """Give the parameters, as plain JSON values."""
        return dict(self.params)

    def set_params(self, **params: Any) -> Self:
        """Change parameters of the next fit; they are named as LightGBM names them."""
        self.params = {**self.params, **_known(params)}
        return self

    def rows(self, features: pd.DataFrame) -> Floats:
        """Give the features as the trees see them."""
        if self.codes is None:
            raise PermanentError("this regressor has learnt nothing yet", fix="fit it before it predicts")
        return self.codes.encoded(features)

    def contributions(self, features: pd.DataFrame, quantile: float) -> Floats:
        """Give LightGBM's own contributions of a quantile, those of the median it starts from among them."""
        rows, parts = self.rows(features), self._parts(quantile)
        found: Floats = np.sum([self._predicted(part, rows, pred_contrib=True) for part in parts], axis=0)
        return found

    def booster(self, name: str) -> "Booster":
        """Give the model of a quantile, or the point model."""
        from lightgbm import Booster

        if name not in self.texts:
            raise ConfigurationError(
                f"this regressor has no model for the quantile {name}",
                expected=", ".join([str(_MEDIAN), *(level for level in self.texts if level != _POINT)]),
                fix="name a quantile among those that are learnt",
            )
        if name not in self.boosters:
            self.boosters[name] = Booster(model_str=self.texts[name])
        return self.boosters[name]

    def _parts(self, quantile: float) -> tuple[str, ...]:
        """Name the models that a quantile is the sum of."""
        if quantile == _MEDIAN:
            return (_POINT,)
        return (_POINT, str(quantile)) if self.params["from_median"] else (str(quantile),)

    def _learnt(
        self, codes: FeatureCodes, rows: Floats, target: Floats, goal: Mapping[str, Any], trees: int
    ) -> str:
        import lightgbm

        given = {name: value for name, value in self.params.items() if name not in _OWN}
        leaf = max(_FEWEST_IN_LEAF, int(len(target) * _LEAF_SHARE))
        given["min_child_samples"] = min(int(given["min_child_samples"]), leaf)
        settings = {**given, **_FIXED, **goal, "seed": int(self.params.get("seed", 0))}
        data = lightgbm.Dataset(
            rows,
            target,
            feature_name=list(codes.names),
            categorical_feature=codes.text_positions,
            params=settings,
        )
        return lightgbm.train(settings, data, trees).model_to_string(importance_type="gain")

    def _predicted(self, name: str, rows: Floats, *, pred_contrib: bool = False) -> Floats:
        threads = int(self.params["num_threads"])
        found = self.booster(name).predict(rows, pred_contrib=pred_contrib, num_threads=threads)
        return np.asarray(found, np.float64)


@dataclass(frozen=True, slots=True)
class GbmLearner:
    """A Learner of GbmQuantileRegressor; `threads` beyond one repeat only on the same number."""

    threads: int = 1

    def new(self, params: Mapping[str, Any], seed: int) -> GbmQuantileRegressor:
        """Give a regressor with the defaults, but for what is named."""
        given = {"num_threads": self.threads, **params, "seed": seed}
        return GbmQuantileRegressor({**DEFAULTS, **_known(given)})

    def dump(self, regressor: Regressor) -> str:
        """Write a fitted regressor as canonical JSON around LightGBM's own text."""
        mine = _mine(regressor)
        if mine.codes is None:
            raise PermanentError("this regressor has learnt nothing yet", fix="fit it before it is kept")
        kept = {
            "form": _FORM,
            "params": mine.params,
            "codes": mine.codes.as_json(),
            "models": mine.texts,
        }
        return json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def load(self, text: str) -> GbmQuantileRegressor:
        """Read a regressor that was written."""
        kept = json.loads(text)
        if kept.get("form") != _FORM:
            raise PermanentError(
                f"a model of the form {kept.get('form')!r} can't be read",
                expected=_FORM,
                fix="train the model again with this version",
            )
        params = {**kept["params"], "quantiles": tuple(kept["params"]["quantiles"])}
        codes = FeatureCodes.from_json(kept["codes"])
        return GbmQuantileRegressor(params, codes, dict(kept["models"]))

    def contributions(self, regressor: Regressor, features: pd.DataFrame, quantile: float) -> Floats:
        """Give LightGBM's own contributions to a quantile, rows by features and the mean."""
        return _mine(regressor).contributions(features, quantile)

    def importances(self, regressor: Regressor) -> Mapping[str, float]:
        """Give the gain of each feature, over all quantiles."""
        mine = _mine(regressor)
        gains = [mine.booster(name).feature_importance(importance_type="gain") for name in mine.texts]
        names = mine.codes.names if mine.codes is not None else ()
        return dict(zip(names, np.sum(gains, axis=0).tolist(), strict=True))


def _known(params: Mapping[str, Any]) -> Mapping[str, Any]:
    unknown = [name for name in params if name not in DEFAULTS and name not in _MORE]
    if unknown:
        raise ConfigurationError(
            f"the learner knows no parameter {', '.join(unknown)}",
            expected=", ".join((*DEFAULTS, *_MORE)),
            fix="correct training.learner in the business unit's file",
        )
    return params


def _mine(regressor: Regressor) -> GbmQuantileRegressor:
    if not isinstance(regressor, GbmQuantileRegressor):
        raise PermanentError(
            f"{type(regressor).__name__} is none of this learner's regressors",
            fix="use the learner that made it",
        )
    return regressor
