"""Invoices that stand in several sheets of a drop: each is taken from one sheet, the last that has it."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from work_data_hub.domain.pipelines.exact import Integers
from work_data_hub.domain.retail.frames.row_codes import Flags, codes_of


@dataclass(frozen=True, slots=True)
class Overlap:
    """Which lines stand in a later sheet too, and of how many invoices they are."""

    repeated: Flags
    shared: Flags
    invoices: int

    @property
    def lines(self) -> int:
        """Number of lines that stand in a later sheet too."""
        return int(self.repeated.sum())


def sheet_overlap(sheets: Integers, invoices: pa.Array) -> Overlap:
    """Find the invoices of several sheets; sheets are numbers in their order, a blank invoice is none."""
    codes = codes_of(invoices)
    present = np.zeros((int(codes.max(initial=0)) + 1, int(sheets.max(initial=0)) + 1), bool)
    present[codes, sheets] = True
    known = np.asarray(invoices.is_valid())
    several = present.sum(axis=1) > 1
    several[codes[~known]] = False
    last = present.shape[1] - 1 - np.argmax(present[:, ::-1], axis=1)
    shared = several[codes]
    return Overlap(shared & (sheets != last[codes]), shared, int(several.sum()))


def differing_invoices(overlap: Overlap, sheets: Integers, invoices: pa.Array, lines: Integers) -> pa.Array:
    """Name the invoices whose sheets do not hold the same lines equally often; `lines` numbers equal lines."""
    at = np.flatnonzero(overlap.shared)
    orders, names = _compressed(codes_of(invoices)[at])
    equal, first = _compressed(lines[at])
    present = np.zeros((len(names), int(sheets.max(initial=0)) + 1), bool)
    present[orders, sheets[at]] = True
    times = np.zeros((len(first), present.shape[1]), np.int64)
    np.add.at(times, (equal, sheets[at]), 1)
    # sheets that do not hold the invoice have no say
    silent = ~present[orders[first]]
    least = np.where(silent, np.iinfo(np.int64).max, times).min(axis=1, initial=np.iinfo(np.int64).max)
    most = np.where(silent, 0, times).max(axis=1, initial=0)
    return invoices.take(pa.array(at[first[least != most]])).unique()


def _compressed(numbers: Integers) -> tuple[Integers, Integers]:
    """Number distinct values from 0, and give where each occurs first."""
    _, first, codes = np.unique(numbers, return_index=True, return_inverse=True)
    return codes.astype(np.int64), first.astype(np.int64)
