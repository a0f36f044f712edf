"""Which row of one side is which row of the other: equal rows first, then those that have most in common.

Rows are joined by hash on smaller and smaller sets of columns; the work never grows with rows times rows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from work_data_hub.application.compare.candidates import Alike, best_pairs, candidates
from work_data_hub.application.compare.codes import Coded, Codes, combine, encode, in_order
from work_data_hub.application.compare.model import ComparedColumn, Kind, Pairing, Side

Flags = npt.NDArray[np.bool_]
_NO_ROWS: Final = np.empty(0, dtype=np.int64)


@dataclass(slots=True, eq=False)
class _Rest:
    """Rows that have no partner yet, in the order of their content, and the pairs found so far."""

    here: Codes
    there: Codes
    found_here: list[Codes]
    found_there: list[Codes]

    @property
    def empty(self) -> bool:
        """Say whether one side has nobody left."""
        return not (len(self.here) and len(self.there))

    def join(self, ids: tuple[Codes, Codes], alike: Alike | None = None) -> None:
        """Pair rows of equal ids, the first with the first and so on; `alike` may refuse a pair."""
        if self.empty:
            return
        rows = max(len(self.here), len(self.there))
        one, other = _numbered(ids[0][self.here], rows), _numbered(ids[1][self.there], rows)
        _, at, by = np.intersect1d(one, other, assume_unique=True, return_indices=True)
        if alike is not None:
            fit = alike.enough(self.here[at], self.there[by])
            at, by = at[fit], by[fit]
        self.take(at, by)

    def take(self, at: Codes, by: Codes) -> None:
        """Move pairs, given by their places in the rest, to those that are found."""
        self.found_here.append(self.here[at])
        self.found_there.append(self.there[by])
        self.here, self.there = np.delete(self.here, at), np.delete(self.there, by)


def pair_rows(columns: Sequence[ComparedColumn], here: Side, there: Side, key: Sequence[str] = ()) -> Pairing:
    """Pair the rows of two sides; with a key, only rows of the same key can be a pair."""
    coded, names = encode(columns, here, there), [column.name for column in columns]
    rest = _Rest(*in_order(coded, names), [_NO_ROWS], [_NO_ROWS])
    same = coded.ids(names)
    rest.join(same)
    exact = sum(map(len, rest.found_here))
    if not rest.empty:
        alike = Alike.of(columns, coded, here, there)
        for coarse in alike.coarse():
            rest.join(coarse.ids(names))
        _leave_one_out(rest, coded, names, key)
        _best_candidates(rest, alike, key)
        _by_key(rest, coded, key) if key else _by_words(rest, coded, columns, alike)
    return Pairing(
        np.concatenate(rest.found_here),
        np.concatenate(rest.found_there),
        exact,
        np.sort(rest.here),
        np.sort(rest.there),
        repeated=(_repeated(same[0]), _repeated(same[1])),
    )


def _repeated(ids: Codes) -> int:
    """Count the rows that say the same as an earlier one."""
    return len(ids) - len(np.unique(ids))


def _numbered(ids: Codes, rows: int) -> Codes:
    """Tell rows of one id apart: the first of them, the second and so on."""
    order = np.argsort(ids, kind="stable")
    ranked = ids[order]
    place = np.empty_like(ids)
    place[order] = np.arange(len(ids)) - np.searchsorted(ranked, ranked)
    return ids * (rows + 1) + place


def _leave_one_out(rest: _Rest, coded: Coded, names: Sequence[str], key: Sequence[str]) -> None:
    """Pair rows that agree in all columns but one; the column that differs most goes first."""
    if rest.empty:
        return
    before, after = [coded.nothing], [coded.nothing]
    for name, last in zip(names, reversed(names), strict=True):
        before.append(combine(before[-1], coded.joined(name)))
        after.append(combine(after[-1], coded.joined(last)))
    for place in _by_overlap(rest, coded, names):
        if names[place] not in key:
            rest.join(coded.split(combine(before[place], after[len(names) - 1 - place])))


def _by_overlap(rest: _Rest, coded: Coded, names: Sequence[str]) -> list[int]:
    """Order columns by how many values the rests of both sides have in common, the fewest first."""
    shared = []
    for name in names:
        one, other = coded.here[name][rest.here], coded.there[name][rest.there]
        size = int(max(one.max(initial=0), other.max(initial=0))) + 1
        shared.append(
            int(np.minimum(np.bincount(one, minlength=size), np.bincount(other, minlength=size)).sum())
        )
    return sorted(range(len(names)), key=lambda place: (shared[place], place))


def _best_candidates(rest: _Rest, alike: Alike, key: Sequence[str]) -> None:
    """Pair rows that share a rare value, those that differ in the fewest columns first."""
    if not rest.empty:
        rest.take(*best_pairs(alike, rest.here, rest.there, *candidates(alike, rest.here, rest.there, key)))


def _by_key(rest: _Rest, coded: Coded, key: Sequence[str]) -> None:
    """Pair what is left of each key, in the order of its content."""
    rest.join(coded.ids(key))


def _by_words(rest: _Rest, coded: Coded, columns: Sequence[ComparedColumn], alike: Alike) -> None:
    """Pair crowds of rows by fewer and fewer of their texts, as long as most of what they say agrees."""
    if rest.empty:
        return
    words = [column.name for column in columns if column.kind is not Kind.NUMBER]
    firmest = [words[place] for place in reversed(_by_overlap(rest, coded, words))]
    for ids in reversed(list(_nested_ids(coded, firmest))):
        rest.join(ids, alike)


def _nested_ids(coded: Coded, names: Sequence[str]) -> Iterator[tuple[Codes, Codes]]:
    """Give the ids of the first column, of the first two, and so on."""
    ids = coded.nothing
    for name in names:
        ids = combine(ids, coded.joined(name))
        yield coded.split(ids)
