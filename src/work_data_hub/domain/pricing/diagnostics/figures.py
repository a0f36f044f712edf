"""Figures of scored lines: how their bands met what was sold, how often limits bound, who kept to the advice."""

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from work_data_hub.domain.pipelines.exact import Integers
from work_data_hub.domain.pricing.deals.weighted import sums, weighted_means
from work_data_hub.domain.pricing.policy.rows import MILLION, Flags, codes, millionths, truths
from work_data_hub.domain.pricing.policy.segments import segment_names
from work_data_hub.domain.pricing.scoring.lines import QUANTILES
from work_data_hub.domain.pricing.training.metrics import coverages, pinball, shares_below

ALL: Final = "all"
_RAW: Final = ("raw_q_0_10", "raw_q_0_50", "raw_q_0_90")
_HELD: Final = ("disc_q_0_10", "disc_q_0_50", "disc_q_0_90")
KEY: Final = ("line_kind", "order_id", "order_line_id")


@dataclass(frozen=True, slots=True)
class ScoredLines:
    """Scored order lines beside their actual discounts, where there is one that counts; discounts in millionths."""

    lines: pd.DataFrame
    raw: Integers
    held: Integers
    given: Integers
    known: Flags
    cap_hit: Flags
    floor_hit: Flags

    @classmethod
    def of(cls, scores: pd.DataFrame, features: pd.DataFrame) -> Self:
        """Join scores of orders with what they were sold for; quotes have no actual discount."""
        lines = scores[(scores["line_kind"] == "order").to_numpy(bool)].reset_index(drop=True)
        given, known = _actuals(lines, features)
        raw = np.column_stack([millionths(lines, name) for name in _RAW])
        held = np.column_stack([millionths(lines, name) for name in _HELD])
        return cls(lines, raw, held, given, known, truths(lines, "cap_hit"), truths(lines, "floor_hit"))

    def segments(self, dimension: str) -> tuple[Integers, list[str]]:
        """Give each line's segment by one key, and the segments' names."""
        names = segment_names(self.lines, () if dimension == ALL else (dimension,))
        of_row, distinct = codes(names)
        return of_row, distinct.to_pylist()

    def figures(self, rows: Flags) -> dict[str, Any]:
        """Give the figures of some lines; what can't be said without actual discounts is left out."""
        actual = rows & self.known
        figures: dict[str, Any] = {
            "scored": int(rows.sum()),
            "actuals": int(actual.sum()),
            "cap_rate": _rate(self.cap_hit[rows]),
            "floor_rate": _rate(self.floor_hit[rows]),
        }
        return {**figures, **self._met(actual)} if actual.any() else figures

    def _met(self, rows: Flags) -> dict[str, Any]:
        target, bands = self.given[rows] / MILLION, self.raw[rows] / MILLION
        below = shares_below(target, bands, QUANTILES)
        cover = coverages(target, bands, QUANTILES)
        return {
            "coverage": cover["coverage"],
            "coverage_closed": cover["coverage_closed"],
            "below": float(below[0]),
            "above": 1 - float(below[-1]),
            "pinball": float(pinball(target, bands, QUANTILES).mean()),
            "mae": float(np.abs(target - bands[:, 1]).mean()),
            "width": float((bands[:, -1] - bands[:, 0]).mean()),
            **self._followed(rows),
        }

    def _followed(self, rows: Flags) -> dict[str, Any]:
        given, held = self.given[rows], self.held[rows]
        one = np.zeros(len(given), np.int64)
        mean = weighted_means(one, one + 1, sums(one, 1, one + 1), given)
        return {
            "adoption": _rate((held[:, 0] <= given) & (given <= held[:, -1])),
            "distance": float((given - held[:, 1]).mean() / MILLION),
            "mean_discount": int(mean[0]),
        }


def _rate(flags: Flags) -> float | None:
    return float(flags.mean()) if len(flags) else None


def _actuals(lines: pd.DataFrame, features: pd.DataFrame) -> tuple[Integers, Flags]:
    """Find each line's discount by its key; one that trains no model is not an actual."""
    at = _places(lines, features)
    there = at >= 0
    counts = truths(features, "usable") & features["discount_pct"].notna().to_numpy(bool)
    given, known = np.zeros(len(lines), np.int64), np.zeros(len(lines), bool)
    given[there], known[there] = millionths(features, "discount_pct")[at[there]], counts[at[there]]
    return given, known


def _places(lines: pd.DataFrame, features: pd.DataFrame) -> Integers:
    mine, theirs = segment_names(lines, KEY), segment_names(features, KEY)
    found: Integers = np.asarray(pc.fill_null(pc.index_in(mine, theirs), -1), np.int64)
    return found
