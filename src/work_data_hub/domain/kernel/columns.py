"""Ways to declare columns that contracts of every domain use."""

import pyarrow as pa

from work_data_hub.domain.kernel.contract import (
    COUNT,
    FLAG,
    MONEY,
    TEXT,
    Check,
    Column,
    PersonalData,
    Role,
)


def text(
    name: str,
    label: str,
    meaning: str,
    *,
    nullable: bool = True,
    aliases: tuple[str, ...] = (),
    checks: tuple[Check, ...] = (),
    personal: PersonalData = PersonalData.NONE,
    sources: tuple[str, ...] = (),
) -> Column:
    """Declare a text column."""
    return Column(
        name,
        TEXT,
        label,
        meaning,
        nullable=nullable,
        aliases=aliases,
        checks=checks,
        personal=personal,
        sources=sources,
    )


def amount(
    name: str,
    label: str,
    meaning: str,
    *,
    unit: str,
    dtype: pa.DataType = MONEY,
    nullable: bool = True,
    sources: tuple[str, ...] = (),
) -> Column:
    """Declare an amount of money or another exact number in a unit."""
    return Column(name, dtype, label, meaning, unit=unit, nullable=nullable, sources=sources)


def count(
    name: str,
    label: str,
    meaning: str,
    *,
    unit: str = "rows",
    nullable: bool = False,
    sources: tuple[str, ...] = (),
) -> Column:
    """Declare a whole number of something."""
    return Column(name, COUNT, label, meaning, unit=unit, nullable=nullable, sources=sources)


def flag(name: str, label: str, meaning: str, *, sources: tuple[str, ...] = ()) -> Column:
    """Declare a column that says yes or no."""
    return Column(name, FLAG, label, meaning, sources=sources)


def stamp(name: str, dtype: pa.DataType, label: str, meaning: str) -> Column:
    """Declare a column that says when or by whom a row was written."""
    return Column(name, dtype, label, meaning, role=Role.STAMP)
