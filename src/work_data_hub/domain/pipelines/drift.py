"""Drift of inputs: a reference frozen as plain counts, and how far later rows are from it beyond what chance explains."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.errors import PermanentError

Counts = npt.NDArray[np.float64]
# a bucket that is empty on one side counts as half a row there, so that its logarithm exists
_HALF_A_ROW: Final = 0.5
# categories kept with a count of their own; the others are known by name and counted together
_NAMED: Final = 50


@dataclass(frozen=True, slots=True)
class DriftRule:
    """When a feature counts as drifted; `deviations` is how far, in normal deviations, chance is believed to reach."""

    warn: float = 0.1
    alert: float = 0.25
    missing_change: float = 0.05
    min_rows: int = 100
    deviations: float = 3.0


@dataclass(frozen=True, slots=True)
class FeatureDrift:
    """How far one feature is from its reference; without rows there is no index."""

    feature: str
    psi: float | None
    expected: float | None
    missing: float
    missing_reference: float
    unseen: float
    rows: int
    state: str


def freeze_reference(
    frame: pd.DataFrame, features: Sequence[str], categorical: Sequence[str] = (), bins: int = 10
) -> dict[str, Any]:
    """Count the rows of each feature by quantile bins or categories; the result is plain JSON."""
    made = {
        name: _categories(_array(frame, name)) if name in categorical else _bins(_array(frame, name), bins)
        for name in features
    }
    return {"rows": len(frame), "features": made}


def psi(
    reference: Mapping[str, Any],
    frame: pd.DataFrame,
    rule: DriftRule | None = None,
    together: str | None = None,
) -> tuple[FeatureDrift, ...]:
    """Compare the rows with the reference, feature by feature in its order.

    `together` names a column whose equal values mark rows that belong together, such as lines of one order: they
    tell chance no more than one row does.
    """
    sizes = (_independent(frame, together), float(reference["rows"]))
    return tuple(
        _compared(name, told, sizes, _array(frame, name), rule or DriftRule())
        for name, told in reference["features"].items()
    )


def index_of(reference: Counts, current: Counts) -> tuple[float, int]:
    """Give the stability index of two counts by bucket, and how many buckets hold a row on either side."""
    held = (reference > 0) | (current > 0)
    before = np.maximum(reference[held], _HALF_A_ROW) / reference.sum()
    now = np.maximum(current[held], _HALF_A_ROW) / current.sum()
    return float(((now - before) * np.log(now / before)).sum()), int(held.sum())


def expected_by_chance(buckets: int, rows: float, reference_rows: float) -> float:
    """Give the index that two samples of one distribution show on average."""
    return (buckets - 1) * (1 / rows + 1 / reference_rows)


def chance_limit(expected: float, buckets: int, deviations: float) -> float:
    """Give the index that chance rarely exceeds: the index is nearly chi-squared, and its cube root nearly normal."""
    spread = 2 / (9 * max(buckets - 1, 1))
    return float(expected * (1 - spread + deviations * sqrt(spread)) ** 3)


def _compared(
    name: str, told: Mapping[str, Any], sizes: tuple[float, float], values: pa.Array, rule: DriftRule
) -> FeatureDrift:
    rows = len(values)
    before, now = _both(told, values)
    missing_before = _share(before[-2], sizes[1])
    if not all(sizes):
        return FeatureDrift(name, None, None, 0.0, missing_before, 0.0, rows, "too_few")
    index, buckets = index_of(before, now)
    expected = expected_by_chance(buckets, *sizes)
    missing = _share(now[-2], rows)
    limit = chance_limit(expected, buckets, rule.deviations)
    spread = sqrt(missing_before * (1 - missing_before) * (1 / sizes[0] + 1 / sizes[1]))
    moved = abs(missing - missing_before) > max(rule.missing_change, rule.deviations * spread)
    state = _state(index, limit, rule, moved=moved) if rows >= rule.min_rows else "too_few"
    return FeatureDrift(name, index, expected, missing, missing_before, _share(now[-1], rows), rows, state)


def _independent(frame: pd.DataFrame, together: str | None) -> float:
    """Give how many independent rows these are worth: all, or fewer the larger their groups are."""
    if together is None:
        return float(len(frame))
    sizes = (
        pc.value_counts(_array(frame, together)).field("counts").to_numpy(zero_copy_only=False).astype(float)
    )
    return float(sizes.sum() ** 2 / (sizes**2).sum()) if len(sizes) else 0.0


def _state(index: float, limit: float, rule: DriftRule, *, moved: bool) -> str:
    if index > max(rule.alert, limit):
        return "alert"
    return "warn" if moved or index > max(rule.warn, limit) else "ok"


def _both(told: Mapping[str, Any], values: pa.Array) -> tuple[Counts, Counts]:
    """Give the counts by bucket in the reference and now; the last two are missing and unseen."""
    if "edges" in told:
        now = _binned(values, told["edges"], told["atoms"])
        return np.array([*told["counts"], told["missing"], 0], float), np.array(
            [*now, values.null_count, 0], float
        )
    found = _by_name(values)
    named = [found.pop(name, 0) for name in told["counts"]]
    rare = sum(found.pop(name, 0) for name in told["rare"])
    before = [*told["counts"].values(), told["other"], told["missing"], 0]
    return np.array(before, float), np.array([*named, rare, values.null_count, sum(found.values())], float)


def _bins(values: pa.Array, bins: int) -> dict[str, Any]:
    """Cut at quantiles that are values of their own; a value that takes several quantiles is a bin by itself."""
    known = _numbers(values)
    cuts = np.arange(1, bins) / bins
    found = np.quantile(known, cuts, method="inverted_cdf") if len(known) else np.array([])
    edges, times = np.unique(found, return_counts=True)
    atoms = edges[times > 1].tolist()
    counts = _binned(values, edges.tolist(), atoms)
    return {"edges": edges.tolist(), "atoms": atoms, "counts": counts, "missing": values.null_count}


def _binned(values: pa.Array, edges: Sequence[float], atoms: Sequence[float]) -> list[int]:
    known = _numbers(values)
    at = np.searchsorted(edges, known, side="left") + np.searchsorted(atoms, known, side="right")
    return [int(count) for count in np.bincount(at, minlength=len(edges) + len(atoms) + 1)]


def _categories(values: pa.Array) -> dict[str, Any]:
    found = sorted(_by_name(values).items(), key=lambda pair: (-pair[1], pair[0]))
    named, rare = found[:_NAMED], found[_NAMED:]
    return {
        "counts": dict(named),
        "rare": sorted(name for name, _ in rare),
        "other": sum(count for _, count in rare),
        "missing": values.null_count,
    }


def _by_name(values: pa.Array) -> dict[str, int]:
    counted = pc.value_counts(pc.cast(values.drop_null(), pa.string()))
    names, counts = counted.field("values").to_pylist(), counted.field("counts").to_pylist()
    return dict(zip(names, counts, strict=True))


def _numbers(values: pa.Array) -> npt.NDArray[np.float64]:
    known: npt.NDArray[np.float64] = pc.cast(values.drop_null(), pa.float64()).to_numpy(zero_copy_only=False)
    return known


def _array(frame: pd.DataFrame, name: str) -> pa.Array:
    if name not in frame.columns:
        raise PermanentError(
            f"the rows have no {name}, which the frozen reference knows",
            fix="compare with a reference that was frozen from the same columns",
        )
    values = pa.array(frame[name].array, from_pandas=True)
    values = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    # a binary float that is no number is missing
    return pc.if_else(pc.is_nan(values), None, values) if pa.types.is_floating(values.type) else values


def _share(count: float, rows: float) -> float:
    return float(count) / rows if rows else 0.0
