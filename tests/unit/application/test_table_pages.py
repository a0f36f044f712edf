"""Pages of tables are written from contracts alone."""

from decimal import Decimal

import pyarrow as pa
import pytest

from work_data_hub.application.ledgers import PLATFORM_CONTRACTS, QUARANTINE
from work_data_hub.application.table_pages import index_page, page_name, sql_type, table_page
from work_data_hub.domain.kernel.contract import (
    MONEY,
    STAMP,
    TEXT,
    Check,
    Column,
    Conservation,
    PersonalData,
    Reference,
    RejectBudget,
    Role,
    TableContract,
)

PAGE = TableContract(
    key="shop.gold.sale",
    version="2.1.0",
    label="销售",
    description="What was sold.",
    grain="one row per receipt",
    owner="team:shop",
    columns=(
        Column("receipt", TEXT, "单号", "number of the receipt"),
        Column("amount_yuan", MONEY, "金额", "a|b", unit="yuan", nullable=True, aliases=("价", "款")),
        Column("buyer", TEXT, "客户", "who bought", personal=PersonalData.PERSON),
        Column("kind", TEXT, "类", "kind", checks=(Check("known", one_of=("a", "b")),)),
        Column("run_id", TEXT, "运行", "run", role=Role.STAMP),
    ),
    primary_key=("receipt",),
    scope=("kind",),
    references=(Reference(("kind",), "shop.gold.kind", ("kind",), enforced=False),),
    conservation=Conservation.ROW_PRESERVING,
    control_totals=("amount_yuan",),
    budget=RejectBudget(ratio=Decimal("0.025"), rows=7),
    view_schema="business",
)


def rows_of(page: str, heading: str) -> list[list[str]]:
    body = page.split(f"## {heading}\n")[1].split("\n## ", maxsplit=1)[0]
    lines = [line for line in body.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line[1:-1].split(" | ")] for line in lines]


def test_a_page_says_every_fact_of_its_contract() -> None:
    page = table_page(PAGE)
    for said in (
        "# shop_gold.sale",
        "**销售**: What was sold.",
        "| grain | one row per receipt |",
        "| owner | team:shop |",
        "| contract | `shop.gold.sale` 2.1.0 |",
        "| asset | `shop/gold/sale` |",
        "| primary key | `receipt` |",
        "| scope | `kind` |",
        "| write mode | replace_scope: a run replaces the whole scope |",
        "| conservation | row_preserving: read = published + rejected + deduplicated + skipped |",
        "| control totals | `amount_yuan` |",
        "| reject budget | 2.5% or 7 rows; above it nothing is published |",
        "| `kind` | [shop.gold.kind](shop_gold.kind.md) (`kind`) | checked and counted |",
    ):
        assert said in page


def test_a_page_lists_every_column_with_type_unit_rules_aliases_and_care() -> None:
    heads, receipt, amount, buyer, kind, _ = rows_of(table_page(PAGE), "Columns")
    assert heads == [
        "column",
        "label",
        "type",
        "unit",
        "null",
        "meaning",
        "rules",
        "headers in files",
        "personal",
    ]
    assert receipt[0] == "`receipt` 🔑"
    assert amount == ["`amount_yuan`", "金额", "numeric(18,4)", "yuan", "yes", "a\\|b", "", "价, 款", ""]
    assert buyer[-1] == "person"
    assert kind[6] == "one of a, b"


def test_columns_that_no_column_fills_are_left_out() -> None:
    assert rows_of(table_page(QUARANTINE), "Columns")[0] == [
        "column",
        "label",
        "type",
        "null",
        "meaning",
        "rules",
    ]


def test_the_view_shows_labels_and_leaves_stamps_out() -> None:
    page = table_page(PAGE)
    assert '`business."销售"`' in page
    assert ["单号", "`receipt`"] in rows_of(page, "Source-language view")
    assert "运行" not in page.split("## Source-language view")[1]


def test_the_index_links_every_page_below_its_domain() -> None:
    page = index_page((PAGE, *PLATFORM_CONTRACTS))
    assert page.index("## shop") < page.index("[shop_gold.sale](shop_gold.sale.md)") < page.index("## hub")
    for contract in PLATFORM_CONTRACTS:
        assert f"]({page_name(contract)})" in page


@pytest.mark.parametrize(
    ("dtype", "name"),
    [(TEXT, "text"), (STAMP, "timestamptz"), (MONEY, "numeric(18,4)"), (pa.int16(), "int16")],
)
def test_types_are_named_as_postgres_names_them(dtype: pa.DataType, name: str) -> None:
    assert sql_type(dtype) == name
