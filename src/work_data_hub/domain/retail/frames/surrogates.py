"""Keys of dimensions that stay the same from run to run: made from what a row is, not from a counter."""

import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.pipelines.exact import Integers


def surrogate_keys(*parts: pa.Array) -> Integers:
    """Give each row a key from 0 to 2⁶³ − 1 made from its parts; equal keys are refused.

    No part but the last but one may hold a vertical bar: brand, code and a day can't be taken for each other.
    """
    texts = joined(*parts)
    keys = np.array([surrogate_key(text) for text in texts.to_pylist()], np.int64)
    if len(np.unique(keys)) != len(keys):
        raise PermanentError(
            f"two of {len(keys):,} rows of a dimension get the same key",
            expected="one row per brand, code and first day",
            fix="look for a repeated code in the silver table that the dimension is made from",
        )
    return keys


def surrogate_key(text: str) -> int:
    """Give 63 bits of a text's SHA-256."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def joined(*parts: pa.Array) -> pa.Array:
    """Join the parts of each row with vertical bars."""
    return pc.binary_join_element_wise(*(pc.cast(part, pa.string()) for part in parts), "|")
