"""What moved a line's median: the features with the largest contributions, as JSON and in words."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.contract import RATE, TEXT
from work_data_hub.domain.pipelines.exact import decimals
from work_data_hub.domain.pricing.contracts.feature import ORDER_FEATURES
from work_data_hub.domain.pricing.policy.rows import Floats, discounts
from work_data_hub.domain.pricing.scoring.ports import Moved
from work_data_hub.domain.pricing.scoring.words import each_once, joined, listed

TOP: Final = 3
# a tenth of a percentage point, in millionths
_TENTH: Final = 1000


def as_json(moved: Moved) -> pa.Array:
    """Write each row's drivers as a JSON list of feature and effect."""
    items = [
        joined(
            '{"feature": "',
            pa.array(moved.names[:, at], TEXT),
            '", "effect": ',
            pc.cast(decimals(discounts(moved.effects[:, at]), RATE), TEXT),
            "}",
        )
        for at in range(moved.effects.shape[1])
    ]
    return joined("[", listed(*items, between=", "), "]")


def as_words(moved: Moved) -> pa.Array:
    """Name the drivers with their effects in percentage points; those that round to nothing are left out."""
    items = [
        joined(_labels(moved.names[:, at]), " (", _points(moved.effects[:, at]), " points)")
        for at in range(moved.effects.shape[1])
    ]
    return joined("Mostly: ", listed(*items, between=", "), ".")


def _points(effects: Floats) -> pa.Array:
    tenths = np.rint(discounts(effects) / _TENTH).astype(np.int64)
    return each_once(tenths, lambda tenth: f"{tenth / 10:+g}" if tenth else None)


def _labels(names: npt.NDArray[np.str_]) -> pa.Array:
    texts = pa.array(names, TEXT)
    distinct = pc.unique(texts)
    labels = [ORDER_FEATURES.column(name).label for name in distinct.to_pylist()]
    lowered = pa.array([label[:1].lower() + label[1:] for label in labels], TEXT)
    return lowered.take(pc.index_in(texts, distinct))
