"""How far bands are from the truth: coverage and loss under the law that made the discounts, and crossings."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.figure import Figure, at_most
from benchmarks.pricing_truth import QUANTILES, TIERS, Law, lines
from work_data_hub.domain.pricing.config import BuConfig
from work_data_hub.domain.pricing.contracts.feature import CATEGORICAL, FEATURES
from work_data_hub.domain.pricing.training.fitting import fit_model
from work_data_hub.domain.pricing.training.rows import TrainingRows
from work_data_hub.io.learners.gbm import DEFAULTS, GbmLearner
from work_data_hub.io.learners.gbm_features import FeatureCodes

Floats = npt.NDArray[np.float64]
TRAIN, TEST, QUICK = 100_000, 50_000, 20
OVERALL_BAR, TIER_BAR, RATIO_BAR, EXCESS_BAR = 1.0, 2.5, 0.95, 1.6
# a quantile model as the library makes it
PLAIN: Mapping[str, Any] = {"n_estimators": 200}
# the same settings as ours, so that what the recipe adds can be told from what the settings add
SHARED = ("n_estimators", "learning_rate", "num_leaves", "min_child_samples", "colsample_bytree", "max_bin")
ALIKE = {name: DEFAULTS[name] for name in SHARED}


@dataclass(frozen=True, slots=True)
class Measured:
    """Bands of the test rows, the rows that were repaired, and what they cost."""

    q: Floats
    repaired: int
    fit_seconds: float
    predict_seconds: float


def measure(quick: bool = False) -> list[Figure]:
    """Train on the earlier lines and judge on later ones, under the law itself."""
    smaller = QUICK if quick else 1
    train, _ = lines(TRAIN // smaller, seed=1)
    test, law = lines(TEST // smaller, seed=2, after_days=700)
    ours = banded(train, test)
    plain, alike = peers(train, test, PLAIN), peers(train, test, ALIKE)
    return [coverage_figure(ours, law), regret_figure(ours, plain, alike, law), crossings_figure(ours, plain)]


def coverage_figure(ours: Measured, law: Law) -> Figure:
    """Give the error of coverage in percentage points; the worst tier has a bar of its own."""
    covered = law.coverage(ours.q)
    wanted = QUANTILES[-1] - QUANTILES[0]
    tiers = {
        name: round(100 * float(covered[law.tier == at].mean() - wanted), 3) for at, name in enumerate(TIERS)
    }
    worst = max(map(abs, tiers.values()))
    figure = at_most(
        "bands_coverage",
        100 * abs(float(covered.mean()) - wanted),
        OVERALL_BAR,
        unit="pp",
        worst_tier=worst,
        by_tier=tiers,
        goal="0.5 / 1.5",
    )
    bar = f"{figure.bar}, worst tier ≤ {TIER_BAR} pp"
    return replace(figure, bar=bar, holds=figure.holds and worst <= TIER_BAR)


def regret_figure(ours: Measured, plain: Measured, alike: Measured, law: Law) -> Figure:
    """Give our regret as a share of that of three plain models; the excess over the oracle has a bar of its own."""
    oracle = law.loss(law.quantiles())
    lost = {name: law.loss(m.q) - oracle for name, m in (("ours", ours), ("plain", plain), ("alike", alike))}
    excess = 100 * lost["ours"] / oracle
    figure = at_most(
        "bands_regret",
        lost["ours"] / lost["plain"],
        RATIO_BAR,
        excess_percent=round(excess, 3),
        plain_excess_percent=round(100 * lost["plain"] / oracle, 3),
        ratio_to_plain_of_our_settings=round(lost["ours"] / lost["alike"], 3),
        oracle=round(oracle, 6),
        fit_cpu_seconds=round(ours.fit_seconds, 2),
        plain_fit_cpu_seconds=round(plain.fit_seconds, 2),
        predict_cpu_seconds=round(ours.predict_seconds, 2),
    )
    bar = f"{figure.bar}, excess over the oracle ≤ {EXCESS_BAR} %"
    return replace(figure, bar=bar, holds=figure.holds and excess <= EXCESS_BAR)


def crossings_figure(ours: Measured, plain: Measured) -> Figure:
    """Count rows whose quantiles are out of order after repair."""
    crossed = int(np.any(np.diff(ours.q, axis=1) < 0, axis=1).sum())
    return at_most(
        "bands_crossings", crossed, 0, unit="rows", repaired=ours.repaired, plain_crossed=plain.repaired
    )


def banded(train: pd.DataFrame, test: pd.DataFrame) -> Measured:
    """Fit and predict as the hub does."""
    rows, started = TrainingRows.of(train), time.process_time()
    model = fit_model(rows, config(), GbmLearner(), FEATURES)
    fitted = time.process_time()
    bands = model.predict_bands(test)
    return Measured(bands.q, int(bands.repaired.sum()), fitted - started, time.process_time() - fitted)


def peers(train: pd.DataFrame, test: pd.DataFrame, params: Mapping[str, Any]) -> Measured:
    """Fit one quantile model each on the same rows and features, and sort."""
    from lightgbm import LGBMRegressor

    codes = FeatureCodes.of(train[list(FEATURES)], CATEGORICAL)
    known, new = codes.encoded(train), codes.encoded(test)
    target, started = train["discount_pct"].to_numpy(), time.process_time()
    fixed: dict[str, Any] = {
        "n_jobs": 1,
        "random_state": 42,
        "deterministic": True,
        "force_col_wise": True,
        "verbosity": -1,
    }
    models = [
        LGBMRegressor(objective="quantile", alpha=level, **fixed, **params).fit(
            pd.DataFrame(known, columns=list(FEATURES)),
            target,
            categorical_feature=list(CATEGORICAL),
        )
        for level in QUANTILES
    ]
    fitted = time.process_time()
    raw = np.column_stack([model.predict(pd.DataFrame(new, columns=list(FEATURES))) for model in models])
    crossed = int(np.any(np.diff(raw, axis=1) < 0, axis=1).sum())
    return Measured(np.sort(raw, axis=1), crossed, fitted - started, time.process_time() - fitted)


def config() -> BuConfig:
    """Give a business unit with all defaults of training."""
    own = {"column": "any"}
    names = ("order_id", "order_line_id", "customer_id", "product_id", "country", "order_date")
    prices = ("quantity", "sell_price", "list_price")
    return BuConfig.model_validate(
        {
            "schema_version": 1,
            "bu_id": "TRUTH",
            "label": "Generated truth",
            "price_basis": {"currency": "EUR"},
            "data_paths": {"orders_table": {"folders": ["none"], "patterns": ["none"]}},
            "columns": dict.fromkeys((*names, *prices), own),
            "segments": {
                **dict.fromkeys(("product_family", "region", "customer_tier"), own),
                "qty_band": {"floors": ["1", "10", "100", "1000"]},
            },
        }
    )
