"""A public workbook of a million lines as one drop, against the Parquet files of the same lines."""

from pathlib import Path
from typing import Final

import pyarrow as pa
import pytest

from work_data_hub.application.sources import OnAmbiguous, SourceSpec
from work_data_hub.domain.kernel.contract import COUNT, DAY, TEXT, Column, Conservation, Role, TableContract
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.pipelines.drops import drop_outcome, drop_spec
from work_data_hub.io.connectors.drops import DropFolder

SHARED: Final = Path(__file__).parents[4] / "shared" / "data"
RAW: Final = (
    "Invoice",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "Price",
    "Customer ID",
    "Country",
)
LINES: Final = TableContract(
    key="shop.bronze.lines",
    version="1.0.0",
    label="Lines",
    description="Invoice lines as they came.",
    grain="one row per row of a sheet",
    owner="team:shop",
    columns=(
        Column("period", DAY, "Month", "month of the order", role=Role.LINEAGE, sources=("invoicedate",)),
        Column("file_id", TEXT, "File", "file", role=Role.LINEAGE),
        Column("sheet", TEXT, "Sheet", "sheet", role=Role.LINEAGE),
        Column("row_number", COUNT, "Row", "row", role=Role.LINEAGE),
        *(Column(name.lower().replace(" ", "_"), TEXT, name, name, nullable=True) for name in RAW),
    ),
    primary_key=("file_id", "sheet", "row_number"),
    conservation=Conservation.ROW_PRESERVING,
    sliced_by="period",
)
COLUMNS: Final = tuple(column.name for column in LINES.columns if column.role is Role.BUSINESS)

pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not SHARED.exists(), reason="the public data sets are not beside the project"),
]


def outcome(suffix: str) -> Outcome:
    drops = DropFolder(SHARED)
    source = SourceSpec(
        "shop", ("online_retail_ii",), ("*",), suffixes=(suffix,), on_ambiguous=OnAmbiguous.TOGETHER
    )
    spec = drop_spec(LINES, required=COLUMNS, sheets="Year *")
    return drop_outcome(LINES, [part for file in drops.parts(source) for part in drops.read(file, spec)])


def test_every_cell_of_the_real_workbook_is_that_of_the_parquet_files() -> None:
    sheets, typed = outcome(".xlsx"), outcome(".parquet")
    assert sheets.counts == typed.counts
    assert (sheets.counts.read, sheets.counts.published, sheets.counts.balanced) == (
        1_067_370,
        1_067_370,
        True,
    )
    assert sheets.warnings == typed.warnings == ()
    names = ["period", "row_number", *COLUMNS]
    ours, theirs = (
        pa.Table.from_pandas(made.accepted[names], preserve_index=False) for made in (sheets, typed)
    )
    differing = [name for name in names if not ours[name].equals(theirs[name])]
    assert differing == []
    rows = sheets.accepted["sheet"].value_counts()
    assert rows.to_dict() == {"Year 2009-2010": 525_461, "Year 2010-2011": 541_909}
    assert sheets.accepted["customer_id"].isna().sum() == 107_927 + 135_080
    assert sheets.accepted["description"].isna().sum() == 2_928 + 1_454
    assert sheets.accepted["period"].nunique() == 25


def test_the_files_of_the_fashion_store_are_seven_drops() -> None:
    rows = {"sales": 905, "salesitems": 2253, "products": 500, "customers": 1000, "stock": 1000}
    for name, count in {**rows, "campaigns": 7, "channels": 2}.items():
        drops = DropFolder(SHARED)
        pattern = f"dataset_fashion_store_{name}.csv"
        (file,) = drops.parts(SourceSpec("shop", ("european_fashion_store",), (pattern,), suffixes=(".csv",)))
        header = file.path.read_text("utf-8-sig").splitlines()[0].split(",")
        names = {label: Column(label, TEXT, label, label, nullable=True) for label in header}
        lineage = [
            column for column in LINES.columns if column.role is Role.LINEAGE and column.name != "period"
        ]
        contract = TableContract(
            key=f"shop.bronze.{name}",
            version="1.0.0",
            label=name,
            description=name,
            grain="one row per line",
            owner="team:shop",
            columns=(*lineage, *names.values()),
            primary_key=("file_id", "sheet", "row_number"),
            conservation=Conservation.ROW_PRESERVING,
        )
        made = drop_outcome(contract, drops.read(file, drop_spec(contract, required=tuple(names))))
        assert (made.counts.read, made.counts.published) == (count, count)
        assert made.accepted["row_number"].tolist() == list(range(2, count + 2))
