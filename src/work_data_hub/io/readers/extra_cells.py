"""Cells under headers nobody declared, kept as one JSON object a row."""

import json
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.io.readers.raw_sheet import RawSheet
from work_data_hub.io.readers.texts import Flags, Positions, Texts

_COMMA = ", "


def extra_cells(
    raw: RawSheet, others: Mapping[int, str], blanks: tuple[Flags, ...], positions: Positions
) -> pa.Array:
    """Give {header: text} of the cells that are not blank, null where a row has none."""
    nothing = pa.nulls(len(positions), pa.string())
    members = [
        _members(raw.columns[index], key, positions)
        for index, key in others.items()
        if not blanks[index][positions].all()
    ]
    if not members:
        return nothing
    # nulls are written as nothing beforehand: joining with null_handling="skip" drops rows of nulls alone
    joined = pc.binary_join_element_wise(*members, "")
    objects = pc.binary_join_element_wise(
        pa.scalar("{"), pc.utf8_slice_codeunits(joined, len(_COMMA)), pa.scalar("}"), ""
    )
    return pc.if_else(pc.equal(joined, ""), nothing, objects)


def _members(texts: Texts, key: str, positions: Positions) -> pa.Array:
    name = json.dumps(key, ensure_ascii=False)
    written = [_member(name, text) for text in texts.values.to_pylist()]
    return pc.fill_null(texts.with_values(pa.array(written, pa.string())).cells(positions), "")


def _member(name: str, text: str | None) -> str | None:
    if not text or text.isspace():
        return None
    return f"{_COMMA}{name}: {json.dumps(text, ensure_ascii=False)}"
