"""Columns and forms that the retail tables share."""

from typing import Final

import pyarrow as pa

from work_data_hub.domain.kernel.columns import amount, stamp, text
from work_data_hub.domain.kernel.contract import (
    COUNT,
    DAY,
    RATIO,
    STAMP,
    TEXT,
    Check,
    Column,
    Conservation,
    Evolution,
    EvolutionMode,
    Role,
    Store,
    TableContract,
)

OWNER: Final = "team:retail-analytics"
EUROSTYLE: Final = "EUROSTYLE"
CONTOSO: Final = "CONTOSO"
SYSTEMS: Final = (EUROSTYLE, CONTOSO)
EUROS: Final = pa.decimal128(18, 2)
FINE_EUROS: Final = pa.decimal128(18, 6)
FX_RATE: Final = pa.decimal128(18, 8)
KPI: Final = pa.decimal128(20, 6)

RUN: Final = stamp("run_id", TEXT, "Run", "run that wrote the row")
INGESTED: Final = stamp("ingested_at", STAMP, "Ingested", "when the run that wrote the row began")
PERIOD: Final = Column("period", DAY, "Month", "month of the order, its first day", role=Role.LINEAGE)
FILE_LINEAGE: Final = (
    Column("file_id", TEXT, "File", "short fingerprint of the file", role=Role.LINEAGE),
    Column("sheet", TEXT, "Sheet", "sheet, or the name of a text file", role=Role.LINEAGE),
    Column("row_number", COUNT, "Row", "row in the sheet, counted from 1", role=Role.LINEAGE),
)
SYSTEM: Final = text(
    "source_system",
    "Brand",
    "brand the row comes from",
    nullable=False,
    checks=(Check("known_system", one_of=SYSTEMS),),
)


def local(name: str, label: str, meaning: str, *, nullable: bool = True) -> Column:
    """Declare an amount in the brand's own currency."""
    return amount(name, label, meaning, unit="local currency", nullable=nullable)


def euros(name: str, label: str, meaning: str, *, nullable: bool = False) -> Column:
    """Declare an amount in euro cents."""
    return amount(name, label, meaning, unit="EUR", dtype=EUROS, nullable=nullable)


def ratio(name: str, label: str, meaning: str, *, unit: str = "share", nullable: bool = True) -> Column:
    """Declare a ratio or an average, in binary floats."""
    return Column(name, RATIO, label, meaning, unit=unit, nullable=nullable)


def amount_fx() -> Column:
    """Declare the rate by which a row's local amounts become euro."""
    meaning = "units of the currency for one euro at the valuation date"
    return amount("fx_rate", "Exchange rate", meaning, unit="per EUR", dtype=FX_RATE, nullable=False)


def amount_kpi(name: str, label: str, meaning: str) -> Column:
    """Declare a figure of a KPI in the unit of its row; null where it can't be told."""
    return amount(name, label, meaning, unit="as the row says", dtype=KPI)


def drop_rows(
    name: str, label: str, description: str, columns: tuple[Column, ...], *, month: str | None = None
) -> TableContract:
    """Declare the bronze table of a drop; `month` says in words which column's month it is kept by."""
    period = (Column("period", DAY, "Month", f"month of {month}", role=Role.LINEAGE),) if month else ()
    return TableContract(
        key=f"retail.bronze.{name}",
        version="1.0.0",
        label=label,
        description=description,
        grain="one row per line of the drop; every cell as text",
        owner=OWNER,
        columns=(
            *period,
            *FILE_LINEAGE,
            *columns,
            text("extra_cells", "Extra cells", "JSON of cells under headers the contract does not know"),
            RUN,
            INGESTED,
        ),
        primary_key=("file_id", "sheet", "row_number"),
        sliced_by="period" if month else None,
        store=Store.LAKE,
        kinds=("iceberg", "parquet"),
        conservation=Conservation.ROW_PRESERVING,
        evolution=Evolution(columns=EvolutionMode.EVOLVE),
    )


def mapping(
    name: str, label: str, description: str, grain: str, columns: tuple[Column, ...], *, key: tuple[str, ...]
) -> TableContract:
    """Declare a silver table of the warehouse that is built as a whole."""
    return TableContract(
        key=f"retail.silver.{name}",
        version="1.0.0",
        label=label,
        description=description,
        grain=grain,
        owner=OWNER,
        columns=(*columns, RUN),
        primary_key=key,
    )


def crosswalk(name: str, label: str, what: str) -> TableContract:
    """Declare a crosswalk between a brand's ids and unified ids."""
    states = Check("known_status", one_of=("unmatched", "matched", "review"))
    return mapping(
        name,
        label,
        f"Which unified {what} each {what} of a brand is; unmatched ones keep an id of their own.",
        f"one row per brand and {what}",
        (
            SYSTEM,
            text(f"source_{what}_id", f"Source {what}", f"id of the {what} in its brand", nullable=False),
            text(f"unified_{what}_id", f"Unified {what}", f"id of the {what} across brands", nullable=False),
            text(
                "status",
                "Status",
                "unmatched, matched, or review where two claim one id",
                nullable=False,
                checks=(states,),
            ),
            text("method", "Method", "how the match was made; null without one"),
            amount(
                "confidence", "Confidence", "how sure the match is", unit="share", dtype=pa.decimal128(10, 6)
            ),
            Column("valid_from", DAY, "Valid from", "first day of the match", nullable=True),
            Column("valid_to", DAY, "Valid to", "last day of the match", nullable=True),
        ),
        key=("source_system", f"source_{what}_id"),
    )


def whole_gold(
    name: str, label: str, description: str, grain: str, columns: tuple[Column, ...], *, key: tuple[str, ...]
) -> TableContract:
    """Declare a gold table that is built as a whole."""
    return TableContract(
        key=f"retail.gold.{name}",
        version="1.0.0",
        label=label,
        description=description,
        grain=grain,
        owner=OWNER,
        columns=(*columns, RUN),
        primary_key=key,
    )


def monthly_gold(
    name: str,
    label: str,
    description: str,
    grain: str,
    columns: tuple[Column, ...],
    *,
    key: tuple[str, ...],
    totals: tuple[str, ...] = (),
    indexes: tuple[tuple[str, ...], ...] = (),
) -> TableContract:
    """Declare a gold table that is built month by month; with `totals` these sums must tie with its input."""
    return TableContract(
        key=f"retail.gold.{name}",
        version="1.0.0",
        label=label,
        description=description,
        grain=grain,
        owner=OWNER,
        columns=(PERIOD, *columns, RUN),
        primary_key=("period", *key),
        scope=("period",),
        partition="month",
        indexes=indexes,
        conservation=Conservation.AGGREGATING if totals else Conservation.DERIVED,
        control_totals=totals,
    )
