"""Lineage is read off declarations: itself, declared sources, names, labels, in that order."""

from dataclasses import replace
from typing import Any

import pytest

from work_data_hub.domain.kernel.build import BuildContext, InputRef, SheetIntake, TableBuild
from work_data_hub.domain.kernel.contract import MONEY, TEXT, Column, Role, TableContract
from work_data_hub.domain.kernel.lineage import column_lineage
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.sheets import SheetSpec


def column(name: str, label: str = "", **more: Any) -> Column:
    return Column(name, TEXT, label or name, "meaning", **more)


def table(name: str, *columns: Column) -> TableContract:
    return TableContract(
        key=f"shop.{name}", version="1.0.0", label="t", description="d", grain="g", owner="team:shop",
        columns=columns, primary_key=(columns[0].name,),
    )  # fmt: skip


def never(_context: BuildContext) -> Outcome:
    raise AssertionError("lineage builds nothing")


CODE = column("code", "编码")
PRICE = column("price", "价格", aliases=("售价",))
OTHER = column("other", "其他")
RAW = table("bronze.lines", CODE, PRICE, OTHER)


def sources(made: Column, *inputs: TableContract) -> list[str]:
    build = TableBuild(table("silver.made", made), tuple(InputRef(given) for given in inputs), never)
    return [f"{given.name}.{name}" for given, name in column_lineage(build)[made.name]]


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (CODE, ["lines.code"]),
        (column("code", "另一个"), ["lines.code"]),
        (column("price_eur", "价格"), ["lines.price"]),
        (column("price_eur", "售价"), ["lines.price"]),
        (column("price_eur", "金额", aliases=("价格",)), ["lines.price"]),
        (column("made_up", "无"), []),
        (column("made_up", "编码", sources=("price", "other")), ["lines.price", "lines.other"]),
        (column("code", "编码", sources=("lines.other",)), ["lines.other"]),
    ],
    ids=["itself", "name", "label", "alias", "own alias", "nothing", "declared", "declared before name"],
)
def test_a_source_is_found_in_this_order(made: Column, expected: list[str]) -> None:
    assert sources(made, RAW) == expected


def test_sources_that_are_in_no_input_leave_a_column_without_any() -> None:
    assert sources(column("code", "编码", sources=("look_up",)), RAW) == []


def test_a_column_taken_over_unchanged_adds_only_what_is_declared_by_table() -> None:
    code = replace(CODE, sources=("price", "rekey.code"))
    taken = table("silver.detail", code, PRICE)
    rekey = table("silver.rekey", column("code", "新"), column("price", "价"))
    assert sources(code, taken, rekey) == ["detail.code", "rekey.code"]


def test_a_name_that_stands_in_two_inputs_comes_from_both() -> None:
    assert sources(column("code", "x"), RAW, table("bronze.more", CODE)) == ["lines.code", "more.code"]


def test_an_input_of_several_months_counts_once_and_a_table_is_no_source_of_itself() -> None:
    made = table("silver.made", column("code", "x"), column("other", "y"))
    refs = (InputRef(RAW), InputRef(RAW, -1, optional=True), InputRef(made, -1, optional=True))
    build = TableBuild(made, refs, never)
    assert column_lineage(build) == {"code": ((RAW, "code"),), "other": ((RAW, "other"),)}


def test_stamps_and_sheets_have_no_lineage() -> None:
    stamp = Column("run_id", TEXT, "运行", "run", role=Role.STAMP)
    build = TableBuild(table("silver.made", CODE, stamp), (InputRef(RAW),), never)
    assert set(column_lineage(build)) == {"code"}
    assert column_lineage(SheetIntake(RAW, SheetSpec("lines", ()))) == {}


def test_the_type_of_a_column_may_differ_from_that_of_its_source() -> None:
    assert sources(Column("price", MONEY, "价格", "typed"), RAW) == ["lines.price"]
