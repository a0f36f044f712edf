"""Which headers are looked for in the drops of each business unit, and what must be there."""

from tests.unit.pricing.silver.bronze_rows import unit

from work_data_hub.config.pricing_loader import load_pricing_config
from work_data_hub.domain.kernel.sheets import SheetColumn
from work_data_hub.domain.pricing.bronze.headers import cells_by_header
from work_data_hub.domain.pricing.bronze.intakes import intakes, lookups_intake, orders_intake, quotes_intake
from work_data_hub.domain.pricing.contracts.bronze import CELLS, LOOKUPS, ORDERS, QUOTES

UNITS = load_pricing_config().units


def required(columns: tuple[SheetColumn, ...]) -> dict[str, str]:
    return {column.name: column.headers[0] for column in columns if column.required}


def test_three_drops_make_three_tables() -> None:
    assert [(drop.source, drop.contract) for drop in intakes(UNITS)] == [
        ("orders", ORDERS),
        ("quotes", QUOTES),
        ("lookups", LOOKUPS),
    ]
    orders, quotes, lookups = intakes(UNITS)
    assert set(orders.specs) == {"AW", "BU1", "BU2"}
    assert set(quotes.specs) == {"BU1", "BU2"}
    assert set(lookups.specs) == {"AW", "BU1"}
    assert orders.source_of("BU1") == "orders.BU1"


def test_headers_come_from_the_units_file() -> None:
    orders = orders_intake(UNITS)
    assert required(orders.spec_of("BU2").columns)["order_id"] == "auftrag"
    assert required(orders.spec_of("BU2").columns)["sell_price"] == "nettopreis"
    found = required(orders.spec_of("AW").columns)
    assert (found["customer_id"], found["sell_price"]) == ("ResellerKey", "UnitPrice")
    # what is found through look-ups has no header of its own
    assert {"list_price", "country", "region", "product_family"}.isdisjoint(found)


def test_orders_need_their_sell_price_and_quotes_must_do_without() -> None:
    orders, quotes = orders_intake(UNITS), quotes_intake(UNITS)
    (price,) = [column for column in orders.spec_of("BU1").columns if column.name == "sell_price"]
    assert price.required
    assert not price.may_be_empty
    assert "sell_price" not in [column.name for column in quotes.spec_of("BU1").columns]
    asked = required(quotes.spec_of("BU1").columns)
    assert set(asked) == {"order_id", "order_line_id", "customer_id", "product_id", "order_date", "quantity"}


def test_what_may_be_unknown_may_be_an_empty_column() -> None:
    columns = {column.name: column.may_be_empty for column in orders_intake(UNITS).spec_of("BU1").columns}
    assert columns["quote_id"]
    assert columns["list_price"]
    assert not columns["quantity"]


def test_a_header_fills_one_cell_and_serves_every_column_that_names_it() -> None:
    config = unit(columns={"quote_id": {"column": "order_id"}})
    assert cells_by_header(config)["order_id"] == "order_id"
    names = [column.name for column in orders_intake({"BU1": config}).spec_of("BU1").columns]
    assert "quote_id" not in names


def test_a_unit_that_is_not_configured_is_read_by_the_hubs_own_names() -> None:
    names = {column.name: column.headers for column in orders_intake({}).drop.columns}
    assert names == {column.name: (column.name,) for column in CELLS}


def test_look_ups_declare_no_column() -> None:
    assert lookups_intake(UNITS).spec_of("BU1").columns == ()
