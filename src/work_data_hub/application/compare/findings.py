"""All that two sides of paired rows have to say: counts, columns and samples."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from work_data_hub.application.compare.judge import Judged, difference, judge, spread
from work_data_hub.application.compare.model import (
    ComparedColumn,
    Counts,
    Difference,
    Findings,
    LoneRow,
    Pairing,
    Side,
    UnreadableCell,
)


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """Two sides held against each other: their columns and which row belongs to which."""

    columns: Sequence[ComparedColumn]
    here: Side
    there: Side
    pairing: Pairing


def findings(held: Held, samples: int) -> Findings:
    """Count rows by fate, judge every column and choose what to show."""
    judged = tuple(judge(column, held.here, held.there, held.pairing) for column in held.columns)
    unreadable = (*held.here.unreadable.values(), *held.there.unreadable.values())
    return Findings(
        counts=_counts(held, judged),
        columns=tuple(one.result for one in judged),
        differences=_differences(held, judged, samples),
        only_here=_lone(held.here, held.pairing.only_here[:samples]),
        only_there=_lone(held.there, held.pairing.only_there[:samples]),
        unreadable=_unreadable(held.there, samples),
        unreadable_cells=sum(map(len, unreadable)),
    )


def _counts(held: Held, judged: Sequence[Judged]) -> Counts:
    pairing = held.pairing
    pairs = len(pairing.here) - pairing.exact
    differing = int(np.logical_or.reduce([one.differs for one in judged]).sum())
    return Counts(
        held.here.rows,
        held.there.rows,
        pairing.exact,
        pairs - differing,
        differing,
        len(pairing.only_here),
        len(pairing.only_there),
        *pairing.repeated,
    )


def _differences(held: Held, judged: Sequence[Judged], samples: int) -> tuple[Difference, ...]:
    at, by = (rows[held.pairing.exact :] for rows in (held.pairing.here, held.pairing.there))
    return tuple(
        difference(column, held.here, held.there, int(at[pair]), int(by[pair]))
        for pair in spread(judged, len(at), samples)
        for column, one in zip(held.columns, judged, strict=True)
        if one.differs[pair]
    )


def _lone(side: Side, rows: npt.NDArray[np.int64]) -> tuple[LoneRow, ...]:
    found = []
    for row in rows.tolist():
        values = {name: side.value(name, row) for name in side.columns}
        found.append(LoneRow(side.place(row), {n: v for n, v in values.items() if v is not None}))
    return tuple(found)


def _unreadable(side: Side, samples: int) -> tuple[UnreadableCell, ...]:
    cells = [
        UnreadableCell(name, side.place(f.position), f.value, f.reason, f.expected)
        for name, failures in side.unreadable.items()
        for f in failures[:samples]
    ]
    return tuple(cells[:samples])
