"""The bare script that the price desk's stages are held against: features in polars, results loaded as they are.

It keeps no versions, checks nothing and knows no re-run: lake tables are written as one Parquet file for each month,
warehouse tables by one COPY each into tables with the same keys.
"""

import io
import shutil
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path

import polars as pl
import psycopg2
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from psycopg2 import sql
from pyarrow import csv

from benchmarks.peers.pricing_features import features
from work_data_hub.domain.kernel.contract import Store, TableContract
from work_data_hub.io.loader.urls import DatabaseUrl

BARE = "bare"


def empty_tables(url: str, contracts: Iterable[TableContract]) -> None:
    """Make tables like the hub's, with the same keys, beside them."""
    schema = sql.Identifier(BARE)
    like = sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)")
    connection = psycopg2.connect(DatabaseUrl.parse(url).libpq)
    with closing(connection), connection, connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(schema))
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(schema))
        for contract in (c for c in contracts if c.store is Store.WAREHOUSE):
            there = sql.Identifier(contract.schema, contract.name)
            cursor.execute(like.format(sql.Identifier(BARE, contract.name), there))


def run(
    url: str, folder: Path, lines: pl.DataFrame, floors: list[int], results: Mapping[TableContract, pa.Table]
) -> int:
    """Make the features once, load every result, and give the number of lines that have features."""
    made = features(lines, floors)
    shutil.rmtree(folder, ignore_errors=True)
    with closing(psycopg2.connect(DatabaseUrl.parse(url).libpq)) as connection:
        for contract, rows in results.items():
            if contract.store is Store.LAKE:
                _write(folder / contract.name, rows)
            else:
                _copy(connection, contract, rows)
    return made.height


def _write(folder: Path, rows: pa.Table) -> None:
    for month in rows["period"].unique():
        place = folder / f"period={month}"
        place.mkdir(parents=True)
        part = rows.filter(pc.equal(rows["period"], month))
        pq.write_table(part, place / "part.parquet", compression="zstd")


def _copy(connection: "psycopg2.extensions.connection", contract: TableContract, rows: pa.Table) -> None:
    text = io.BytesIO()
    csv.write_csv(rows, text, csv.WriteOptions(include_header=False))
    text.seek(0)
    copy = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(
        sql.Identifier(BARE, contract.name), sql.SQL(", ").join(map(sql.Identifier, rows.column_names))
    )
    with connection, connection.cursor() as cursor:
        cursor.copy_expert(copy, text)
