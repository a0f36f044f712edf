"""Statements of an upsert: rows wait in a temporary table, one statement merges them and counts what it did."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.io.loader.column_types import column_type
from work_data_hub.io.loader.tables import table_of

_NAME_ROOM: Final = 50


def staging_table(contract: TableContract) -> sa.Table:
    """Give a temporary twin of the table, without its constraints."""
    columns = [sa.Column(column.name, column_type(column.dtype)) for column in contract.columns]
    return sa.Table(
        f"staged_{contract.name[:_NAME_ROOM]}",
        sa.MetaData(),
        *columns,
        prefixes=["TEMPORARY"],
        postgresql_on_commit="DROP",
    )


def merge_statement(contract: TableContract, staging: sa.Table) -> sa.Select[int, int]:
    """Insert missing keys, update what differs in the contract's upsert columns, and count both.

    Rows are written in key order, so that two runs that meet on the same keys wait instead of deadlocking.
    """
    target, keys = table_of(contract), list(contract.primary_key)
    names = list(contract.column_names)
    ordered = sa.select(*(staging.c[name] for name in names)).order_by(*(staging.c[key] for key in keys))
    statement = insert(target).from_select(names, ordered, include_defaults=False)
    if contract.upsert_columns:
        new = {name: statement.excluded[name] for name in contract.upsert_columns}
        differs = sa.or_(*(target.c[name].is_distinct_from(value) for name, value in new.items()))
        statement = statement.on_conflict_do_update(index_elements=keys, set_=new, where=differs)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=keys)
    # a row version that no transaction has replaced yet has no xmax: it was inserted, not updated
    fresh = sa.literal_column("(xmax = 0)", sa.Boolean).label("fresh")
    written = statement.returning(fresh).cte("written")
    rows = sa.func.count()
    return sa.select(
        rows.filter(written.c.fresh).label("inserted"), rows.filter(~written.c.fresh).label("updated")
    ).select_from(written)
