"""EuroStyle's lines of a month: sheet overlap taken out, every line typed, none lost."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from work_data_hub.domain.kernel.build import InputRef
from work_data_hub.domain.kernel.contract import DAY, MONEY, TEXT
from work_data_hub.domain.kernel.outcome import Rejection
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.exact import decimals
from work_data_hub.domain.pipelines.lineage import rejections_of
from work_data_hub.domain.retail.config import RetailMappings
from work_data_hub.domain.retail.contracts.bronze import EUROSTYLE_LINES
from work_data_hub.domain.retail.frames.row_codes import Flags, codes_of, in_file_order, running_numbers
from work_data_hub.domain.retail.rules.codes import CANCELLATION, CodeBook, Kinds, invoice_prefixes
from work_data_hub.domain.retail.silver.brand_lines import MONEY_DIGITS, BrandLines, Fates, control_total
from work_data_hub.domain.retail.silver.eurostyle_cells import RAW, EurostyleCells
from work_data_hub.domain.retail.silver.overlap import Overlap, differing_invoices, sheet_overlap

EUROSTYLE_INPUT: Final = InputRef(
    EUROSTYLE_LINES, optional=True, columns=("file_id", "sheet", "row_number", *RAW)
)
_NAMED: Final = 5


def eurostyle_lines(frame: pd.DataFrame, mappings: RetailMappings) -> BrandLines:
    """Type the month's bronze lines; rejected and deduplicated ones are counted with their sums."""
    rows = in_file_order(frame)
    book = CodeBook.of(mappings.codes)
    cells = EurostyleCells.of(rows, book)
    invoices = cells.read["invoice"]
    overlap = sheet_overlap(cells.sheets, invoices)
    fates, duplicates, rejections = _judge(cells, overlap, drop=mappings.codes.exact_duplicates == "drop")
    types = _line_types(cells, book)
    columns = _columns(cells, fates, _line_numbers(cells, overlap), duplicates, types)
    totals = (
        control_total(
            "quantity",
            cells.quantity,
            0,
            fates,
            columns["quantity"],
            unreadable=len(cells.failures["quantity"]),
        ),
        control_total(
            "amount_local",
            cells.amounts,
            MONEY_DIGITS,
            fates,
            columns["amount_local"],
            unreadable=cells.unreadable_amounts,
        ),
    )
    differing = differing_invoices(overlap, cells.sheets, invoices, cells.equal_lines)
    return BrandLines(
        mappings.eurostyle,
        columns,
        types[fates.published],
        cells.kinds[fates.published],
        cells.amounts[fates.published],
        fates,
        totals,
        rejections,
        _metrics(overlap, len(differing), fates, rejections, duplicates),
        _warnings(differing),
    )


def _judge(
    cells: EurostyleCells, overlap: Overlap, *, drop: bool
) -> tuple[Fates, Flags, tuple[Rejection, ...]]:
    """Give each line one fate; a line of a later sheet too is not judged a second time."""
    faults = cells.faults(~overlap.repeated)
    rejected = np.zeros(len(cells.rows), bool)
    rejected[[fault.position for fault in faults]] = True
    duplicates = cells.duplicates & ~overlap.repeated
    deduplicated = overlap.repeated | (duplicates & ~rejected if drop else False)
    return Fates(rejected, deduplicated), duplicates, rejections_of(cells.rows, faults)


def _line_types(cells: EurostyleCells, book: CodeBook) -> Kinds:
    nobody = np.asarray(cells.read["customer_id"].is_null())
    prefixes = invoice_prefixes(cells.read["invoice"])
    return book.line_types(prefixes, cells.kinds, cells.quantity, (cells.price == 0) & nobody)


def _line_numbers(cells: EurostyleCells, overlap: Overlap) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Number the lines of an invoice; rejected ones keep their place, so that a correction moves none."""
    numbers = np.zeros(len(cells.rows), np.int64)
    kept = ~overlap.repeated
    numbers[kept] = running_numbers(codes_of(cells.read["invoice"])[kept])
    return numbers


def _columns(
    cells: EurostyleCells,
    fates: Fates,
    line_numbers: np.ndarray[tuple[int], np.dtype[np.int64]],
    duplicates: Flags,
    types: Kinds,
) -> Mapping[str, pa.Array]:
    read, moments = cells.read, cells.read["invoice_date"]
    amounts, prices = decimals(cells.amounts, MONEY), read["price"]
    positive = (types == CANCELLATION) & (cells.quantity > 0)
    nothing = np.zeros(len(cells.rows), bool)
    whole = {
        **{name: arrow(cells.rows, name) for name in ("file_id", "sheet", "row_number")},
        "order_id": read["invoice"],
        "line_number": pa.array(line_numbers),
        "sku": read["stock_code"],
        "customer_id": read["customer_id"],
        "order_date": moments.cast(DAY, safe=False),
        "ordered_at": moments,
        "description": read["description"],
        "quantity": pa.array(cells.quantity),
        "unit_price": prices,
        "list_price": prices,
        "amount_local": amounts,
        "list_amount_local": amounts,
        "cost_local": pa.nulls(len(cells.rows), MONEY),
        "country_name": read["country"],
        "channel": pa.nulls(len(cells.rows), TEXT),
        "exact_duplicate": pa.array(duplicates),
        "zero_price": pa.array(cells.price == 0),
        "positive_cancellation": pa.array(positive),
        **dict.fromkeys(("date_swapped", "before_signup", "total_differs"), pa.array(nothing)),
    }
    if fates.published.all():
        return whole
    published = pa.array(fates.published)
    return {name: values.filter(published) for name, values in whole.items()}


def _metrics(
    overlap: Overlap, differing: int, fates: Fates, rejections: tuple[Rejection, ...], duplicates: Flags
) -> dict[str, float]:
    return {
        **{f"rejected.{rule}": lines for rule, lines in Counter(r.rule for r in rejections).items()},
        "overlap_lines": overlap.lines,
        "overlap_invoices": overlap.invoices,
        "overlap_differing_invoices": differing,
        "exact_duplicates": int((duplicates & ~fates.rejected).sum()),
        "exact_duplicates_dropped": int((fates.deduplicated & ~overlap.repeated).sum()),
    }


def _warnings(differing: pa.Array) -> tuple[str, ...]:
    if not len(differing):
        return ()
    named = ", ".join(sorted(differing.to_pylist())[:_NAMED])
    return (f"{len(differing)} invoices stand in several sheets with different lines: {named}",)
