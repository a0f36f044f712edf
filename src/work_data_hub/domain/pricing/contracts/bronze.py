"""Bronze: orders, open quotes and look-ups of the business units, as they came."""

from typing import Final

from work_data_hub.domain.kernel.columns import text
from work_data_hub.domain.kernel.contract import (
    DAY,
    Column,
    Conservation,
    Evolution,
    EvolutionMode,
    Role,
    TableContract,
)
from work_data_hub.domain.pricing.contracts.shapes import BU, FILE_LINEAGE, INGESTED, OWNER, RUN

# the columns of an order line that a source may have; what each is called there, the business unit's file says
CELLS: Final = (
    text("order_id", "order_id", "order"),
    text("order_line_id", "order_line_id", "line within its order"),
    text("customer_id", "customer_id", "customer"),
    text("product_id", "product_id", "product"),
    text("country", "country", "country of the customer"),
    text("region", "region", "region of the customer"),
    text("product_family", "product_family", "family of the product"),
    text("customer_tier", "customer_tier", "tier of the customer"),
    text("order_date", "order_date", "day of the order, or of the quote"),
    text("list_price", "list_price", "list price of one unit"),
    text("sell_price", "sell_price", "net price of one unit; known only after the sale"),
    text("quantity", "quantity", "units; negative for a return"),
    text("currency", "currency", "currency of the prices"),
    text("unit_cost", "unit_cost", "cost of one unit"),
    text("negotiated", "negotiated", "true where a framework contract holds"),
    text("quote_id", "quote_id", "quote that the order came from"),
    text("sales_rep", "sales_rep", "who sold"),
)
EXTRA: Final = text("extra_cells", "Extra cells", "JSON of cells under headers the contract does not know")


def _rows(
    name: str, label: str, description: str, columns: tuple[Column, ...], *, monthly: bool
) -> TableContract:
    period = (
        Column("period", DAY, "Month", "month of the order date", role=Role.LINEAGE, sources=("order_date",)),
    )
    return TableContract(
        key=f"pricing.bronze.{name}",
        version="1.0.0",
        label=label,
        description=description,
        grain="one row per line of the drop; every cell as text",
        owner=OWNER,
        columns=(BU, *(period if monthly else ()), *FILE_LINEAGE, *columns, EXTRA, RUN, INGESTED),
        primary_key=("bu_id", "file_id", "sheet", "row_number"),
        scope=("bu_id",),
        sliced_by="period" if monthly else None,
        member="bu_id",
        conservation=Conservation.ROW_PRESERVING,
        evolution=Evolution(columns=EvolutionMode.EVOLVE),
    )


ORDERS: Final = _rows(
    "orders", "Orders", "Order lines of a business unit as its system exports them.", CELLS, monthly=True
)
QUOTES: Final = _rows(
    "quotes",
    "Open quotes",
    "Lines of open quotes: what orders have, but for the sell price, which does not exist yet.",
    tuple(column for column in CELLS if column.name != "sell_price"),
    monthly=True,
)
LOOKUPS: Final = _rows(
    "lookups",
    "Look-ups",
    "Rows of the files beside the orders, such as products and customers; all cells are in one JSON text.",
    (),
    monthly=False,
)
