"""What order lines are made from: a unit's files, or the table of the hub that stands in their place."""

from collections.abc import Iterator, Mapping
from typing import Final

from work_data_hub.domain.kernel.build import InputRef
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.errors import ConfigurationError, Location
from work_data_hub.domain.pricing.config import BuConfig, HubTable, TrailingQuantile
from work_data_hub.domain.pricing.contracts.bronze import LOOKUPS, ORDERS, QUOTES
from work_data_hub.domain.pricing.silver.list_price import months_before
from work_data_hub.domain.pricing.silver.raw_lines import LINEAGE, needed_headers

Units = Mapping[str, BuConfig]
Tables = Mapping[str, TableContract]
LOOKUP_COLUMNS: Final = (*LINEAGE, "extra_cells")


def order_line_inputs(units: Units, hub_tables: Tables) -> tuple[InputRef, ...]:
    """Declare who reads what; `hub_tables` holds the tables of other domains that units name, by their key."""
    places = {name: orders_of(unit, hub_tables) for name, unit in units.items()}
    contracts = {contract.key: contract for contract in places.values()}
    lines = [ref for contract in contracts.values() for ref in _lines(contract, units, places)]
    quoting = tuple(name for name, unit in units.items() if unit.data_paths.scoring_table)
    looking = tuple(name for name, unit in units.items() if unit.data_paths.lookups)
    quotes = InputRef(QUOTES, optional=True, members=quoting)
    lookups = InputRef(LOOKUPS, columns=LOOKUP_COLUMNS, members=looking)
    return (*lines, *([quotes] if quoting else []), *([lookups] if looking else []))


def orders_of(unit: BuConfig, hub_tables: Tables) -> TableContract:
    """Give the table that holds a unit's orders, or say that the unit's file names what is not there."""
    place = unit.data_paths.orders_table
    if not isinstance(place, HubTable):
        return ORDERS
    if place.table not in hub_tables:
        raise _wrong(unit, "data_paths.orders_table.table", place.table, hub_tables)
    contract = hub_tables[place.table]
    for column in needed_headers(unit):
        if column not in contract.column_names:
            raise _wrong(unit, "columns", column, contract.column_names)
    return contract


def earlier_months(unit: BuConfig) -> int:
    """Say how many months before its own a month of the unit needs."""
    rule = unit.columns.list_price
    return months_before(rule.days) if isinstance(rule, TrailingQuantile) else 0


def _lines(contract: TableContract, units: Units, places: Tables) -> Iterator[InputRef]:
    readers = {name: unit for name, unit in units.items() if places[name] is contract}
    columns = None if contract is ORDERS else dict.fromkeys(LINEAGE)
    if columns is not None:
        columns.update(dict.fromkeys(header for unit in readers.values() for header in needed_headers(unit)))
    for offset in range(max(map(earlier_months, readers.values())) + 1):
        members = tuple(name for name, unit in readers.items() if earlier_months(unit) >= offset)
        yield InputRef(contract, -offset, optional=True, columns=tuple(columns or ()), members=members)


def _wrong(
    unit: BuConfig, field: str, value: str, known: Mapping[str, object] | tuple[str, ...]
) -> ConfigurationError:
    file = f"pricing/bu_{unit.bu_id}.yaml"
    return ConfigurationError(
        f"{file}: {field} names {value}, which is not there",
        where=Location(file=file, column=field, value=value),
        expected=", ".join(known) or "no table of the hub is known here",
        fix=f"correct {field} in {file}",
    )
