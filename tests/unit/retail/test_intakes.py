"""The nine drops: their sources, their headers, their months."""

from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
import yaml
from tests.unit.retail.silver_rows import GOOD_LINE, GOOD_SALE, Row, column, held, metric, numbered, rules_of

import work_data_hub.config
from work_data_hub.domain.kernel.build import DropIntake
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.sheets import DropPart, SheetRead
from work_data_hub.domain.retail.bronze.intakes import INTAKES
from work_data_hub.domain.retail.contracts.bronze import BRONZE, CONTOSO_SALES, EUROSTYLE_LINES


def intake(contract: TableContract) -> DropIntake:
    (found,) = [drop for drop in INTAKES if drop.contract is contract]
    return found


def landed(drop: DropIntake, good: Row, *changes: Row, sheet: str = "Year 2010-2011") -> Outcome:
    """Land rows as one sheet, as a reader gives it."""
    rows = [{**row, "row_kind": "data"} for row in numbered(good, changes)]
    names = ["row_number", "row_kind", *(c.name for c in drop.drop.columns), "extra_cells"]
    cells = pd.DataFrame(
        {
            name: pd.Series(pd.arrays.ArrowExtensionArray(pa.array([row.get(name) for row in rows], kind)))
            for name in names
            for kind in (pa.int64() if name == "row_number" else pa.string(),)
        }
    )
    read = SheetRead(cells, sheet, 1, {}, {}, len(rows), 0, 0, 0, len(rows), (), (), (sheet,), 0, ())
    return held(drop.contract, drop.make((DropPart("f" * 16, "file.xlsx", read),)))


def test_every_bronze_table_has_one_intake_from_a_configured_source() -> None:
    file = Path(str(work_data_hub.config.__file__)).parent / "retail.yml"
    configured = yaml.safe_load(file.read_text("utf-8"))["sources"]
    assert {drop.source for drop in INTAKES} == set(configured)
    assert {drop.contract for drop in INTAKES} == set(BRONZE)
    assert len(INTAKES) == len(BRONZE) == 9


def test_both_editions_of_eurostyles_headers_are_known_and_needed() -> None:
    headers = {c.name: c.headers for c in intake(EUROSTYLE_LINES).drop.columns if c.required}
    assert headers["invoice"] == ("Invoice", "InvoiceNo")
    assert headers["price"] == ("Price", "UnitPrice")
    assert headers["customer_id"] == ("Customer ID", "CustomerID")
    assert len(headers) == 8


@pytest.mark.parametrize(
    ("written", "month"),
    [
        ("2010-12-01T08:26:00", date(2010, 12, 1)),
        ("2011-01-31", date(2011, 1, 1)),
        ("12/1/2010 8:26", date(2010, 12, 1)),
    ],
)
def test_a_line_belongs_to_the_month_of_its_invoice(written: str, month: date) -> None:
    outcome = landed(intake(EUROSTYLE_LINES), GOOD_LINE, {"invoice_date": written}, {})
    assert column(outcome, "period") == [month, date(2010, 12, 1)]
    assert metric(outcome, "year_2010_2011.rows") == 2


@pytest.mark.parametrize("written", [None, "soon"])
def test_a_line_without_a_month_is_rejected_and_not_lost(written: str | None) -> None:
    outcome = landed(intake(EUROSTYLE_LINES), GOOD_LINE, {}, {"invoice_date": written})
    assert (outcome.counts.published, outcome.counts.rejected) == (1, 1)
    assert [rule for *_, rule in rules_of(outcome)] == ["no_month"]


def test_a_sale_belongs_to_the_month_of_its_day() -> None:
    outcome = landed(intake(CONTOSO_SALES), GOOD_SALE, {}, {"sale_id": "11", "sale_date": "2025-06-17"})
    assert column(outcome, "period") == [date(2025, 5, 1), date(2025, 6, 1)]


@pytest.mark.parametrize("drop", INTAKES, ids=lambda drop: drop.source)
def test_a_drop_of_blank_cells_does_not_break_its_profile(drop: DropIntake) -> None:
    outcome = landed(drop, {}, {}, {})
    assert outcome.counts.balanced
    assert outcome.counts.published == (0 if drop.contract.sliced_by else 2)
