"""Schemas as receivers see them, and what a change of them does to the version."""

from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from work_data_hub.application.release.schema import (
    ReleaseColumn,
    ReleaseSchema,
    arrow_type,
    released,
    type_name,
)
from work_data_hub.application.release.version import FIRST, Bump, Version, bump_of, changes
from work_data_hub.domain.kernel.contract import (
    DAY,
    MONEY,
    STAMP,
    TEXT,
    Column,
    Role,
    TableContract,
)
from work_data_hub.domain.kernel.errors import ConfigurationError, UsageError

TYPES = ("bigint", "text", "date", "numeric(18,4)", "timestamptz")
NAMES = st.sampled_from(("a", "b", "c", "d", "e"))
COLUMNS = st.builds(ReleaseColumn, NAMES, st.sampled_from(TYPES), st.booleans())


@st.composite
def schemas(draw: st.DrawFn) -> ReleaseSchema:
    columns = draw(st.lists(COLUMNS, min_size=1, max_size=5, unique_by=lambda column: column.name))
    keys = [column.name for column in columns if not column.nullable]
    return ReleaseSchema(
        "sales", tuple(columns), tuple(draw(st.permutations(keys)))[: draw(st.integers(0, 3))]
    )


BASE = ReleaseSchema(
    "sales",
    (
        ReleaseColumn("day", "date", nullable=False),
        ReleaseColumn("units", "bigint", nullable=True),
    ),
    ("day",),
)


def with_column(column: ReleaseColumn) -> ReleaseSchema:
    others = tuple(c for c in BASE.columns if c.name != column.name)
    return replace(BASE, columns=(*others, column))


@pytest.mark.parametrize(
    ("new", "bump", "told"),
    [
        (BASE, Bump.PATCH, ()),
        (replace(BASE, columns=BASE.columns[::-1]), Bump.PATCH, ()),
        (with_column(ReleaseColumn("note", "text", nullable=True)), Bump.MINOR, ("nullable note added",)),
        (with_column(ReleaseColumn("note", "text", nullable=False)), Bump.MAJOR, ("note added",)),
        (replace(BASE, columns=BASE.columns[:1]), Bump.MAJOR, ("units dropped",)),
        (
            replace(BASE, columns=(BASE.columns[0], ReleaseColumn("pieces", "bigint", nullable=True))),
            Bump.MAJOR,
            ("units dropped", "nullable pieces added"),
        ),
        (
            with_column(ReleaseColumn("units", "text", nullable=True)),
            Bump.MAJOR,
            ("units retyped from bigint to text",),
        ),
        (
            with_column(ReleaseColumn("units", "bigint", nullable=False)),
            Bump.MAJOR,
            ("units may be null no longer",),
        ),
        (with_column(ReleaseColumn("day", "date", nullable=True)), Bump.MINOR, ("day may be null now",)),
        (replace(BASE, primary_key=("day", "units")), Bump.MAJOR, ("the key is (day, units) now",)),
    ],
)
def test_each_change_moves_its_part_of_the_version(
    new: ReleaseSchema, bump: Bump, told: tuple[str, ...]
) -> None:
    found = changes(BASE, new)
    assert (bump_of(found), tuple(change.what for change in found)) == (bump, told)


@given(schemas(), schemas())
def test_the_hash_differs_where_something_changed_and_nowhere_else(
    one: ReleaseSchema, two: ReleaseSchema
) -> None:
    assert (one.hash == two.hash) == (changes(one, two) == ())
    # what is minor one way takes something away the other way
    if changes(one, two) and bump_of(changes(one, two)) is Bump.MINOR:
        assert bump_of(changes(two, one)) is Bump.MAJOR


@given(schemas(), st.randoms())
def test_the_order_of_columns_and_key_means_nothing(schema: ReleaseSchema, chance: object) -> None:
    shuffle = getattr(chance, "sample")  # noqa: B009
    columns = tuple(shuffle(schema.columns, len(schema.columns)))
    key = tuple(shuffle(schema.primary_key, len(schema.primary_key)))
    assert ReleaseSchema(schema.table, columns, key).hash == schema.hash


@given(schemas())
def test_a_schema_survives_the_files(schema: ReleaseSchema) -> None:
    assert ReleaseSchema.of_arrow(schema.table, schema.arrow, schema.primary_key) == schema


def test_the_ddl_is_what_the_page_says() -> None:
    odd = ReleaseSchema("t", (ReleaseColumn('a"b', "text", nullable=False),), ('a"b',))
    assert odd.ddl == 'create table "t" ("a""b" text not null, primary key ("a""b"))'
    assert replace(BASE, primary_key=()).ddl == 'create table "sales" ("day" date not null, "units" bigint)'


def test_stamps_stay_at_home_unless_they_are_the_key() -> None:
    contract = TableContract(
        key="shop.gold.sales",
        version="1.0.0",
        label="l",
        description="d",
        grain="g",
        owner="o",
        columns=(
            Column("day", DAY, "day", "day"),
            Column("amount", MONEY, "amount", "amount", nullable=True),
            Column("at", STAMP, "at", "at", role=Role.STAMP),
            Column("run_id", TEXT, "run", "run", role=Role.STAMP),
        ),
        primary_key=("day", "at"),
    )
    assert [column.name for column in released(contract)] == ["day", "amount", "at"]
    assert [column.type for column in ReleaseSchema.of(contract).columns] == [
        "date",
        "numeric(18,4)",
        "timestamptz",
    ]


@pytest.mark.parametrize("name", [*TYPES, "integer", "boolean", "double precision", "numeric(38,0)"])
def test_types_have_one_name(name: str) -> None:
    assert type_name(arrow_type(name)) == name


@pytest.mark.parametrize("name", ["", "money", "numeric", "numeric(39,1)", "numeric(4,5)", "BIGINT", "int64"])
def test_unknown_types_are_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="knows no type"):
        arrow_type(name)


def test_a_type_of_no_release_keeps_its_own_name() -> None:
    assert type_name(pa.int8()) == "int8"


def test_versions_are_read_ordered_and_moved() -> None:
    assert Version.parse("v1.10.0") > Version.parse("1.9.9") > FIRST
    assert [str(FIRST.next(bump)) for bump in Bump] == ["1.0.1", "1.1.0", "2.0.0"]
    for wrong in ("1.0", "1.0.0.0", "01.0.0", "1.0.x", ""):
        with pytest.raises(UsageError, match="is not a version"):
            Version.parse(wrong)


@given(st.builds(Version, *(st.integers(0, 999) for _ in range(3))), st.sampled_from(Bump))
def test_a_version_is_written_as_it_is_read_and_only_grows(version: Version, bump: Bump) -> None:
    assert Version.parse(str(version)) == version
    assert version.next(bump) > version
