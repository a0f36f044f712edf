"""Look-ups: the files beside the orders as tables, and values found through them step by step."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, Self

import pandas as pd
import pyarrow as pa

from work_data_hub.cleansing.column import text_cells
from work_data_hub.cleansing.text import drop_float_tail, fold, normalise_header
from work_data_hub.domain.kernel.errors import InputRefusedError, Location
from work_data_hub.domain.pricing.config import Hop

Cells = Mapping[str, str]


class _Step(NamedTuple):
    """What each key of a look-up leads to, and the keys that stand there with different values."""

    found: Mapping[str, str]
    repeated: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lookups:
    """The rows of each look-up by the stem of its file, whatever its case."""

    tables: Mapping[str, Sequence[Cells]]
    _steps: dict[Hop, _Step] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, frame: pd.DataFrame | None) -> Self:
        """Read the bronze rows; without any there is no look-up."""
        tables: dict[str, list[Cells]] = {}
        if frame is not None:
            ordered = frame.sort_values(["sheet", "file_id", "row_number"])
            for sheet, cells in zip(_texts(ordered, "sheet"), _texts(ordered, "extra_cells"), strict=True):
                tables.setdefault(str(sheet).casefold(), []).append(cells_of(cells))
        return cls(tables)

    def through(self, path: Sequence[Hop], values: pa.Array) -> pa.Array:
        """Follow a path from values; where a key is blank or unknown there is nothing."""
        encoded = values.dictionary_encode()
        found: list[str | None] = encoded.dictionary.to_pylist()
        for hop in path:
            known = self._step(hop).found
            found = [None if key is None else known.get(_key(key)) for key in found]
        return pa.array(found, pa.string()).take(encoded.indices)

    def warnings(self, hops: Sequence[Hop]) -> Iterator[str]:
        """Name the look-ups in which a key stands with different values."""
        for hop in hops:
            if repeated := self._step(hop).repeated:
                yield (
                    f"look-up {hop.lookup}: {len(repeated)} keys of {hop.key} have several values of {hop.value}; "
                    f"the first counts, as for {repeated[0]}"
                )

    def _step(self, hop: Hop) -> _Step:
        if hop not in self._steps:
            self._steps[hop] = self._read(hop)
        return self._steps[hop]

    def _read(self, hop: Hop) -> _Step:
        rows = self._rows(hop.lookup)
        key, value = (self._header(hop.lookup, rows, name) for name in (hop.key, hop.value))
        values: dict[str, str] = {}
        repeated: dict[str, None] = {}
        for row in rows:
            if key in row and value in row:
                kept = values.setdefault(_key(row[key]), row[value])
                if kept != row[value]:
                    repeated[_key(row[key])] = None
        return _Step(values, tuple(repeated))

    def _rows(self, name: str) -> Sequence[Cells]:
        if name.casefold() in self.tables:
            return self.tables[name.casefold()]
        raise InputRefusedError(
            f"the look-up {name} is not among the look-ups of the business unit",
            expected=", ".join(sorted(self.tables)) or "a drop of look-ups, and there is none",
            fix="put its file beside the others, or correct the look-up's name in the business unit's file",
        )

    def _header(self, name: str, rows: Sequence[Cells], header: str) -> str:
        wanted = normalise_header(header)
        if any(wanted in row for row in rows):
            return wanted
        raise InputRefusedError(
            f"the look-up {name} has no cell under {header}",
            where=Location(sheet=name, column=header),
            expected=", ".join(dict.fromkeys(key for row in rows for key in row)),
            fix="restore the column in its file, or correct the column's name in the business unit's file",
        )


def cells_of(written: str | None) -> Cells:
    """Give the cells of a row's JSON text by their normalised headers."""
    return {_header(name): cell for name, cell in json.loads(written or "{}").items()}


@lru_cache(maxsize=1024)
def _header(name: str) -> str:
    # the same few headers stand in every row
    return normalise_header(name)


def _key(text: str) -> str:
    return drop_float_tail(fold(text))


def _texts(frame: pd.DataFrame, name: str) -> list[str | None]:
    found: list[str | None] = text_cells(frame[name]).to_pylist()
    return found
