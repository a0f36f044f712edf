"""Which columns of its inputs each column of a table comes from, read off the declarations."""

from collections.abc import Callable, Mapping

from work_data_hub.domain.kernel.build import Buildable, TableBuild
from work_data_hub.domain.kernel.contract import Column, Role, TableContract

Source = tuple[TableContract, str]
Lineage = Mapping[str, tuple[Source, ...]]


def column_lineage(table: Buildable) -> Lineage:
    """Give the sources of every column but stamps; a column that the build makes up itself has none.

    A table made from a sheet has no lineage here: its labels and aliases are the headers it was read from.
    """
    if not isinstance(table, TableBuild):
        return {}
    # a table that reads its own earlier months is no source of itself
    inputs = tuple(dict.fromkeys(ref.contract for ref in table.inputs if ref.contract != table.contract))
    return {
        column.name: _sources(column, inputs)
        for column in table.contract.columns
        if column.role is not Role.STAMP
    }


def _sources(column: Column, inputs: tuple[TableContract, ...]) -> tuple[Source, ...]:
    """Find a column's sources: itself where an input declares it alike, else by declaration, name or label."""
    taken_over = _found(inputs, lambda _, given: given == column)
    if taken_over:
        return taken_over + _found(inputs, lambda table, given: f"{table}.{given.name}" in column.sources)
    if column.sources:
        return _found(inputs, lambda table, given: {given.name, f"{table}.{given.name}"} & {*column.sources})
    words = {column.label, *column.aliases}
    same_name = _found(inputs, lambda _, given: given.name == column.name)
    return same_name or _found(inputs, lambda _, given: words & {given.label, *given.aliases})


def _found(inputs: tuple[TableContract, ...], fits: Callable[[str, Column], object]) -> tuple[Source, ...]:
    return tuple(
        (table, given.name) for table in inputs for given in table.columns if fits(table.name, given)
    )
