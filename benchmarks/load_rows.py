"""The table and the rows of the loader's figures: twelve mixed columns, keyed as detail rows from files are."""

from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa

from work_data_hub.domain.kernel.contract import (
    COUNT,
    DAY,
    FLAG,
    MONEY,
    STAMP,
    TEXT,
    Column,
    TableContract,
    WriteMode,
)
from work_data_hub.domain.kernel.scope import Scope

PERIOD = date(2025, 10, 1)
SCOPE = Scope((("period", PERIOD),))
KEY = ("period", "file_id", "sheet", "row_number")

LINES = TableContract(
    key="bench.silver.lines",
    version="1.0.0",
    label="lines",
    description="Rows of the loader's figures.",
    grain="one row per line of a file",
    owner="team:data-platform",
    columns=(
        Column("period", DAY, "period", "month"),
        Column("file_id", TEXT, "file", "file"),
        Column("sheet", TEXT, "sheet", "sheet"),
        Column("row_number", COUNT, "row", "row"),
        Column("plan_code", TEXT, "plan", "plan"),
        Column("customer_name", TEXT, "customer", "customer", nullable=True),
        Column("opening_yuan", MONEY, "opening", "opening", nullable=True),
        Column("closing_yuan", MONEY, "closing", "closing", nullable=True),
        Column("flow_yuan", MONEY, "flow", "flow", nullable=True),
        Column("signed_on", DAY, "signed", "day", nullable=True),
        Column("changed_at", STAMP, "changed", "moment", nullable=True),
        Column("is_single", FLAG, "single", "flag", nullable=True),
    ),
    primary_key=KEY,
    scope=("period",),
)
FLOOR = replace(LINES, key="bench.silver.floor")
RENEWED = replace(
    LINES,
    key="bench.silver.renewed",
    write_mode=WriteMode.UPSERT,
    upsert_columns=tuple(name for name in LINES.column_names if name not in KEY),
)


def rows_of(rows: int, *, file: str, seed: int = 7) -> pa.Table:
    """Give that many rows of one file; the seed decides the values outside the key."""
    rng = np.random.default_rng(seed)
    plans = pa.array([f"P{number:05d}" for number in range(5_000)])
    customers = pa.array([f"示例企业{number:06d}有限公司" for number in range(200_000)])
    columns = (
        constant(pa.scalar(PERIOD, DAY), rows),
        constant(pa.scalar(file * 16), rows),
        constant(pa.scalar("规模明细"), rows),
        pa.array(np.arange(1, rows + 1)),
        plans.take(pa.array(rng.integers(0, len(plans), rows))),
        customers.take(pa.array(rng.integers(0, len(customers), rows))),
        *(money(rng.integers(-(10**9), 10**12, rows)) for _ in range(3)),
        pa.array(rng.integers(10_000, 20_000, rows).astype("int32")).cast(DAY),
        pa.array(rng.integers(15 * 10**14, 17 * 10**14, rows)).cast(STAMP),
        pa.array(rng.integers(0, 2, rows).astype(bool)),
    )
    return pa.Table.from_arrays([pa.chunked_array([column]) for column in columns], schema=LINES.arrow_schema)


def constant(value: pa.Scalar, rows: int) -> pa.Array:
    """Give one value many times."""
    return pa.array([value.as_py()], value.type).take(pa.array(np.zeros(rows, dtype=np.int64)))


def money(units: np.ndarray) -> pa.Array:
    """Give ten-thousandths as decimals."""
    words = np.empty((len(units), 2), dtype=np.int64)
    words[:, 0], words[:, 1] = units, np.where(units < 0, -1, 0)
    return pa.Array.from_buffers(MONEY, len(units), [None, pa.py_buffer(words.tobytes())])
