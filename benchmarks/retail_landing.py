"""The files the retail figures are measured on: the public ones where they lie beside the project, else the sample."""

import shutil
from datetime import date
from pathlib import Path

import fastexcel
import polars as pl

from benchmarks.peers.retail_reads import TYPES
from work_data_hub.domain.retail.sample.options import RetailOptions
from work_data_hub.io.samples.retail_landing import LINES_PATH, write_retail

REAL = Path(__file__).parents[2] / "shared" / "data"
EUROSTYLE, OTHERS = "online_retail_ii", ("european_fashion_store", "ecb_reference_rates")
QUICK_LINES, QUICK_FROM = 20_000, date(2011, 10, 1)
# real invoice numbers span less
STEP = 200_000
_DIGITS = r"^(\D*)(\d+)"


def landing(folder: Path, *, quick: bool) -> tuple[Path, str]:
    """Give the landing root to measure on, and what it holds in words."""
    if REAL.exists() and not quick:
        return REAL, "real files"
    root = folder / "landing"
    options = RetailOptions(lines=QUICK_LINES) if quick else RetailOptions()
    write_retail(root, options)
    if quick:
        _shorten(root)
    return root, f"generated sample of {options.lines} lines" + (f", from {QUICK_FROM} on" if quick else "")


def _shorten(root: Path) -> None:
    """Leave a few months of EuroStyle: each month costs, however few lines it has."""
    book = root / LINES_PATH
    reader = fastexcel.read_excel(book)
    sheet = reader.load_sheet(len(reader.sheet_names) - 1, dtypes=TYPES).to_polars()
    sheet.filter(pl.col("InvoiceDate").dt.date() >= QUICK_FROM).write_parquet(
        book.with_name("year_2010-2011.parquet")
    )
    book.unlink()


def repeated(folder: Path, times: int) -> Path:
    """Write the real EuroStyle lines so many times, each copy under invoice numbers of its own, beside the rest."""
    root = folder / f"times_{times}"
    for name in OTHERS:
        shutil.copytree(REAL / name, root / name)
    (root / EUROSTYLE).mkdir()
    for source in sorted((REAL / EUROSTYLE).glob("*.parquet")):
        lines = pl.read_parquet(source)
        for copy in range(times):
            lines.with_columns(Invoice=_renumbered(copy)).write_parquet(
                root / EUROSTYLE / f"{source.stem}_{copy}.parquet"
            )
    return root


def _renumbered(copy: int) -> pl.Expr:
    parts = pl.col("Invoice").str.extract_groups(_DIGITS)
    number = parts.struct.field("2").cast(pl.Int64) + copy * STEP
    return pl.concat_str(parts.struct.field("1"), number.cast(pl.String))
