"""Groups by k-means of scikit-learn: the number of groups by silhouette, on one thread, repeatable to the last label."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from work_data_hub.domain.retail.ports import Clustering, Floats

if TYPE_CHECKING:
    from sklearn.cluster import KMeans

# what is not comparable loses against everything that is
_WORST: Final = -1.0


@dataclass(frozen=True, slots=True)
class SklearnKMeans:
    """A Clusterer; each number of groups begins `starts` times and keeps the tightest result."""

    starts: int = 10

    def fit(
        self, features: Floats, k_range: tuple[int, int], *, seed: int, silhouette_rows: int
    ) -> Clustering:
        """Try each number of clusters in a range and keep the one with the best silhouette, the smallest of equals."""
        # loaded before the limit on threads, which reaches only what is there
        import sklearn.cluster  # noqa: F401
        from threadpoolctl import threadpool_limits

        fewest, most = k_range
        # silhouettes need a row more than there are groups, and equal rows can't be parted
        most = min(most, len(np.unique(features, axis=0)) - 1)
        if most < fewest:
            return _undivided(features)
        drawn = np.sort(np.random.default_rng(seed).permutation(len(features))[:silhouette_rows])
        # sums in another order, on more threads, could end in other labels
        with threadpool_limits(limits=1):
            models = {k: self._fitted(features, k, seed) for k in range(fewest, most + 1)}
            silhouettes = {k: _silhouette(features[drawn], m.labels_[drawn]) for k, m in models.items()}
        best = models[max(silhouettes, key=lambda k: (silhouettes[k], -k))]
        return Clustering(best.labels_.astype(np.int64), best.cluster_centers_, silhouettes)

    def _fitted(self, features: Floats, k: int, seed: int) -> "KMeans":
        from sklearn.cluster import KMeans

        return KMeans(k, n_init=self.starts, random_state=seed, algorithm="lloyd").fit(features)


def _undivided(features: Floats) -> Clustering:
    return Clustering(np.zeros(len(features), np.int64), features.mean(axis=0, keepdims=True), {})


def _silhouette(features: Floats, labels: npt.NDArray[np.int32]) -> float:
    """Say how well groups part rows; one group, or a group of each row, can't be judged."""
    from sklearn.metrics import silhouette_score

    comparable = 1 < len(np.unique(labels)) < len(labels)
    return float(silhouette_score(features, labels)) if comparable else _WORST
