"""Which limits bound which quantiles, as a short code and in words."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa

from work_data_hub.domain.kernel.contract import TEXT
from work_data_hub.domain.pricing.policy.bounds import SOURCES, Bounds
from work_data_hub.domain.pricing.policy.rows import Flags

_OF: Final = {"segment": "of the segment", "absolute": "of the rules", "margin": "for the margin"}
_YIELDED: Final = "floor yields to cap"


def bound_by(bounds: Bounds, over: Flags, under: Flags, quantiles: Sequence[float]) -> pa.Array:
    """Name for each row the limits that moved a quantile, as cap:segment@q0.9; null where none did."""
    told = np.column_stack((bounds.cap_source, bounds.floor_source, bounds.yielded, over, under)).astype(
        np.int64
    )
    # few combinations exist: each is put into words once
    weights = 2 ** np.arange(told.shape[1] - 2, dtype=np.int64) * len(SOURCES) ** 2
    keys = told[:, 0] + len(SOURCES) * told[:, 1] + told[:, 2:] @ weights
    _, first, of_row = np.unique(keys, return_index=True, return_inverse=True)
    words = [_code(row, quantiles) for row in told[first].tolist()]
    return pa.array(words, TEXT).take(pa.array(of_row.reshape(-1)))


def _code(row: list[int], quantiles: Sequence[float]) -> str | None:
    cap, floor, yielded, *hits = row
    over, under = hits[: len(quantiles)], hits[len(quantiles) :]
    parts = [
        f"{limit}:{SOURCES[source]}@"
        + ",".join(f"q{q:g}" for q, hit in zip(quantiles, at, strict=True) if hit)
        for limit, source, at in (("cap", cap, over), ("floor", floor, under))
        if any(at)
    ]
    return "; ".join([*parts, _YIELDED] if yielded and parts else parts) or None


def in_words(code: str | None) -> str | None:
    """Put such a code into a sentence, as Cap of the segment bound P90."""
    if code is None:
        return None
    return " ".join(_sentence(part) for part in code.split("; "))


def _sentence(part: str) -> str:
    if part == _YIELDED:
        return "The cap lies below the floor and wins."
    limit, rest = part.split(":")
    source, at = rest.split("@")
    bound = [f"P{float(q.removeprefix('q')) * 100:g}" for q in at.split(",")]
    said = bound[0] if len(bound) == 1 else ", ".join(bound[:-1]) + " and " + bound[-1]
    return f"{limit.capitalize()} {_OF[source]} bound {said}."
