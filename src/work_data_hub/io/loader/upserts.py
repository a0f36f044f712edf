"""Statements of an upsert: rows wait in a temporary table, known keys are renewed, missing ones added."""

from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.io.loader.column_types import column_type
from work_data_hub.io.loader.tables import table_of

_NAME_ROOM: Final = 50
# new members that a publish names; all of them bear its run id
NAMED: Final = 50


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


def renew_statement(contract: TableContract, staging: sa.Table) -> sa.Update:
    """Update the contract's upsert columns of known keys where they differ."""
    target = table_of(contract)
    new = {name: staging.c[name] for name in contract.upsert_columns}
    same_key = [target.c[key] == staging.c[key] for key in contract.primary_key]
    return sa.update(target).values(new).where(*same_key, _differs(target, new))


def add_statement(contract: TableContract, staging: sa.Table) -> sa.Select[int, int, list[str] | None]:
    """Insert missing keys, count them and name the first ones; one that another run adds meanwhile is known.

    Rows are added in key order, so that two runs that meet on the same keys wait instead of deadlocking.
    """
    target, keys, names = table_of(contract), list(contract.primary_key), list(contract.column_names)
    known = sa.exists().where(*(target.c[key] == staging.c[key] for key in keys))
    missing = sa.select(*(staging.c[name] for name in names)).where(~known)
    ordered = missing.order_by(*(staging.c[key] for key in keys))
    statement = insert(target).from_select(names, ordered, include_defaults=False)
    if contract.upsert_columns:
        new = {name: statement.excluded[name] for name in contract.upsert_columns}
        statement = statement.on_conflict_do_update(
            index_elements=keys, set_=new, where=_differs(target, new)
        )
    else:
        statement = statement.on_conflict_do_nothing(index_elements=keys)
    # a row version that no transaction has replaced yet has no xmax: it was inserted, not updated
    fresh = sa.literal_column("(xmax = 0)", sa.Boolean).label("fresh")
    key = sa.func.concat_ws("|", *(sa.cast(target.c[name], sa.Text) for name in keys)).label("key")
    written = statement.returning(fresh, key).cte("written")
    first = sa.select(written.c.key).where(written.c.fresh).order_by(written.c.key).limit(NAMED).subquery()
    rows = sa.func.count()
    return sa.select(
        rows.filter(written.c.fresh).label("inserted"),
        rows.filter(~written.c.fresh).label("updated"),
        sa.select(sa.func.array_agg(first.c.key)).scalar_subquery().label("new"),
    ).select_from(written)


def _differs(target: sa.Table, new: Mapping[str, Any]) -> sa.ColumnElement[bool]:
    return sa.or_(*(target.c[name].is_distinct_from(value) for name, value in new.items()))
