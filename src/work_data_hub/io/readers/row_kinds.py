"""What each row below the header is: blank, a repeated header, a totals row or data."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow.compute as pc

from work_data_hub.cleansing.text import normalise_header
from work_data_hub.domain.kernel.sheets import SheetSpec
from work_data_hub.io.readers.headers import Header
from work_data_hub.io.readers.raw_sheet import RawSheet
from work_data_hub.io.readers.texts import Flags, Texts, as_flags

SUBTOTAL_LABELS: Final = frozenset({"小计"})


@dataclass(frozen=True, slots=True, eq=False)
class RowKinds:
    """One mask per kind over all rows of the sheet; below the header exactly one of them, or data."""

    blank: Flags
    repeated: Flags
    subtotal: Flags
    total: Flags

    @property
    def totals(self) -> Flags:
        """Mark both kinds of totals rows."""
        return self.subtotal | self.total


def blank_rows(blanks: Sequence[Flags], height: int) -> Flags:
    """Mark the rows in which every cell is blank."""
    rows: Flags = np.logical_and.reduce(blanks) if blanks else np.ones(height, dtype=np.bool_)
    return rows


def classify(raw: RawSheet, spec: SheetSpec, header: Header, blanks: Sequence[Flags]) -> RowKinds:
    """Say what each row is."""
    blank = blank_rows(blanks, len(raw.row_numbers))
    repeated = _repeated(raw, spec, header) & ~blank
    lower = set(spec.totals_labels) & SUBTOTAL_LABELS
    letters = frozenset(letter for label in spec.totals_labels for letter in label)
    held = [texts.held(letters) for texts in raw.columns]
    total = _labelled(raw, header, blanks, set(spec.totals_labels) - lower, held) & ~repeated
    subtotal = _labelled(raw, header, blanks, lower, held) & ~repeated & ~total
    return RowKinds(blank, repeated, subtotal, total)


def _repeated(raw: RawSheet, spec: SheetSpec, header: Header) -> Flags:
    required = [column.name for column in spec.columns if column.required and column.name in header.columns]
    watched = sorted(
        (header.columns[name] for name in required or header.columns),
        key=lambda index: len(raw.columns[index].values),
    )
    rows: Flags = np.zeros(len(raw.row_numbers), dtype=np.bool_)
    if not watched:
        return rows
    candidates = np.flatnonzero(_equal_header(raw.columns[watched[0]], header.position))
    for position in candidates[candidates > header.position]:
        rows[position] = all(_same(raw.columns[index], int(position), header.position) for index in watched)
    return rows


def _equal_header(texts: Texts, position: int) -> Flags:
    wanted = normalise_header(texts.at(position) or "")
    equal = [normalise_header(text or "") == wanted for text in texts.values.to_pylist()]
    return texts.flags(np.array(equal, dtype=np.bool_))


def _same(texts: Texts, one: int, other: int) -> bool:
    return normalise_header(texts.at(one) or "") == normalise_header(texts.at(other) or "")


def _labelled(
    raw: RawSheet,
    header: Header,
    blanks: Sequence[Flags],
    labels: Collection[str],
    held: Sequence[frozenset[str]],
) -> Flags:
    """Mark rows with a label as a whole declared cell, or at the end of the first cell that is not blank.

    A label inside a longer name (合计数据有限公司, 集合计划) is no label.
    """
    words = "|".join(map(re.escape, sorted(labels)))
    rows: Flags = np.zeros(len(raw.row_numbers), dtype=np.bool_)
    if not words:
        return rows
    remark = r":?(\([^()]*\))?:?"
    whole, ending = re.compile(f"({words}){remark}"), re.compile(f".*({words}){remark}", re.DOTALL)
    # letters of a label may stand apart, and this sieve is cheap
    sieve = "|".join(r"[^\p{L}\p{N}]*".join(map(re.escape, label)) for label in labels)
    declared = set(header.columns.values())
    before: Flags = np.zeros_like(rows)
    for index, texts in enumerate(raw.columns):
        letters = any(held[index].issuperset(label) for label in labels)
        candidates = as_flags(pc.match_substring_regex(texts.values, sieve)) if letters else before[:0]
        if candidates.any():
            rows |= texts.flags(_matching(texts, candidates, ending)) & ~before
            if index in declared:
                rows |= texts.flags(_matching(texts, candidates, whole))
        before |= ~blanks[index]
    return rows


def _matching(texts: Texts, candidates: Flags, pattern: re.Pattern[str]) -> Flags:
    chosen: Flags = np.zeros(len(texts.values), dtype=np.bool_)
    for code in np.flatnonzero(candidates):
        chosen[code] = pattern.fullmatch(normalise_header(texts.values[int(code)].as_py())) is not None
    return chosen
