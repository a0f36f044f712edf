"""Statements of one form are compiled once, and each brings its own values."""

import pytest
import sqlalchemy as sa
from tests.adapters.loader.tables import SALES

from work_data_hub.io.loader import statements
from work_data_hub.io.loader.statements import prepare
from work_data_hub.io.loader.tables import table_of

TABLE = table_of(SALES)
FIRST, SECOND = list(TABLE.c)[:2]


def values(statement: sa.Executable) -> list[object]:
    made = prepare(statement).parameters
    return [] if made is None else [column[0].as_py() for column in made.columns]


def test_values_are_those_of_each_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(one: str, other: str) -> sa.Executable:
        return sa.select(FIRST).where(sa.cast(FIRST, sa.Text) == one, sa.cast(SECOND, sa.Text) != other)

    first = prepare(ask("a", "b"))
    monkeypatch.setattr(statements, "_form", lambda *_: pytest.fail("it was compiled again"))
    second = prepare(ask("c", "d"))
    assert first.sql == second.sql
    assert values(ask("a", "b")) == ["a", "b"]
    assert values(ask("c", "d")) == ["c", "d"]


def test_lists_are_written_out_for_each_length() -> None:
    texts = [
        prepare(sa.select(FIRST).where(sa.cast(FIRST, sa.Text).in_(some))) for some in (["a"], ["b", "c"])
    ]
    assert texts[0].sql != texts[1].sql
    assert values(sa.select(FIRST).where(sa.cast(FIRST, sa.Text).in_(["b", "c"]))) == ["b", "c"]


def test_updates_of_other_columns_are_other_forms() -> None:
    one = prepare(sa.update(TABLE).values({FIRST.name: None}))
    other = prepare(sa.update(TABLE).values({SECOND.name: None}))
    assert one.sql != other.sql
