"""The drops of the business units: which headers are looked for, as each unit's own file says."""

from collections.abc import Callable, Mapping
from typing import Final

from work_data_hub.domain.kernel.build import DropIntake
from work_data_hub.domain.kernel.contract import Column, TableContract
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.sheets import DropPart, DropSpec, SheetColumn
from work_data_hub.domain.pipelines.drops import drop_outcome
from work_data_hub.domain.pricing.bronze.headers import headers_by_cell
from work_data_hub.domain.pricing.config import BuConfig, Files
from work_data_hub.domain.pricing.contracts.bronze import CELLS, LOOKUPS, ORDERS, QUOTES

Units = Mapping[str, BuConfig]
# without a value in these, no line can be told at all
_NEEDED: Final = (
    *("order_id", "order_line_id", "customer_id", "product_id"),
    *("order_date", "quantity", "sell_price"),
)
_SELL_PRICE: Final = "sell_price"


def intakes(units: Units) -> tuple[DropIntake, ...]:
    """Give the three drops: orders, open quotes and look-ups."""
    return (orders_intake(units), quotes_intake(units), lookups_intake(units))


def orders_intake(units: Units) -> DropIntake:
    """Take orders: every column that a unit's file names must be there, the sell price among them."""
    specs = {
        name: DropSpec(_columns(headers_by_cell(unit)))
        for name, unit in units.items()
        if isinstance(unit.data_paths.orders_table, Files)
    }
    return DropIntake(ORDERS, "orders", DropSpec(_columns(_own_names(CELLS))), _maker(ORDERS), specs)


def quotes_intake(units: Units) -> DropIntake:
    """Take open quotes: the orders' columns without the sell price; only those that tell a line must be there."""
    specs = {
        name: DropSpec(_quoted(headers_by_cell(unit)))
        for name, unit in units.items()
        if unit.data_paths.scoring_table is not None
    }
    return DropIntake(QUOTES, "quotes", DropSpec(_quoted(_own_names(CELLS))), _maker(QUOTES), specs)


def lookups_intake(units: Units) -> DropIntake:
    """Take look-ups: no column is declared, so that every cell is kept in the row's JSON text."""
    everything = DropSpec(())
    specs = {name: everything for name, unit in units.items() if unit.data_paths.lookups is not None}
    return DropIntake(LOOKUPS, "lookups", everything, _maker(LOOKUPS), specs)


def _columns(headers: Mapping[str, str]) -> tuple[SheetColumn, ...]:
    return tuple(
        SheetColumn(cell, (header,), required=True, may_be_empty=cell not in _NEEDED)
        for cell, header in headers.items()
    )


def _quoted(headers: Mapping[str, str]) -> tuple[SheetColumn, ...]:
    return tuple(
        SheetColumn(cell, (header,), required=cell in _NEEDED)
        for cell, header in headers.items()
        if cell != _SELL_PRICE
    )


def _own_names(columns: tuple[Column, ...]) -> Mapping[str, str]:
    return {column.name: column.name for column in columns}


def _maker(contract: TableContract) -> Callable[[tuple[DropPart, ...]], Outcome]:
    def make(parts: tuple[DropPart, ...]) -> Outcome:
        return drop_outcome(contract, parts)

    return make
