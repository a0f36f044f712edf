"""Under which header of a business unit's files each bronze cell stands."""

from collections.abc import Mapping
from typing import Final

from work_data_hub.domain.pricing.config import BuConfig, FromColumn
from work_data_hub.domain.pricing.contracts.bronze import CELLS

_NAMES: Final = tuple(column.name for column in CELLS)


def headers_by_cell(unit: BuConfig) -> Mapping[str, str]:
    """Give the header of each bronze cell that the unit's file names a column for; a header fills one cell only."""
    named = {name: unit.sources.get(name) for name in _NAMES}
    claimed: dict[str, str] = {}
    for cell, source in named.items():
        if isinstance(source, FromColumn):
            claimed.setdefault(source.column, cell)
    return {cell: header for header, cell in claimed.items()}


def cells_by_header(unit: BuConfig) -> Mapping[str, str]:
    """Give the bronze cell in which what stands under a header is kept; other headers are extra cells."""
    return {header: cell for cell, header in headers_by_cell(unit).items()}
