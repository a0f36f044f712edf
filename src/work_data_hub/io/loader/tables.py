"""Contracts as SQLAlchemy tables: types, keys, references, indexes, closed lists and comments.

Of the column checks only closed lists become CHECK constraints; bounds and patterns are validated before publishing.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

import sqlalchemy as sa

from work_data_hub.domain.kernel.contract import Column, TableContract
from work_data_hub.domain.kernel.errors import ConfigurationError
from work_data_hub.io.loader.column_types import column_type

NAMING: Final = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


def metadata_for(contracts: Iterable[TableContract]) -> sa.MetaData:
    """Give all tables of these contracts with their references to each other."""
    metadata = sa.MetaData(naming_convention=NAMING)
    known = {contract.key: contract for contract in contracts}
    for contract in known.values():
        sa.Table(
            contract.name,
            metadata,
            *_columns(contract),
            *_constraints(contract),
            *_foreign_keys(contract, known),
            *(sa.Index(None, *columns) for columns in index_columns(contract)),
            schema=contract.schema,
            comment=f"{contract.label}: {contract.description}",
        )
    return metadata


@lru_cache(maxsize=256)
def table_of(contract: TableContract) -> sa.Table:
    """Give one table to write statements with; it knows its columns and its key, no other table."""
    metadata = sa.MetaData(naming_convention=NAMING)
    return sa.Table(
        contract.name, metadata, *_columns(contract), *_constraints(contract), schema=contract.schema
    )


def index_columns(contract: TableContract) -> tuple[tuple[str, ...], ...]:
    """Give the columns of each index; the scope has one unless a longer key or index begins with it."""
    begun = (contract.primary_key, *contract.unique, *contract.indexes)
    scope = contract.scope
    if not scope or any(set(columns[: len(scope)]) == set(scope) for columns in begun):
        return contract.indexes
    return (*contract.indexes, scope)


def _columns(contract: TableContract) -> Iterator[sa.Column[object]]:
    for column in contract.columns:
        yield sa.Column(
            column.name, column_type(column.dtype), nullable=column.nullable, comment=_comment(column)
        )


def _comment(column: Column) -> str:
    unit = f" [{column.unit}]" if column.unit else ""
    return f"{column.label}{unit}: {column.meaning}"


def _constraints(contract: TableContract) -> Iterator[sa.Constraint]:
    yield sa.PrimaryKeyConstraint(*contract.primary_key)
    for columns in contract.unique:
        yield sa.UniqueConstraint(*columns)
    for column in contract.columns:
        for check in column.checks:
            if check.one_of:
                allowed = sa.column(column.name, sa.Text()).in_(check.one_of)
                yield sa.CheckConstraint(allowed, name=f"{column.name}_{check.name}")


def _foreign_keys(
    contract: TableContract, known: Mapping[str, TableContract]
) -> Iterator[sa.ForeignKeyConstraint]:
    for reference in contract.references:
        if not reference.enforced:
            continue
        if reference.table not in known:
            raise ConfigurationError(
                f"{contract.key} refers to {reference.table}, which is not among the tables",
                fix="declare the reference as logical, or give both contracts",
            )
        target = known[reference.table].qualified_name
        yield sa.ForeignKeyConstraint(reference.columns, [f"{target}.{name}" for name in reference.target])
