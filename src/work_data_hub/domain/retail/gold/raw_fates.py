"""What became of each raw line of a month: kept as a sales line, or why not."""

from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.exact import Integers, scaled
from work_data_hub.domain.retail.config import Codes as CodeRules
from work_data_hub.domain.retail.frames.grouping import Codes, Flags, combined
from work_data_hub.domain.retail.frames.row_codes import joint_codes, repeats, sheet_ranks
from work_data_hub.domain.retail.frames.shaping import integers
from work_data_hub.domain.retail.rules.cell_rules import (
    MOMENT,
    PRICE,
    WHOLE,
    trimmed,
    upper_codes,
    values,
    whole_numbers,
)
from work_data_hub.domain.retail.rules.codes import TEST_ITEM, CodeBook
from work_data_hub.domain.retail.silver.brand_lines import products_fit
from work_data_hub.domain.retail.silver.eurostyle_cells import equal_lines
from work_data_hub.domain.retail.silver.overlap import sheet_overlap

PLACE: Final = ("file_id", "sheet", "row_number")
KEPT, OVERLAP, TEST, UNREADABLE, REPEATED, UNEXPLAINED = range(6)
FATES: Final = {
    OVERLAP: "overlap",
    TEST: "test",
    UNREADABLE: "unreadable",
    REPEATED: "repeated",
    UNEXPLAINED: "unexplained",
}


def eurostyle_fates(rows: pd.DataFrame, sales: pd.DataFrame, rules: CodeRules) -> Integers:
    """Find why a bronze line is no sales line; the first reason that holds counts."""
    kept = _kept(rows, sales)
    fates = np.where(kept, KEPT, UNEXPLAINED)
    if kept.all():
        return fates
    sheets, lost = sheet_ranks(rows), np.flatnonzero(~kept)
    overlap = sheet_overlap(sheets, trimmed(rows["invoice"])).repeated[lost]
    reasons = [overlap, *_faults(rows.iloc[lost], rules), _dropped(rows, sheets, rules)[lost]]
    fates[lost] = np.select(reasons, [OVERLAP, TEST, UNREADABLE, REPEATED], UNEXPLAINED)
    return fates


def contoso_fates(rows: pd.DataFrame, sales: pd.DataFrame) -> Integers:
    """Say which typed items are sales lines; there is no reason for one that is not."""
    return np.where(_kept(rows, sales), KEPT, UNEXPLAINED)


def _kept(rows: pd.DataFrame, sales: pd.DataFrame) -> Flags:
    """Say which raw lines became sales lines, by file, sheet and row."""
    parts = []
    for name in PLACE[:2]:
        both = Codes.of(pa.concat_arrays([arrow(rows, name), arrow(sales, name)]))
        parts.append((both.rows, both.size))
    numbers = np.concatenate([integers(arrow(frame, PLACE[2])) for frame in (rows, sales)])
    places, _ = combined(*parts, (numbers, int(numbers.max(initial=0)) + 1))
    return np.isin(places[: len(rows)], places[len(rows) :])


def _faults(rows: pd.DataFrame, rules: CodeRules) -> tuple[Flags, Flags]:
    """Say which lines have a test code, and which a cell that can't be read."""
    codes = upper_codes(rows["stock_code"])
    units, prices = values(rows["quantity"], WHOLE), values(rows["price"], PRICE)
    cells = (trimmed(rows["invoice"]), codes, units, prices, values(rows["invoice_date"], MOMENT))
    readable = products_fit(whole_numbers(units), scaled(prices))
    for cell in cells:
        readable = readable & np.asarray(pc.is_valid(cell))
    return CodeBook.of(rules).kinds(codes) == TEST_ITEM, ~readable


def _dropped(rows: pd.DataFrame, sheets: Integers, rules: CodeRules) -> Flags:
    """Say which lines an equal one of their sheet makes superfluous, where the rules say so."""
    if rules.exact_duplicates == "keep":
        return np.zeros(len(rows), bool)
    return repeats(joint_codes((equal_lines(rows), sheets), len(rows)))
