"""Small draws that many parts of the sample make."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


def happens(rng: np.random.Generator, share: float) -> bool:
    """Say yes in about `share` of the calls."""
    return bool(rng.random() < share)


def one_of(rng: np.random.Generator, choices: Sequence[T]) -> T:
    """Draw one of the choices, each as often as another."""
    return choices[int(rng.integers(len(choices)))]


def whole(rng: np.random.Generator, low: int, high: int) -> int:
    """Draw a whole number from `low` to `high`, both included."""
    return int(rng.integers(low, high + 1))
