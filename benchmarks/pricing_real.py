"""Bands of the two real business units: a year that was not learnt from, against what segments were given before."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from tests.adapters.pricing.drops import CONFIG

from benchmarks.figure import Figure, at_most
from benchmarks.pricing_lines import DATA, reseller_features, wholesale_features
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.pricing.contracts.feature import FEATURES
from work_data_hub.domain.pricing.ports import Floats
from work_data_hub.domain.pricing.training.baselines import SegmentBands, last_month
from work_data_hub.domain.pricing.training.fitting import fit_model
from work_data_hub.domain.pricing.training.metrics import measures, pinball
from work_data_hub.domain.pricing.training.rows import TrainingRows, day_number
from work_data_hub.io.learners.gbm import GbmLearner

# from December 2009, eighteen months are learnt from
OR_FROM, AW_FROM = Period(2011, 6), Period(2013, 1)
RATIO_BAR, COVERAGE_BAR = 0.9, (0.76, 0.84)
# the dealers' discount, as exact as its prices allow
ATOM, NEAR = 0.4, 0.0005
SHOWN = ("pinball", "coverage", "coverage_closed", "coverage_midpoint", "width", "mae", "collapsed")


@dataclass(frozen=True, slots=True)
class Judged:
    """Later lines, and three kinds of bands on them."""

    target: Floats
    quantiles: tuple[float, ...]
    bands: dict[str, Floats]
    train_lines: int
    fit_seconds: float

    def shown(self) -> dict[str, dict[str, float | None]]:
        """Give the figures of each kind of bands."""
        found = {name: measures(self.target, q, self.quantiles) for name, q in self.bands.items()}
        return {name: {key: _short(of[key]) for key in SHOWN} for name, of in found.items()}

    def loss(self, name: str, rows: npt.NDArray[np.bool_]) -> float:
        """Give the mean loss of one kind of bands on some rows."""
        return float(pinball(self.target[rows], self.bands[name][rows], self.quantiles).mean())


def measure(quick: bool = False) -> list[Figure]:
    """Train on the earlier lines and judge on the later ones; without the public data there is nothing to tell."""
    if quick or not DATA.exists():
        return []
    return [
        wholesale(judged("OR", wholesale_features, OR_FROM)),
        resellers(judged("AW", reseller_features, AW_FROM)),
    ]


def wholesale(found: Judged) -> Figure:
    """Give our loss as a share of that of segment bands; coverage by lot has a bar of its own."""
    every = np.ones(len(found.target), bool)
    ratio = found.loss("ours", every) / found.loss("segments", every)
    figure = replace(at_most("pricing_or", ratio, RATIO_BAR), detail=_detail(found))
    covered = measures(found.target, found.bands["ours"], found.quantiles)["coverage"] or 0.0
    low, high = COVERAGE_BAR
    return replace(
        figure,
        bar=f"{figure.bar}, coverage {low:.0%} to {high:.0%}",
        holds=figure.holds and low <= covered <= high,
    )


def resellers(found: Judged) -> Figure:
    """Give our loss off the shared discount as a share of that of segment bands; it has no bar."""
    off = np.abs(found.target - ATOM) > NEAR
    ratio = found.loss("ours", off) / found.loss("segments", off)
    collapsed = {
        name: round(float((q[~off][:, -1] - q[~off][:, 0] == 0).mean()), 4) for name, q in found.bands.items()
    }
    detail = {"off_atom_share": round(float(off.mean()), 4), "collapsed_on_atom": collapsed, **_detail(found)}
    return Figure("pricing_aw", round(ratio, 4), "reported", holds=True, detail=detail, ratio=False)


def judged(bu_id: str, features: Callable[[], pd.DataFrame], first: Period) -> Judged:
    """Learn from the months before one and predict those from it on."""
    config, rows = CONFIG.unit(bu_id), TrainingRows.of(features())
    later = rows.days >= day_number(first.start)
    train, test = rows.take(~later), rows.take(later)
    started = time.process_time()
    model = fit_model(train, config, GbmLearner(), FEATURES)
    seconds = time.process_time() - started
    keys, fewest = config.segments.keys, config.guardrails.min_lines
    segments, last = (
        SegmentBands.fit(past, keys, model.quantiles, fewest).predict(test.frame)
        for past in (train, last_month(train))
    )
    bands = {"ours": model.predict_bands(test.frame).q, "segments": segments, "last_period": last}
    return Judged(test.target, model.quantiles, bands, len(train), seconds)


def _detail(found: Judged) -> dict[str, object]:
    return {
        "train_lines": found.train_lines,
        "test_lines": len(found.target),
        "fit_cpu_seconds": round(found.fit_seconds, 1),
        **found.shown(),
    }


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 5)
