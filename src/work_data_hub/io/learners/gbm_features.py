"""Features as trees take them: one table of floats, texts as codes of a vocabulary that was learnt at fit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.pricing.ports import Floats


@dataclass(frozen=True, slots=True)
class FeatureCodes:
    """The features in their order, and the known values of those that are texts."""

    names: tuple[str, ...]
    vocabularies: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, features: pd.DataFrame, categorical: Sequence[str]) -> Self:
        """Learn the values of texts, in alphabetical order so that the order of rows does not matter."""
        known = {
            name: tuple(sorted(pc.unique(_texts(features[name]).drop_null()).to_pylist()))
            for name in categorical
        }
        return cls(tuple(map(str, features.columns)), known)

    @property
    def text_positions(self) -> list[int]:
        """Where the texts stand among the features."""
        return [at for at, name in enumerate(self.names) if name in self.vocabularies]

    def encoded(self, features: pd.DataFrame) -> Floats:
        """Give rows by features; a missing or unseen text is missing."""
        missing = [name for name in self.names if name not in features.columns]
        if missing:
            raise PermanentError(
                f"the rows lack features that the model learnt from: {', '.join(missing)}",
                expected=", ".join(self.names),
                fix="give all features, in any order",
            )
        rows = np.empty((len(features), len(self.names)), np.float64, order="F")
        for at, name in enumerate(self.names):
            known = self.vocabularies.get(name)
            rows[:, at] = _numbers(features[name]) if known is None else _codes(features[name], known)
        return rows

    def as_json(self) -> dict[str, Any]:
        """Give plain JSON values."""
        return {
            "names": list(self.names),
            "vocabularies": {k: list(v) for k, v in self.vocabularies.items()},
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Read what was written."""
        return cls(tuple(kept["names"]), {name: tuple(v) for name, v in kept["vocabularies"].items()})


def _texts(values: pd.Series) -> pa.Array:
    return _one(pa.array(values.array, from_pandas=True)).cast(pa.string())


def _codes(values: pd.Series, known: tuple[str, ...]) -> Floats:
    codes = pc.index_in(_texts(values), value_set=pa.array(known, pa.string())).cast(pa.float64())
    return _floats(codes)


def _numbers(values: pd.Series) -> Floats:
    return _floats(_one(pa.array(values.array, from_pandas=True)).cast(pa.float64()))


def _floats(values: pa.Array) -> Floats:
    found: Floats = values.to_numpy(zero_copy_only=False)
    return found


def _one(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
