"""Columns of a typed table by our names for them."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from work_data_hub.application.compare.model import OtherRows
from work_data_hub.cleansing.text import normalise_header


def headers_of(written: Sequence[str], words: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Find for each of our columns the one there that answers to it; the first of its words decides."""
    there = {normalise_header(name): name for name in reversed(written)}
    found: dict[str, str] = {}
    for name, known in words.items():
        answers = (there.get(normalise_header(word)) for word in known)
        header = next((answer for answer in answers if answer is not None), None)
        if header is not None and header not in found.values():
            found[name] = header
    return found


def named_columns(
    name: str, table: pa.Table, headers: Mapping[str, str], written: Sequence[str]
) -> OtherRows:
    """Give the columns that answer to ours; those of `written` that answer to none are unknown."""
    return OtherRows(
        name=name,
        cells={ours: _plain(table.column(theirs)) for ours, theirs in headers.items()},
        rows=table.num_rows,
        headers=headers,
        unknown=tuple(column for column in written if column not in headers.values()),
    )


def _plain(column: pa.ChunkedArray) -> pa.Array:
    """Give one array of a plain type: text of a dictionary, the storage of an extension."""
    cells = column.combine_chunks()
    if isinstance(cells, pa.ChunkedArray):
        cells = cells.chunk(0) if cells.num_chunks else pa.nulls(0, cells.type)
    if isinstance(cells, pa.ExtensionArray):
        cells = cells.storage
    return cells.cast(cells.type.value_type) if pa.types.is_dictionary(cells.type) else cells
