"""A lake table and a newer contract: what may be added, and what is refused by name."""

from dataclasses import replace

import pytest
from tests.adapters.lake.tables import DECEMBER, FACTS, NOVEMBER, facts, named

from work_data_hub.domain.kernel.contract import (
    COUNT,
    RATIO,
    TEXT,
    Column,
    Evolution,
    EvolutionMode,
    TableContract,
)
from work_data_hub.io.lake.faults import LakeSchemaError
from work_data_hub.io.lake.tables import LakeTables

EVOLVES = Evolution(columns=EvolutionMode.EVOLVE)
COLOUR = Column("colour", TEXT, "颜色", "colour", nullable=True)


def with_columns(*columns: Column, evolution: Evolution = EVOLVES) -> TableContract:
    return replace(FACTS, version="1.1.0", columns=columns, evolution=evolution)


def test_an_evolving_table_gets_a_new_nullable_column_and_old_rows_have_none(lake: LakeTables) -> None:
    lake.replace(FACTS, NOVEMBER, named("old"), "run-1")
    before = lake.head(FACTS)
    newer = with_columns(COLOUR, *FACTS.columns)
    assert lake.read(newer, snapshot_id=before)["colour"].to_pylist() == [None]
    lake.replace(newer, DECEMBER, facts([{"colour": "red"}], DECEMBER, newer), "run-2")
    rows = lake.read(newer).sort_by("period")
    assert rows.schema.equals(newer.arrow_schema)
    assert rows["colour"].to_pylist() == [None, "red"]
    assert lake.read(newer, NOVEMBER, snapshot_id=before)["colour"].to_pylist() == [None]


def test_a_frozen_table_refuses_a_new_column_by_name(lake: LakeTables) -> None:
    lake.replace(FACTS, NOVEMBER, named("old"), "run-1")
    with pytest.raises(LakeSchemaError, match="colour is new") as caught:
        lake.ensure(with_columns(*FACTS.columns, COLOUR, evolution=Evolution()))
    assert "\nFix: " in str(caught.value)
    assert lake.read(FACTS).num_rows == 1


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ([c for c in FACTS.columns if c.name != "ratio"], "ratio is gone"),
        ([replace(c, dtype=COUNT) if c.name == "name" else c for c in FACTS.columns], "name was string"),
        ([replace(c, nullable=False) if c.name == "paid" else c for c in FACTS.columns], "paid was nullable"),
        ([*FACTS.columns, Column("must", RATIO, "m", "m")], "must is new and not nullable"),
    ],
)
def test_nothing_is_dropped_retyped_or_made_required(
    columns: list[Column], told: str, lake: LakeTables
) -> None:
    lake.ensure(FACTS)
    with pytest.raises(LakeSchemaError, match=told):
        lake.ensure(with_columns(*columns))


def test_a_table_cannot_be_kept_apart_by_something_else(lake: LakeTables) -> None:
    lake.ensure(FACTS)
    with pytest.raises(LakeSchemaError, match="kept apart by period"):
        lake.ensure(replace(FACTS, partition=None, scope=()))
