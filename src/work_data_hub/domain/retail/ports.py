"""What retail rules need from a model library, as a small protocol."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Clustering:
    """The cluster of each row, numbered from 0, the clusters' centres, and how well each number of them parts the rows."""

    labels: npt.NDArray[np.int64]
    centres: Floats
    silhouettes: Mapping[int, float]

    @property
    def k(self) -> int:
        """Number of clusters that was chosen."""
        return len(self.centres)


class Clusterer(Protocol):
    """Groups rows of numbers; the same rows in the same order, range and seed give the same groups."""

    def fit(
        self, features: Floats, k_range: tuple[int, int], *, seed: int, silhouette_rows: int
    ) -> Clustering:
        """Try each number of clusters in a range and keep the one with the best silhouette, the smallest of equals.

        Silhouettes are measured on at most so many rows, drawn by the seed. Fewer than one different row more
        than the smallest number of clusters make one cluster, without silhouettes.
        """
