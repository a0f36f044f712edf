"""What the retail figures must be, in plain SQL over the public files: written from the definitions, not from the code."""

from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

SQL = Path(__file__).with_name("sql")
DATA = Path(__file__).parents[4] / "shared" / "data"
Row = tuple[Any, ...]

EUROSTYLE, CONTOSO = "EUROSTYLE", "CONTOSO"


@dataclass(frozen=True, slots=True)
class Definitions:
    """What the business settled; names of codes are regular expressions on upper-case codes."""

    valuation_date: date = date(2011, 12, 9)
    fees: str = r"POST|DOT|C2|C3|BANK CHARGES|AMAZONFEE|PADS|CRUK|GIFT|GIFT_.*|DCGS.*"
    adjustments: str = r"M|D|S|B|ADJUST|ADJUST2"
    tests: str = r"TEST.*"
    nobody_buys_for_nothing: bool = True
    north: tuple[str, ...] = (
        *("United Kingdom", "EIRE", "Germany", "Netherlands", "Switzerland", "Belgium", "Channel Islands"),
        *("Norway", "Sweden", "Finland", "Austria", "Denmark", "Poland", "Iceland", "Lithuania"),
        "Czech Republic",
    )
    south: tuple[str, ...] = ("France", "Spain", "Portugal", "Italy", "Cyprus", "Greece", "Malta")


@dataclass(frozen=True, slots=True)
class Oracle:
    """The lines and orders of both brands in a database of their own, and the questions asked of them."""

    tables: duckdb.DuckDBPyConnection

    def ask(self, name: str, **values: Any) -> list[Row]:
        """Give the rows of a query, in its order."""
        text = (SQL / f"{name}.sql").read_text(encoding="utf-8")
        return self.tables.execute(text, values or None).fetchall()

    def differing(self, name: str, rows: pa.Table) -> list[Row]:
        """Give some rows of a query that are not among these, or of these that the query does not give."""
        self.tables.register("given", rows)
        right = (SQL / f"{name}.sql").read_text(encoding="utf-8")
        return self.tables.execute(
            f"WITH known AS MATERIALIZED ({right}) "
            "SELECT 'right' AS side, * FROM (FROM known EXCEPT ALL FROM given) "
            "UNION ALL SELECT 'given', * FROM (FROM given EXCEPT ALL FROM known) LIMIT 6"
        ).fetchall()

    def one(self, name: str) -> dict[str, Any]:
        """Give the first row of a query by its column names."""
        return self.each(name)[0]

    def each(self, name: str) -> list[dict[str, Any]]:
        """Give every row of a query by its column names."""
        rows = self.ask(name)
        columns = [column[0] for column in self.tables.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in rows]


def oracle(data: Path = DATA, definitions: Definitions | None = None) -> Oracle:
    """Read the public files and type their lines; nothing of the hub is asked."""
    tables = duckdb.connect()
    settings = asdict(definitions or Definitions()) | {"data": str(data)}
    for name, value in settings.items():
        given = list(value) if isinstance(value, tuple) else value
        tables.execute(f"SET VARIABLE {name} = ?", [given])
    for script in ("sources", "lines"):
        tables.execute((SQL / f"{script}.sql").read_text(encoding="utf-8"))
    return Oracle(tables)


def oracle_kpis(known: Oracle) -> list[Row]:
    """Give the figures of every month and brand."""
    return known.ask("kpis")


def oracle_orders_daily(known: Oracle) -> list[Row]:
    """Give the figures of every day, brand and region."""
    return known.ask("orders_daily")


def oracle_sales_daily(known: Oracle, published: pa.Table) -> list[Row]:
    """Give where what each product sold and returned on each day is not what it should be."""
    return known.differing("sales_daily", published)


def oracle_categories(known: Oracle) -> list[Row]:
    """Give the figures of Contoso's categories by month."""
    return known.ask("categories")


def oracle_customers(known: Oracle, brand: str, as_of: date) -> list[Row]:
    """Give every customer of a brand as of a day."""
    return known.ask("customers", brand=brand, as_of=as_of)


def oracle_cohorts(known: Oracle) -> list[Row]:
    """Give the retention of every cohort."""
    return known.ask("cohorts")


def oracle_quirks(known: Oracle) -> dict[str, Any]:
    """Give the counts of both READMEs, EuroStyle's by sheet."""
    sheets = {row.pop("sheet"): row for row in known.each("eurostyle_quirks")}
    return {"sheets": sheets, "overlap": known.one("overlap"), "contoso": known.one("contoso_quirks")}
