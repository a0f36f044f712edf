"""A page tells where columns come from and leads to the pages of other tables."""

from tests.unit.application.shop import DETAIL, MART, RAW, Shop
from tests.unit.application.test_table_pages import PAGE, rows_of
from work_data_hub.application.ledgers import PUBLISHES
from work_data_hub.application.table_pages import page_name, page_of, table_page, table_summary
from work_data_hub.domain.kernel.lineage import Lineage, column_lineage


def lineage(table: str) -> Lineage:
    return column_lineage(Shop().domain.table(table))


def test_a_page_tells_the_sources_of_every_column() -> None:
    heads, *rows = rows_of(table_page(DETAIL, lineage(DETAIL.key)), "Columns")
    told = {row[0].split("`")[1]: row[heads.index("from")] for row in rows}
    assert told["amount"] == "`lines.amount`"
    assert told["run_id"] == "the run"
    assert set(told) == set(DETAIL.column_names)


def test_a_column_without_a_source_says_so() -> None:
    sourceless: Lineage = dict.fromkeys(MART.column_names, ())
    _, *rows = rows_of(table_page(MART, sourceless), "Columns")
    assert [row[-1] for row in rows] == ["the build", "the build", "the build", "the run"]


def test_a_table_from_a_file_has_no_such_column() -> None:
    assert "from" not in rows_of(table_page(RAW, lineage(RAW.key)), "Columns")[0]
    assert "made from" not in table_page(RAW, lineage(RAW.key))


def test_inputs_and_references_are_links_to_their_pages() -> None:
    assert "| made from | [shop.bronze.lines](shop_bronze.lines.md) |" in table_page(
        DETAIL, lineage(DETAIL.key)
    )
    assert "[shop.gold.kind](shop_gold.kind.md) (`kind`)" in table_page(PAGE)


def test_a_key_leads_to_the_page_of_its_contract() -> None:
    for contract in (PAGE, PUBLISHES, DETAIL):
        assert page_of(contract.key) == page_name(contract)


def test_the_summary_leaves_columns_out_and_links_where_it_is_told() -> None:
    text = table_summary(PAGE, {}, lambda key: f"/tables/{key}")
    assert "| grain | one row per receipt |" in text
    assert "[shop.gold.kind](/tables/shop.gold.kind)" in text
    assert '`business."销售"`' in text
    assert text.endswith("5 columns. Page: `docs/tables/shop_gold.sale.md`")
    assert "`amount_yuan` |" not in text.replace("| control totals | `amount_yuan` |", "")
