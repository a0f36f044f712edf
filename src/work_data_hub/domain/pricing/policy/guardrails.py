"""The guardrails of a business unit: learnt from past lines, applied to predicted bands."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

import numpy as np
import pandas as pd
import pyarrow as pa

from work_data_hub.domain.kernel.errors import ConfigurationError, PermanentError
from work_data_hub.domain.kernel.typed import fingerprint
from work_data_hub.domain.pipelines.exact import Integers
from work_data_hub.domain.pricing.config import BuConfig, Guardrails
from work_data_hub.domain.pricing.policy.bounds import Bounds, bounds_of
from work_data_hub.domain.pricing.policy.limits import Limits, limits_of
from work_data_hub.domain.pricing.policy.rows import Flags, millionths, truths
from work_data_hub.domain.pricing.policy.said import bound_by

_VERSION_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Guarded:
    """Bands within their limits, in millionths: rows by quantiles, and what happened to each row."""

    q: Integers
    cap_hit: Flags
    floor_hit: Flags
    band_collapsed: Flags
    bound_by: pa.Array
    bounds: Bounds
    # place of the segment whose limits held, in the policy's limits
    segment: Integers


@dataclass(frozen=True, slots=True)
class GuardrailPolicy:
    """Rules, segment keys and what past lines say of each segment."""

    rules: Guardrails
    keys: tuple[str, ...]
    limits: Limits

    def __post_init__(self) -> None:
        """Refuse a margin that no price has."""
        if self.rules.min_margin is not None and self.rules.min_margin >= 1:
            raise ConfigurationError(
                "guardrails.min_margin is 1: no price above the cost has such a margin",
                expected="a share below 1",
                fix="correct guardrails.min_margin in the business unit's file",
            )

    @classmethod
    def fit(cls, history: pd.DataFrame, config: BuConfig) -> Self:
        """Learn limits from past lines that have a discount; `usable` and `line_kind` are heeded where they are."""
        lines = usable_lines(history)
        limits = limits_of(lines, millionths(lines, "discount_pct"), config.segments.keys, config.guardrails)
        if limits is None:
            raise PermanentError(
                f"{config.bu_id} has no past line with a discount", fix="load the orders of earlier months"
            )
        return cls(config.guardrails, config.segments.keys, limits)

    @property
    def version(self) -> str:
        """Twelve hex digits of rules and limits."""
        held = self.limits
        figures = (held.level, held.support, held.floor, held.cap, held.p25, held.p50, held.p75)
        told = {
            "rules": self.rules.model_dump(mode="json"),
            "keys": list(self.keys),
            "segments": held.segment.to_pylist(),
            "limits": [values.tolist() for values in figures],
        }
        return fingerprint(told)[:_VERSION_DIGITS]

    def apply(
        self, bands: Integers, frame: pd.DataFrame, quantiles: Sequence[float] = (0.1, 0.5, 0.9)
    ) -> Guarded:
        """Widen the bands, given in millionths, where the rules say so, then hold them within the limits."""
        segment = self.limits.rows_of(frame, self.keys)
        bounds = bounds_of(self.limits.floor[segment], self.limits.cap[segment], frame, self.rules)
        asked = self._widened(np.sort(bands, axis=1), frame, quantiles)
        low, high = bounds.floor[:, None], bounds.cap[:, None]
        held = np.minimum(np.maximum(asked, low), high)
        over, under = asked > high, asked < low
        return Guarded(
            q=held,
            cap_hit=np.asarray(over.any(axis=1)),
            floor_hit=np.asarray(under.any(axis=1)),
            band_collapsed=held[:, 0] == held[:, -1],
            bound_by=bound_by(bounds, over, under, quantiles),
            bounds=bounds,
            segment=segment,
        )

    def _widened(self, bands: Integers, frame: pd.DataFrame, quantiles: Sequence[float]) -> Integers:
        middle = bands[:, [tuple(quantiles).index(0.5)]]
        wide = _times(bands - middle, self.rules.widen_factor_default)
        if "negotiated" in frame.columns:
            contracts = truths(frame, "negotiated")[:, None]
            wide = np.where(contracts, _times(bands - middle, self.rules.widen_factor_negotiated), wide)
        return middle + wide


def usable_lines(history: pd.DataFrame) -> pd.DataFrame:
    """Give the lines that count as past discounts."""
    known = history["discount_pct"].notna().to_numpy(bool)
    if "usable" in history.columns:
        known &= truths(history, "usable")
    if "line_kind" in history.columns:
        known &= (history["line_kind"] == "order").to_numpy(bool)
    return history[known]


def _times(distance: Integers, factor: float) -> Integers:
    exact = Fraction(str(factor))
    if exact == 1:
        return distance
    size = (2 * np.abs(distance) * exact.numerator + exact.denominator) // (2 * exact.denominator)
    away: Integers = np.sign(distance) * size
    return away
