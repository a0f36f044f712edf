"""The four shapes an annuity sheet goes through: rows as they came, cleaned rows, fact, monthly mart."""

from decimal import Decimal
from typing import Final

from work_data_hub.domain.annuity.columns import LINEAGE
from work_data_hub.domain.kernel.columns import stamp, text
from work_data_hub.domain.kernel.contract import (
    COUNT,
    DAY,
    STAMP,
    TEXT,
    Check,
    Column,
    Conservation,
    Evolution,
    EvolutionMode,
    Reference,
    RejectBudget,
    Role,
    TableContract,
)

OWNER: Final = "team:annuity-operations"
DETAIL_KEY: Final = ("period", "file_id", "sheet", "row_number")
MART_KEY: Final = ("branch_code", "product_line_code", "plan_type")
RUN: Final = stamp("run_id", TEXT, "运行编号", "run that wrote the row")


def sheet_rows(name: str, sheet: str, columns: tuple[Column, ...]) -> TableContract:
    """Declare the bronze table of a sheet."""
    kinds = Check("known_kind", one_of=("data", "subtotal", "total"))
    return TableContract(
        key=f"annuity.bronze.{name}",
        version="1.0.0",
        label=f"{sheet}原文",
        description=f"The sheet {sheet} as it came: every cell as text, with the coordinates of its row.",
        grain="one row per sheet row that is neither blank nor a repeated header",
        owner=OWNER,
        columns=(
            *LINEAGE,
            Column("row_kind", TEXT, "行类型", "data, or a totals row of the workbook", checks=(kinds,)),
            *columns,
            text("extra_cells", "其他单元格", "JSON of cells under headers the contract does not know"),
            RUN,
            stamp("ingested_at", STAMP, "读取时间", "when the run that read the row began"),
        ),
        primary_key=DETAIL_KEY,
        scope=("period",),
        partition="month",
        conservation=Conservation.ROW_PRESERVING,
        evolution=Evolution(columns=EvolutionMode.EVOLVE),
        kinds=("excel", "postgres"),
    )


def cleaned_rows(
    name: str, label: str, description: str, columns: tuple[Column, ...], amounts: tuple[str, ...]
) -> TableContract:
    """Declare the silver table of a sheet."""
    return TableContract(
        key=f"annuity.silver.{name}",
        version="1.1.0",
        label=label,
        description=description,
        grain="one row per data row of the sheet; there is no business key",
        owner=OWNER,
        columns=(*LINEAGE, *columns, RUN),
        primary_key=DETAIL_KEY,
        scope=("period",),
        partition="month",
        conservation=Conservation.ROW_PRESERVING,
        control_totals=amounts,
        budget=RejectBudget(ratio=Decimal("0.10")),
    )


def fact(
    cleaned: TableContract, name: str, label: str, description: str, references: tuple[Reference, ...]
) -> TableContract:
    """Declare the gold fact with the columns of its cleaned rows."""
    return TableContract(
        key=f"annuity.gold.{name}",
        version="1.1.0",
        label=label,
        description=description,
        grain="one row per data row of the sheet; replaced by month",
        owner=OWNER,
        columns=cleaned.columns,
        primary_key=DETAIL_KEY,
        scope=("period",),
        partition="month",
        references=references,
        indexes=(("plan_code",), ("company_id",)),
        conservation=Conservation.ROW_PRESERVING,
        control_totals=cleaned.control_totals,
        budget=RejectBudget(ratio=Decimal(0)),
        view_schema="business",
    )


def monthly_mart(
    name: str, label: str, description: str, sums: tuple[Column, ...], references: tuple[Reference, ...]
) -> TableContract:
    """Declare the gold mart by branch, product line and plan type; sums without 'change' are control totals."""
    return TableContract(
        key=f"annuity.gold.{name}",
        version="1.0.0",
        label=label,
        description=description,
        grain="one row per month, branch, product line and plan type of this month or the one before",
        owner=OWNER,
        columns=(
            Column("period", DAY, "月度", "reporting month", role=Role.LINEAGE),
            text("branch_code", "机构代码", "branch", nullable=False),
            text("product_line_code", "产品线代码", "product line", nullable=False),
            text("plan_type", "计划类型", "plan type", nullable=False),
            Column("detail_rows", COUNT, "明细行数", "detail rows behind the figures", unit="rows"),
            Column("plan_count", COUNT, "计划数", "distinct plans", unit="plans", sources=("plan_code",)),
            *sums,
            RUN,
        ),
        primary_key=("period", *MART_KEY),
        scope=("period",),
        partition="month",
        references=references,
        conservation=Conservation.AGGREGATING,
        control_totals=tuple(column.name for column in sums if not column.nullable),
        view_schema="business",
    )
