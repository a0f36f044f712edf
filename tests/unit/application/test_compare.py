"""A published table against another system: columns found, cells read, months kept, and refusals that help."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from tests.fakes import FakeLedger, FakeStore
from work_data_hub.application.compare.columns import TEMPORARY_IDS, header_words
from work_data_hub.application.compare.model import (
    ComparedColumn,
    CompareOptions,
    CompareReport,
    Kind,
    OtherRows,
)
from work_data_hub.application.compare.page import document, markdown, remarks
from work_data_hub.application.compare.use_case import compare_table, suggested_key
from work_data_hub.application.domains import Domain
from work_data_hub.application.sources import SourceSpec
from work_data_hub.domain.annuity.companies import temporary_company_id
from work_data_hub.domain.annuity.contracts import ANNUITY_CONTRACTS
from work_data_hub.domain.kernel.build import TableBuild
from work_data_hub.domain.kernel.contract import (
    COUNT,
    DAY,
    MONEY,
    RATE,
    STAMP,
    TEXT,
    Column,
    Role,
    TableContract,
)
from work_data_hub.domain.kernel.errors import EmptyInputError, HeaderMissingError, UsageError
from work_data_hub.domain.kernel.frames import to_pandas
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope

MONTH = Period(2025, 11)
FACT = TableContract(
    key="shop.gold.fact",
    version="1.0.0",
    label="明细",
    description="d",
    grain="g",
    owner="team:shop",
    columns=(
        Column("period", DAY, "月度", "month", role=Role.LINEAGE),
        Column("file_id", TEXT, "文件", "file", role=Role.LINEAGE),
        Column("sheet", TEXT, "工作表", "sheet", role=Role.LINEAGE),
        Column("row_number", COUNT, "行号", "row", role=Role.LINEAGE),
        Column("plan_code", TEXT, "计划代码", "plan", aliases=("计划号",)),
        Column("customer_name", TEXT, "客户名称", "customer", nullable=True),
        Column("amount_yuan", MONEY, "金额", "amount", unit="yuan", nullable=True),
        Column("rate", RATE, "收益率", "rate", unit="fraction", nullable=True),
        Column("members", COUNT, "人数", "members", unit="people", nullable=True),
        Column("won_on", DAY, "中标日期", "day", nullable=True),
        Column("company_id", TEXT, "company_id", "id", nullable=True),
        Column("run_id", TEXT, "运行", "run", role=Role.STAMP),
        Column("ingested_at", STAMP, "时间", "when", role=Role.STAMP),
    ),
    primary_key=("period", "file_id", "sheet", "row_number"),
    scope=("period",),
    partition="month",
)
HEADS = ("月度", "计划号", "客户名称", "金额", "收益率", "人数", "中标日期", "company_id")
NAMES = ("period", "plan_code", "customer_name", "amount_yuan", "rate", "members", "won_on", "company_id")
OURS = (
    ("P1", "甲", "100.5", "0.05", 3, "2025-11-05", "600000001"),
    ("P2", None, "-20", None, None, None, None),
)
THEIRS = (
    ("202511", "P1", "甲", "100.50", "5%", "3", "2025年11月5日", "600000001"),
    ("2025-11", "P2", " ", "(20.00)", "无", "", "-", None),
)


def frame() -> pd.DataFrame:
    columns: Any = list(zip(*OURS, strict=True))
    day = [MONTH.start] * len(OURS)
    values = {
        "period": day,
        "file_id": ["f1"] * len(OURS),
        "sheet": ["明细"] * len(OURS),
        "row_number": range(4, 4 + len(OURS)),
        "plan_code": columns[0],
        "customer_name": columns[1],
        "amount_yuan": [Decimal(text) for text in columns[2]],
        "rate": [text and Decimal(text) for text in columns[3]],
        "members": columns[4],
        "won_on": [pd.Timestamp(text).date() if text else None for text in columns[5]],
        "company_id": columns[6],
        "run_id": ["r"] * len(OURS),
        "ingested_at": [pd.Timestamp("2025-12-01", tz="UTC")] * len(OURS),
    }
    return to_pandas(
        pa.Table.from_arrays(
            [pa.array(list(values[name]), FACT.arrow_schema.field(name).type) for name in FACT.column_names],
            schema=FACT.arrow_schema,
        )
    )


@dataclass
class Given:
    """The other side as rows of texts under headers, and the words it was asked for."""

    rows: tuple[tuple[str | None, ...], ...] = THEIRS
    heads: tuple[str, ...] = HEADS
    unknown: tuple[str, ...] = ()
    asked: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def read(self, words: Mapping[str, tuple[str, ...]]) -> OtherRows:
        self.asked |= words
        headers = {name: head for name, known in words.items() for head in self.heads if head in known}
        cells = {
            name: pa.array([row[self.heads.index(head)] for row in self.rows], pa.string())
            for name, head in headers.items()
        }
        return OtherRows("legacy", cells, len(self.rows), headers, self.unknown)


def compared(other: Given, **options: Any) -> CompareReport:
    store = FakeStore(FakeLedger())
    store.scopes[(FACT.key, Scope.month(MONTH).key)] = frame()
    domain = Domain(
        "shop",
        SourceSpec("shop", (), ()),
        None,
        "",
        MONTH,
        (),
        (TableBuild(FACT, (), lambda _: None),),  # type: ignore[arg-type,return-value]
    )
    return compare_table(store, domain, FACT, MONTH, other, options=CompareOptions(**options))


def changed(row: int, column: str, text: str | None) -> Given:
    rows = [list(each) for each in THEIRS]
    rows[row][NAMES.index(column)] = text
    return Given(tuple(tuple(each) for each in rows))


def test_texts_are_read_by_the_types_of_the_contract() -> None:
    report = compared(Given())
    assert report.findings.parity, report.findings.differences
    assert report.verdict == "100 % parity: all 2 rows agree in 8 columns"
    assert report.exit_status == 0


def test_lineage_and_stamps_are_not_compared() -> None:
    assert {column.column for column in compared(Given()).findings.columns} == set(NAMES)


def test_a_difference_leads_back_to_both_rows() -> None:
    report = compared(changed(0, "amount_yuan", "100.51"))
    [found] = report.findings.differences
    assert (found.here, found.there, found.difference) == (
        Decimal("100.5000"),
        Decimal("100.5100"),
        Decimal("-0.0100"),
    )
    assert (found.place_here.file, found.place_here.sheet, found.place_here.row) == ("f1", "明细", 4)
    assert found.place_there.row == 1
    assert report.exit_status == 3
    assert report.verdict.startswith("50.00 % of the rows agree in 8 columns: 1 differ")


@pytest.mark.parametrize(
    ("column", "text", "options", "parity"),
    [
        ("amount_yuan", "100.51", {"tolerance": Decimal("0.01")}, True),
        ("amount_yuan", "100.5101", {"tolerance": Decimal("0.01")}, False),
        ("rate", "0.06", {"tolerance": Decimal("0.01")}, False),
        ("rate", "0.06", {"tolerances": {"rate": Decimal("0.01")}}, True),
        ("members", "4", {"tolerance": Decimal(1)}, False),
        ("amount_yuan", "7", {"ignore": frozenset({"amount_yuan"})}, True),
        ("company_id", temporary_company_id("甲", "salt"), {}, True),
        ("company_id", "IN-HOUSE", {}, False),
        ("customer_name", "无", {}, False),
    ],
)
def test_tolerances_ignored_columns_and_temporary_ids(
    column: str, text: str, options: dict[str, Any], parity: bool
) -> None:
    assert compared(changed(0, column, text), **options).findings.parity is parity


@pytest.mark.parametrize(
    ("column", "text"), [("amount_yuan", "待定"), ("won_on", "202511"), ("members", "三"), ("rate", "5万")]
)
def test_what_cant_be_read_is_told_and_never_guessed(column: str, text: str) -> None:
    report = compared(changed(0, column, text))
    assert not report.findings.parity
    assert report.findings.unreadable_cells == 1
    [cell] = report.findings.unreadable
    assert (cell.column, cell.value, cell.place.row) == (column, text, 1)
    assert cell.reason
    assert "1 cells unreadable" in report.verdict


def test_rows_of_other_months_are_left_out_and_named() -> None:
    other = ("202510", "P9", None, "1", None, None, None, None)
    report = compared(Given((*THEIRS, other, other)))
    assert report.findings.parity
    assert report.other_months == {"2025-10": 2}
    assert any("2025-10" in remark for remark in remarks(report))


def test_a_row_without_a_readable_month_is_not_lost() -> None:
    report = compared(changed(1, "period", "某月"))
    assert report.findings.counts.rows_there == 2
    assert not report.findings.parity
    assert "no month" in report.notes[0]


def test_a_side_without_months_counts_as_the_month() -> None:
    other = Given(tuple(row[1:] for row in THEIRS), HEADS[1:])
    report = compared(other)
    assert report.findings.parity
    assert "all its rows count as 2025-11" in report.notes[0]


def test_columns_of_one_side_are_named() -> None:
    report = compared(Given(tuple(row[:4] for row in THEIRS), HEADS[:4], unknown=("老列",)))
    assert report.columns_only_here == ("rate", "members", "won_on", "company_id")
    assert report.columns_only_there == ("老列",)
    assert report.verdict == "100 % parity: all 2 rows agree in 4 columns (4 not compared)"


def test_the_other_side_has_no_row_of_the_month() -> None:
    rows = tuple(("2025-10", *row[1:]) for row in THEIRS)
    with pytest.raises(EmptyInputError, match="name a month it holds: 2025-10"):
        compared(Given(rows))


def test_our_side_has_no_row_of_the_month() -> None:
    store = FakeStore(FakeLedger())
    domain = Domain("shop", SourceSpec("shop", (), ()), None, "", MONTH, (), ())
    with pytest.raises(EmptyInputError, match=r"shop_gold\.fact holds no row of 2025-11"):
        compare_table(store, domain, FACT, MONTH, Given(), options=CompareOptions())


@pytest.mark.parametrize(
    "options", [{"key": ("plan",)}, {"ignore": frozenset({"nothing"})}, {"tolerances": {"x": Decimal(1)}}]
)
def test_names_that_are_not_there_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="has no column"):
        compared(Given(), **options)


def test_a_key_column_that_the_other_side_lacks_is_refused() -> None:
    with pytest.raises(HeaderMissingError, match="has no column for company_id"):
        compared(Given(tuple(row[:-1] for row in THEIRS), HEADS[:-1]), key=("company_id",))


def test_a_file_of_something_else_is_refused() -> None:
    with pytest.raises(HeaderMissingError, match="anything of"):
        compared(Given((("202511",),), ("月度",)))


def test_words_of_a_column_come_from_its_contract_and_from_tables_that_share_its_label() -> None:
    by_name = {contract.name: contract for contract in ANNUITY_CONTRACTS}
    words = header_words(by_name["scale_fact"], ANNUITY_CONTRACTS)
    assert words["plan_code"][:2] == ("plan_code", "计划代码")
    assert "计划号" in words["plan_code"]
    assert "流失(含待遇支付)" in words["outflow_incl_benefits_yuan"]
    assert "流失(含待遇支付)" not in words["outflow_yuan"]
    assert "run_id" not in words
    assert "period" in words


def test_a_business_key_is_suggested_where_the_contract_has_one() -> None:
    by_name = {contract.name: contract for contract in ANNUITY_CONTRACTS}
    mart = by_name["aum_flow_monthly"]
    columns = [ComparedColumn(name, "", "", Kind.TEXT, pa.string()) for name in mart.column_names]
    assert suggested_key(mart, columns) == ("branch_code", "product_line_code", "plan_type")
    assert suggested_key(mart, columns[:2]) == ()
    assert suggested_key(by_name["scale_fact"], columns) == ()


def test_the_pattern_of_temporary_ids_is_what_the_domain_makes() -> None:
    import re

    assert re.fullmatch(TEMPORARY_IDS["company_id"], temporary_company_id("某公司", "salt"))


def test_parity_says_how_many_ids_it_does_not_cover() -> None:
    report = compared(changed(0, "company_id", temporary_company_id("甲", "salt")))
    assert report.verdict == "100 % parity: all 2 rows agree in 8 columns; 1 temporary ids not judged"
    assert report.findings.counts.agreeing == 1


def test_the_report_as_a_page_and_as_a_document() -> None:
    report = compared(changed(0, "customer_name", "甲|乙"))
    page = markdown(report)
    assert page.startswith("# shop_gold.fact 2025-11 against legacy\n\n**✗ 50.00 % of the rows agree")
    assert "甲\\|乙" in page
    assert "| amount_yuan | 80.5000 | 80.5000 | 0.0000 |" in page
    told = document(report)
    assert (told["parity"], told["exit_status"], told["parity_percent"]) == (False, 3, Decimal("50.00"))
    assert {column["column"]: column["different"] for column in told["columns"]}["customer_name"] == 1
