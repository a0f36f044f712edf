"""A public workbook of half a million rows a sheet, against its typed copy."""

from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from work_data_hub.domain.kernel.sheets import SheetColumn, SheetSpec
from work_data_hub.io.readers.excel_reader import ExcelReader

DATA = Path(__file__).parents[4] / "shared" / "data" / "online_retail_ii"
HEADERS = (
    "Invoice",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "Price",
    "Customer ID",
    "Country",
)
SPEC = SheetSpec("Year 2009-2010", tuple(SheetColumn(header, (header,), required=True) for header in HEADERS))

pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not DATA.exists(), reason="the public data set is not beside the project"),
]


def test_every_cell_of_a_real_sheet_is_what_the_typed_copy_says() -> None:
    read = ExcelReader().read(DATA / "online_retail_II.xlsx", SPEC)
    known = pq.read_table(DATA / "year_2009-2010.parquet").to_pandas()
    assert (read.data_rows, read.header_row, read.blank_rows, read.totals_rows) == (525_461, 1, 0, 0)
    assert read.rows["row_number"].tolist() == list(range(2, 525_463))
    for header in HEADERS:
        ours, theirs = read.rows[header].astype(object), _text(known[header])
        differs = ~((ours == theirs) | (ours.isna() & theirs.isna()))
        assert not differs.any(), (header, ours[differs].head(3).tolist(), theirs[differs].head(3).tolist())


def _text(column: pd.Series) -> pd.Series:
    """Write typed values as a sheet shows them."""
    if pd.api.types.is_datetime64_any_dtype(column):
        moments: pd.Series = column.dt.strftime("%Y-%m-%dT%H:%M:%S").str.removesuffix("T00:00:00")
        return moments
    if pd.api.types.is_float_dtype(column):
        return column.map(lambda value: None if pd.isna(value) else f"{value:.15g}").astype(object)
    if pd.api.types.is_integer_dtype(column):
        return column.map(lambda value: None if pd.isna(value) else str(int(value))).astype(object)
    return column.astype(object)
