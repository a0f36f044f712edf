"""Names of clusters by what sets their members apart from the brand's other customers."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from work_data_hub.domain.pipelines.exact import Integers
from work_data_hub.domain.retail.customers.features import NAMES, ONE_DAY
from work_data_hub.domain.retail.ports import Floats

# aspect of buying, and the words for more and for less than usual, by feature
_WORDS: Final = {
    "monetary_eur": ("value", "high value", "low value"),
    "frequency": ("rhythm", "frequent", "seldom"),
    "recency_days": ("recency", "long gone", "recent"),
    "basket_diversity": ("basket", "wide baskets", "narrow baskets"),
    "inter_purchase_days": ("rhythm", "long pauses", "short pauses"),
    "return_share": ("returns", "many returns", "few returns"),
    ONE_DAY: ("rhythm", "one-day buyers", "repeat buyers"),
}
_CLEAR: Final = 0.25
_DIGITS: Final = 6
_SHOWN: Final = 2
ALL_NAME: Final = "All customers"
_USUAL: Final = "Usual"


def names_of(features: Floats, clusters: Integers) -> tuple[str, ...]:
    """Name clusters 1, 2, …: each by its two clearest aspects, by more where that is taken.

    An aspect counts from a quarter of a standard deviation between the cluster's mean and the brand's; of the
    features of one aspect the strongest speaks. A cluster without any is usual; names that are still equal are
    told apart by the cluster's number.
    """
    count = int(clusters.max(initial=0))
    if count == 1:
        return (ALL_NAME,)
    names: list[str] = []
    for number in range(1, count + 1):
        phrases = _phrases(features[clusters == number].mean(axis=0))
        names.append(next(name for name in _candidates(phrases, number) if name not in names))
    return tuple(names)


def _phrases(means: Floats) -> list[str]:
    """Give the words for what is clear, the strongest first."""
    found: dict[str, str] = {}
    # rounded, so that a last digit can't decide which of two equals comes first
    for at in np.argsort(-np.abs(means).round(_DIGITS), kind="stable").tolist():
        aspect, more, less = _WORDS[NAMES[at]]
        if abs(means[at]) >= _CLEAR and aspect not in found:
            found[aspect] = more if means[at] > 0 else less
    return list(found.values())


def _candidates(phrases: list[str], number: int) -> Iterator[str]:
    for shown in range(min(_SHOWN, len(phrases)), len(phrases) + 1):
        yield ", ".join(phrases[:shown]).capitalize() or _USUAL
    yield f"{', '.join(phrases).capitalize() or _USUAL} ({number})"
