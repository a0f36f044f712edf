"""Quantiles put in order and calibrated: offsets per group from residuals of rows that a model has not seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

import numpy as np
import pyarrow as pa

from work_data_hub.domain.pricing.policy.rows import codes, discounts
from work_data_hub.domain.pricing.ports import Flags, Floats
from work_data_hub.domain.pricing.training.atoms import Atoms
from work_data_hub.domain.pricing.training.rows import MILLION

# what calibration is by
GROUP: Final = "customer_tier"


@dataclass(frozen=True, slots=True)
class Bands:
    """Quantiles in order, rows whose quantiles had to be put in order, and what calibration added to each quantile."""

    q: Floats
    repaired: Flags
    offsets: Floats

    @property
    def widened(self) -> Floats:
        """Give what calibration added to each row's width; below zero it made the band narrower."""
        added: Floats = self.offsets[:, -1] - self.offsets[:, 0]
        return added


def in_order(raw: Floats) -> tuple[Floats, Flags]:
    """Sort each row, which never raises the loss, round to millionths, and say which rows had crossed."""
    rounded = discounts(raw.ravel()).reshape(raw.shape) / MILLION
    crossed: Flags = np.any(np.diff(rounded, axis=1) < 0, axis=1)
    return np.sort(rounded, axis=1), crossed


def movable(ordered: Floats, atoms: Atoms) -> Flags:
    """Say which quantiles calibration may move: none that is a shared discount, or that coincides with a neighbour."""
    equal = ordered[:, 1:] == ordered[:, :-1]
    none = np.zeros((len(ordered), 1), bool)
    found: Flags = ~(np.hstack([equal, none]) | np.hstack([none, equal]) | atoms.on(ordered))
    return found


@dataclass(frozen=True, slots=True)
class Calibration:
    """What is added to each quantile: for rows of a known group its own offset, else that of all rows.

    Quantiles near a shared discount are drawn onto it before, and stay there.
    """

    overall: tuple[float, ...]
    groups: Mapping[str, tuple[float, ...]]
    # rows that each quantile's own offset leans on
    lines: Mapping[str, tuple[int, ...]]
    atoms: Atoms = field(default_factory=Atoms)

    @classmethod
    def learn(
        cls,
        ordered: Floats,
        target: Floats,
        groups: pa.Array,
        quantiles: Sequence[float],
        shrinkage: float,
    ) -> Self:
        """Take the residuals' quantile per group, and the nearer to that of all rows the fewer the group has."""
        atoms = Atoms.learn(ordered, target, quantiles)
        drawn = atoms.drawn(ordered)
        residuals = np.where(movable(drawn, atoms), target[:, None] - drawn, np.nan)
        overall = _offsets(residuals, quantiles)
        of_row, names = codes(groups.cast(pa.string()).fill_null(""))
        found, lines = {}, {}
        for at, name in enumerate(names.to_pylist()):
            mine = residuals[of_row == at]
            rows = (~np.isnan(mine)).sum(axis=0)
            weight = rows / np.maximum(rows + shrinkage, 1)
            found[name] = _rounded(weight * _offsets(mine, quantiles) + (1 - weight) * overall)
            lines[name] = tuple(rows.tolist())
        return cls(_rounded(overall), found, lines, atoms)

    def apply(self, ordered: Floats, groups: pa.Array) -> tuple[Floats, Flags, Floats]:
        """Give calibrated quantiles in order, rows that calibration made cross, and what was added."""
        of_row, names = codes(groups.cast(pa.string()).fill_null(""))
        known = np.array([self.groups.get(name, self.overall) for name in names.to_pylist()])
        drawn = self.atoms.drawn(ordered)
        added = known.reshape(-1, len(self.overall))[of_row] * movable(drawn, self.atoms)
        moved, crossed = in_order(drawn + added)
        return moved, crossed, added

    def as_json(self) -> dict[str, Any]:
        """Give plain JSON values."""
        return {
            "by": GROUP,
            "overall": list(self.overall),
            "groups": {name: list(offsets) for name, offsets in self.groups.items()},
            "lines": {name: list(lines) for name, lines in self.lines.items()},
            "atoms": {"values": list(self.atoms.values), "reach": self.atoms.reach},
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Read what was written."""
        groups = {name: tuple(offsets) for name, offsets in kept["groups"].items()}
        lines = {name: tuple(rows) for name, rows in kept["lines"].items()}
        atoms = Atoms(tuple(kept["atoms"]["values"]), kept["atoms"]["reach"])
        return cls(tuple(kept["overall"]), groups, lines, atoms)


def _offsets(residuals: Floats, quantiles: Sequence[float]) -> Floats:
    """Give the residuals' own quantiles, a value that occurs: where many residuals are 0, nothing is added."""
    return np.array([_quantile(residuals[:, at], level) for at, level in enumerate(quantiles)])


def _quantile(residuals: Floats, level: float) -> float:
    known = residuals[~np.isnan(residuals)]
    if not len(known):
        return 0.0
    # one row more than there are, so that the next row is covered as promised; the median needs none
    rank = len(known) * level + (level - 0.5)
    return float(np.sort(known)[int(np.clip(np.ceil(rank) - 1, 0, len(known) - 1))])


def _rounded(offsets: Floats) -> tuple[float, ...]:
    return tuple((np.round(offsets * MILLION) / MILLION).tolist())
