"""Seeded draws: each topic and month has its own stream, so adding one leaves the others as they were."""

import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Objects = npt.NDArray[np.object_]


def stream(seed: int, topic: str, number: int = 0) -> np.random.Generator:
    """Open the random stream of a topic."""
    return np.random.default_rng([seed, zlib.crc32(topic.encode()), number])


def chance(rng: np.random.Generator, count: int, share: float) -> Mask:
    """Mark about `share` of `count` places."""
    return rng.random(count) < share


def pick(rng: np.random.Generator, choices: Sequence[object], count: int) -> Objects:
    """Draw `count` of the choices, each as often as another."""
    return objects(choices)[rng.integers(0, len(choices), count)]


def objects(values: Sequence[object]) -> Objects:
    """Hold values as they are, strings of any length and None among them."""
    held = np.empty(len(values), dtype=object)
    held[:] = values
    return held
