"""Views with the source language's names, for the people who read tables there."""

import sqlalchemy as sa
from sqlalchemy.schema import CreateView, DropView

from work_data_hub.domain.kernel.contract import Role, TableContract
from work_data_hub.io.loader.statements import DIALECT
from work_data_hub.io.loader.tables import table_of


def view_columns(contract: TableContract) -> tuple[str, ...]:
    """Give the names of the view's columns, in order."""
    return tuple(column.label for column in contract.columns if column.role is not Role.STAMP)


def create_view(contract: TableContract) -> str:
    """Give the statement that creates the view, for a migration to keep as it is."""
    return str(_view(contract).compile(dialect=DIALECT)).strip()


def drop_view(contract: TableContract) -> str:
    """Give the statement that drops the view."""
    return str(DropView(_view(contract).table).compile(dialect=DIALECT)).strip()


def _view(contract: TableContract) -> CreateView:
    table = table_of(contract)
    shown = [
        table.c[column.name].label(column.label)
        for column in contract.columns
        if column.role is not Role.STAMP
    ]
    return CreateView(sa.select(*shown), contract.label, metadata=sa.MetaData(), schema=contract.view_schema)
