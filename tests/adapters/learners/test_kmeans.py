"""The k-means adapter on the real library: known groups, repeatable, honest where nothing can be parted."""

import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from work_data_hub.domain.retail.ports import Clusterer, Clustering, Floats
from work_data_hub.io.learners.kmeans import SklearnKMeans

CENTRES = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]])


def blobs(rows: int = 40) -> Floats:
    random = np.random.default_rng(5)
    return np.concatenate([random.normal(centre, 0.5, (rows, 2)) for centre in CENTRES])


def fit(features: Floats, k_range: tuple[int, int] = (2, 6), seed: int = 1, rows: int = 2000) -> Clustering:
    learner: Clusterer = SklearnKMeans()
    return learner.fit(features, k_range, seed=seed, silhouette_rows=rows)


def test_groups_that_are_there_are_found_and_counted() -> None:
    found = fit(blobs())
    assert found.k == 3
    assert set(found.silhouettes) == {2, 3, 4, 5, 6}
    assert found.silhouettes[3] == max(found.silhouettes.values()) > 0.8
    assert [len(set(part)) for part in np.split(found.labels, 3)] == [1, 1, 1]
    assert found.centres[found.labels[[0, 40, 80]]] == pytest.approx(CENTRES, abs=0.3)
    assert found.labels.dtype == np.int64


def test_the_same_rows_give_the_same_labels() -> None:
    once, again = fit(blobs()), fit(blobs())
    assert np.array_equal(once.labels, again.labels)
    assert np.array_equal(once.centres, again.centres)
    assert once.silhouettes == again.silhouettes


def test_silhouettes_are_of_a_sample_that_the_seed_draws() -> None:
    features = np.random.default_rng(3).normal(size=(300, 2))
    whole, part, other = (fit(features, rows=rows, seed=seed) for rows, seed in ((300, 1), (60, 1), (60, 2)))
    assert part.silhouettes not in (whole.silhouettes, other.silhouettes)
    assert len(part.labels) == 300


def test_a_sample_that_can_not_be_judged_leaves_the_smallest_number() -> None:
    found = fit(blobs(), rows=1)
    assert (found.k, set(found.silhouettes.values())) == (2, {-1.0})


@pytest.mark.parametrize("features", [np.zeros((50, 2)), np.array([[0.0], [1.0]] * 9), np.ones((1, 3))])
def test_rows_that_can_not_be_parted_stay_together(features: Floats) -> None:
    found = fit(features)
    assert (found.k, found.silhouettes, set(found.labels)) == (1, {}, {0})
    assert found.centres == pytest.approx(features.mean(axis=0, keepdims=True))


@settings(max_examples=15, deadline=None)
@given(
    arrays(
        np.float64, st.tuples(st.integers(1, 12), st.just(2)), elements=st.sampled_from([0.0, 1.0, 2.0, 9.0])
    )
)
def test_whatever_is_given_every_row_has_a_cluster(features: Floats) -> None:
    found = fit(features, (2, 3))
    assert sorted(set(found.labels)) == list(range(found.k))
    assert found.k == 1 or found.silhouettes[found.k] == max(found.silhouettes.values())


THREADS = """
import json
import numpy as np
from work_data_hub.io.learners import kmeans

seen = []

class Watched(kmeans.SklearnKMeans):
    def _fitted(self, features, k, seed):
        from threadpoolctl import threadpool_info
        model = super(Watched, self)._fitted(features, k, seed)
        seen.extend(pool["num_threads"] for pool in threadpool_info())
        return model

Watched().fit(np.random.default_rng(1).normal(size=(600, 3)), (2, 3), seed=1, silhouette_rows=50)
print(json.dumps(seen))
"""


def test_one_thread_is_enough_from_the_first_call_of_a_process() -> None:
    done = subprocess.run([sys.executable, "-c", THREADS], capture_output=True, text=True, check=True)
    seen = json.loads(done.stdout)
    assert len(seen) >= 2
    assert set(seen) == {1}


def test_the_library_is_loaded_only_when_it_is_needed() -> None:
    code = "import sys, work_data_hub.io.learners.kmeans; print('sklearn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
