"""Invoices that stand in several sheets, against a slow reading."""

from collections import Counter

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from work_data_hub.domain.retail.silver.overlap import differing_invoices, sheet_overlap

lines = st.lists(
    st.tuples(st.sampled_from(["i", "j", "k", None]), st.integers(0, 2), st.sampled_from("xy")), max_size=25
)


@given(lines)
def test_each_invoice_is_left_in_the_last_sheet_that_has_it(found: list[tuple[str | None, int, str]]) -> None:
    invoices = pa.array([invoice for invoice, *_ in found], pa.string())
    sheets = np.array([sheet for _, sheet, _ in found], np.int64)
    texts = np.array(
        [ord(text) * 10 + len(invoice or "") + ord(invoice or "-") * 1000 for invoice, _, text in found]
    )
    overlap = sheet_overlap(sheets, invoices)
    where: dict[str, set[int]] = {}
    for invoice, sheet, _ in found:
        if invoice is not None:
            where.setdefault(invoice, set()).add(sheet)
    repeated = [invoice is not None and sheet < max(where[invoice]) for invoice, sheet, _ in found]
    assert overlap.repeated.tolist() == repeated
    assert overlap.lines == sum(repeated)
    assert overlap.invoices == sum(len(held) > 1 for held in where.values())
    unlike = {
        invoice
        for invoice, held in where.items()
        if len({frozenset(Counter(t for i, s, t in found if (i, s) == (invoice, at)).items()) for at in held})
        > 1
    }
    assert set(differing_invoices(overlap, sheets, invoices, texts.astype(np.int64)).to_pylist()) == unlike


def test_without_lines_nothing_overlaps() -> None:
    nothing = np.array([], np.int64)
    overlap = sheet_overlap(nothing, pa.array([], pa.string()))
    assert (overlap.lines, overlap.invoices) == (0, 0)
    assert len(differing_invoices(overlap, nothing, pa.array([], pa.string()), nothing)) == 0
