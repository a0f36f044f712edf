"""The bare peer's reading: the workbook with fastexcel, everything else with polars, no guards."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl
import yaml

FOLDERS = {
    "lines": ("retail/eurostyle", "online_retail_ii"),
    "contoso": ("retail/contoso", "european_fashion_store"),
    "rates": ("retail/rates", "ecb_reference_rates"),
}
TYPES: dict[str | int, Any] = {
    "Invoice": "string",
    "StockCode": "string",
    "Description": "string",
    "Quantity": "int",
    "InvoiceDate": "datetime",
    "Price": "float",
    "Customer ID": "int",
    "Country": "string",
}
NAMES = dict(
    zip(
        map(str, TYPES),
        ("order_id", "code", "text", "quantity", "ordered_at", "price", "customer_id", "country"),
        strict=True,
    )
)
RULES = Path(__file__).parents[2] / "src/work_data_hub/config/retail_mappings.yml"


def rules() -> dict[str, Any]:
    """Read the business's own lists: countries, categories, codes."""
    known: dict[str, Any] = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    return known


def lines(landing: Path) -> pl.DataFrame:
    """Read the invoice lines of all sheets, with the number of the sheet."""
    book = _files(landing, "lines", "*.xlsx")
    if book:
        reader = fastexcel.read_excel(book[0])
        sheets: Iterable[pl.DataFrame] = [
            reader.load_sheet(name, dtypes=TYPES).to_polars() for name in reader.sheet_names
        ]
    else:
        sheets = [pl.read_parquet(path) for path in _files(landing, "lines", "*.parquet")]
    return pl.concat(
        [sheet.rename(NAMES).with_columns(sheet=pl.lit(number)) for number, sheet in enumerate(sheets)]
    )


def contoso(landing: Path) -> dict[str, pl.DataFrame]:
    """Read the seven text files."""
    return {
        path.stem.removeprefix("dataset_fashion_store_"): pl.read_csv(path, try_parse_dates=True)
        for path in _files(landing, "contoso", "*.csv")
    }


def rate(landing: Path, currency: str, day: Any) -> int:
    """Give the newest rate up to a day, in hundred-millionths."""
    source = _files(landing, "rates", "units_per_eur.*")[0]
    rates = (
        pl.scan_parquet(source) if source.suffix == ".parquet" else pl.scan_csv(source, try_parse_dates=True)
    )
    known = rates.filter(pl.col("currency") == currency, pl.col("date") <= day).sort("date").collect()
    return round(float(known["units_per_eur"][-1]) * 10**8)


def _files(landing: Path, what: str, pattern: str) -> list[Path]:
    return next(
        (found for folder in FOLDERS[what] if (found := sorted((landing / folder).glob(pattern)))), []
    )
