"""A gold table of a shop, published for real, and its releases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.pool import NullPool
from tests.fixtures_postgres import run_sql

from work_data_hub.application.ports import PublishRequest
from work_data_hub.application.release.records import Releasable
from work_data_hub.application.runs import RunInfo
from work_data_hub.domain.kernel.contract import (
    COUNT,
    DAY,
    FLAG,
    MONEY,
    RATIO,
    STAMP,
    TEXT,
    Column,
    Role,
    TableContract,
)
from work_data_hub.domain.kernel.frames import to_pandas
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.io.loader.store import WarehouseStore
from work_data_hub.io.loader.tables import metadata_for
from work_data_hub.io.loader.urls import DatabaseUrl
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader

KEY: Final = "shop.gold.sales_daily"
SALES: Final = TableContract(
    key=KEY,
    version="1.0.0",
    label="日销售",
    description="Sales by day and article.",
    grain="one row per day and article",
    owner="team:shop",
    columns=(
        Column("day", DAY, "日", "day of the sale"),
        Column("article", TEXT, "货号", "article"),
        Column("units", COUNT, "数量", "units", nullable=True),
        Column("amount", MONEY, "金额", "amount", unit="EUR", nullable=True),
        Column("share", RATIO, "份额", "share of the day", nullable=True),
        Column("open", FLAG, "开", "shop was open", nullable=True),
        Column("seen_at", STAMP, "时间", "last sale", nullable=True),
        Column("run_id", TEXT, "运行", "run", role=Role.STAMP),
    ),
    primary_key=("day", "article"),
)
ITEM: Final = Releasable(SALES, "shop-unified")
FIRST_DAY: Final = date(2025, 11, 1)
ODD: Final = ("", "a", "B", "é", "ä", "中国", "z'\"\\ \t\n", "🀄", "Ab")


@dataclass
class MovingClock:
    """The machine's time, moved by some days."""

    days: int = 0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(days=self.days)

    def elapsed(self) -> float:
        return 0.0


def rows(count: int, **changed: Any) -> list[dict[str, Any]]:
    """Give rows of several days, with articles that a collation sorts in its own way."""
    return [
        {
            "day": FIRST_DAY + timedelta(days=number // len(ODD)),
            "article": ODD[number % len(ODD)],
            "units": None if number % 5 == 0 else number,
            "amount": Decimal(number) / 8 if number % 7 else None,
            "share": number / 3,
            "open": number % 2 == 0,
            "seen_at": datetime(2025, 11, 3, 4, 5, 6, 789_012, tzinfo=UTC),
            **changed,
        }
        for number in range(count)
    ]


def create(url: str, contract: TableContract = SALES) -> None:
    """Create the table anew."""
    run_sql(url, f"DROP TABLE IF EXISTS {contract.qualified_name}")
    engine = sa.create_engine(DatabaseUrl.parse(url).sqlalchemy, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(sa.schema.CreateSchema(contract.schema, if_not_exists=True))
        metadata_for([contract]).create_all(connection)


def publish(
    url: str, content: Sequence[Mapping[str, Any]], run_id: str, contract: TableContract = SALES
) -> None:
    """Publish rows as a run does."""
    fields = [field for field in contract.arrow_schema if field.name != "run_id"]
    table = pa.Table.from_pylist(list(content), schema=pa.schema(fields))
    counts = Counts(read=table.num_rows, published=table.num_rows)
    run = RunInfo(run_id, datetime.now(UTC), "tester", "code")
    outcome = Outcome(to_pandas(table), counts)
    loader = WarehouseLoader(url)
    try:
        request = PublishRequest(
            contract, Scope(), outcome, run, (), f"inputs of {run_id}", 0.0, lambda: None
        )
        WarehouseStore(loader, MovingClock()).publish(request)
    finally:
        loader.disconnect()


def with_column(column: Column, contract: TableContract = SALES) -> TableContract:
    """Give the contract with one column more."""
    return replace(contract, columns=(*contract.columns, column))


def tree(root: Path) -> dict[str, bytes]:
    """Give every file below a folder, but for locks."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".locks" not in path.parts
    }
