"""A loaded month is what its generator knows to be true, whichever way the truth comes; damage is found."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet
from tests.adapters.compare.conftest import MONTH, Compare, Month
from tests.fixtures_postgres import run_sql


def as_excel(frame: pd.DataFrame, path: Path, sheet: str = "规模明细") -> Path:
    """Write a sheet as people leave it: a title, the table, a totals row."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet(sheet)
        page.write_string(0, 0, "旧系统导出")
        page.write_row(2, 0, frame.columns)
        for row, cells in enumerate(frame.astype(object).itertuples(index=False), start=3):
            for column, value in enumerate(cells):
                if isinstance(value, Decimal):
                    page.write_number(row, column, float(value))
                elif not pd.isna(value):
                    page.write_string(row, column, str(value))
        page.write_row(len(frame) + 3, 0, ["合计"])
    return path


def as_csv(frame: pd.DataFrame, path: Path) -> Path:
    frame.to_csv(path, index=False, encoding="gb18030")
    return path


def as_parquet(frame: pd.DataFrame, path: Path) -> Path:
    parquet.write_table(pa.Table.from_pandas(frame, preserve_index=False), path)
    return path


def found(said: Any) -> dict[str, int]:
    return {c["column"]: c["different"] for c in said.json["columns"] if c["different"]}


@pytest.mark.parametrize("write", [as_excel, as_csv, as_parquet])
def test_a_loaded_month_is_at_parity_with_the_truth(
    month: Month, compare: Compare, tmp_path: Path, write: Any
) -> None:
    path = write(
        month.truth(), tmp_path / f"truth.{write.__name__.removeprefix('as_').replace('excel', 'xlsx')}"
    )
    said = compare(path, "--json")
    document = said.json
    assert (said.status, said.err) == (0, ""), document["differences"][:3]
    counts = document["counts"]
    assert counts["rows_here"] == counts["rows_there"] == len(month.truth())
    assert counts["exact"] + counts["agreeing"] == counts["rows_here"]
    assert sum(column["temporary"] for column in document["columns"]) == counts["agreeing"] > 0
    assert {column["total_difference"] for column in document["columns"]} == {None, "0.0000"}
    assert document["totals_rows_left_out"] == (1 if write is as_excel else 0)


def test_damage_is_found_cell_by_cell(month: Month, compare: Compare, tmp_path: Path) -> None:
    frame: Any = month.truth().astype(object)
    frame.loc[3, "期末资产规模"] += Decimal("0.02")
    frame.loc[5, "客户名称"] = "另一家有限公司"
    frame.loc[[7, 9], "计划号"] = ["X0001", "X0002"]
    frame = pd.concat([frame.drop(index=11), frame.iloc[[20]]])
    page = tmp_path / "report.md"
    said = compare(as_csv(frame, tmp_path / "legacy.csv"), "--json", "--out", str(page))
    assert said.status == 3
    counts = said.json["counts"]
    assert (counts["differing"], counts["only_here"], counts["only_there"]) == (4, 1, 1)
    assert found(said) == {"closing_aum_yuan": 1, "customer_name": 1, "plan_code": 2}
    [cell] = [d for d in said.json["differences"] if d["column"] == "closing_aum_yuan"]
    assert cell["difference"] == "-0.0200"
    # quoted cells may hold line breaks: a row is named by the line on which it begins
    line = int(cell["place_there"].removeprefix("sheet legacy, row "))
    assert f"{frame.loc[3, '期末资产规模']}" in (tmp_path / "legacy.csv").read_bytes().split(b"\n")[
        line - 1
    ].decode("gb18030")
    row = int(month.book.truth.accepted["row_number"][3])
    assert cell["place_here"].endswith(f"sheet 规模明细, row {row}")
    assert "## Samples of rows that differ" in page.read_text(encoding="utf-8")
    tolerant = compare(tmp_path / "legacy.csv", "--json", "--tolerance", "0.02")
    assert found(tolerant) == {"customer_name": 1, "plan_code": 2}


def test_a_table_of_this_or_another_database_is_compared(
    month: Month, compare: Compare, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    same = compare('business."规模明细"', "--json")
    assert (same.status, same.json["counts"]["exact"]) == (0, len(month.truth()))
    columns = (
        '"月度" int, "计划代码" text, "期末资产规模" numeric, "机构" varchar(40), "录入时间" timestamptz'
    )
    run_sql(database_url, f'CREATE TABLE public."旧表" ({columns})')
    for row in month.truth().astype(object).to_dict("records"):
        run_sql(
            database_url,
            'INSERT INTO public."旧表" VALUES (%s, %s, %s, %s, now())',
            202412,
            row["计划号"],
            None if pd.isna(row["期末资产规模"]) else row["期末资产规模"],
            None if pd.isna(row["机构"]) else row["机构"],
        )
    run_sql(database_url, """INSERT INTO public."旧表" VALUES (202411, 'P1', 1, '北京', now())""")
    monkeypatch.setenv("LEGACY_URL", database_url)
    other = compare('public."旧表"', "--url-env", "LEGACY_URL", "--json")
    assert other.status == 0, other.json["differences"][:3]
    assert other.json["other_months"] == {"2024-11": 1}
    assert other.json["columns_only_there"] == ["录入时间"]
    assert database_url not in other.out


def test_a_mart_is_compared_by_its_key(month: Month, compare: Compare, tmp_path: Path) -> None:
    rows = run_sql(
        month.url,
        "SELECT period::text, branch_code, product_line_code, plan_type, closing_aum_yuan::text"
        " FROM annuity_gold.aum_flow_monthly ORDER BY 2, 3, 4",
    )
    heads = ["月度", "机构代码", "产品线代码", "计划类型", "期末资产规模"]
    frame = pd.DataFrame(rows[1:], columns=heads)
    frame.loc[0, "期末资产规模"] = "1"
    said = compare(as_csv(frame, tmp_path / "mart.csv"), "--table", "aum_flow_monthly", "--json")
    assert said.json["key"] == ["branch_code", "product_line_code", "plan_type"]
    assert found(said) == {"closing_aum_yuan": 1}
    assert said.json["counts"]["only_here"] == 1


def test_income_is_at_parity_with_its_truth_and_a_wrong_fee_is_found(
    month: Month, compare: Compare, tmp_path: Path
) -> None:
    frame: Any = month.book.income_truth.accepted.drop(columns=["sheet", "row_number"]).astype(object)
    frame = frame.rename(columns={"period": "月度", "fixed_fee_yuan": "固费", "plan_code": "计划号"})
    path = as_excel(frame, tmp_path / "income.xlsx", sheet="收入明细")
    said = compare(path, "--table", "income_fact", "--json")
    assert said.status == 0, said.json["differences"][:3]
    frame.loc[4, "固费"] += Decimal("0.5")
    damaged = compare(
        as_excel(frame, tmp_path / "wrong.xlsx", sheet="收入明细"), "--table", "income_fact", "--json"
    )
    assert (damaged.status, found(damaged)) == (3, {"fixed_fee_yuan": 1})


def test_a_reference_is_compared_whole_by_its_key(month: Month, compare: Compare) -> None:
    said = compare('mapping."年金计划"', "--table", "plan", "--json")
    assert (said.status, said.json["period"], said.json["key"]) == (0, None, ["plan_code"])
    assert (
        said.json["counts"]["rows_here"] == run_sql(month.url, "SELECT count(*) FROM annuity_gold.plan")[0][0]
    )


def test_the_report_reads_well_on_a_screen(month: Month, compare: Compare, tmp_path: Path) -> None:
    frame: Any = month.truth().astype(object)
    frame.loc[3, "期末资产规模"] += Decimal(1)
    said = compare(as_csv(frame, tmp_path / "legacy.csv"))
    lines = said.out.splitlines()
    assert lines[0] == f"annuity_gold.scale_fact {MONTH} against legacy.csv"
    assert lines[1].startswith("✗ 99.")
    assert "Largest differences" in lines
    assert any(line.startswith("closing_aum_yuan") and "-1.0000" in line for line in lines)


@pytest.mark.parametrize(
    ("other", "arguments", "status", "words"),
    [
        ("nowhere.csv", (), 2, "there is no file"),
        ("business.nothing", (), 2, "there is no table"),
        ("nothing", (), 2, "name the schema too"),
        ("a.b", ("--url-env", "NOT_SET_AT_ALL"), 2, "set NOT_SET_AT_ALL"),
        ("a.b", ("--tolerance", "much"), 2, "no tolerance"),
        ("a.b", ("--out", "report.pdf"), 2, "no Markdown file"),
        ("a.b", ("--table", "nothing"), 2, "has no table nothing"),
        ("hub.landing_files", (), 4, "has no column for anything of"),
    ],
)
def test_wrong_calls_are_told_with_a_way_out(
    compare: Compare, other: str, arguments: tuple[str, ...], status: int, words: str
) -> None:
    said = compare(other, *arguments)
    assert said.out == ""
    assert words in said.err
    assert "Fix: " in said.err
    assert said.status == status


def test_a_sheet_of_another_name_is_taken_if_it_is_the_only_one(
    month: Month, compare: Compare, tmp_path: Path
) -> None:
    path = as_excel(month.truth(), tmp_path / "legacy.xlsx", sheet="Sheet1")
    assert compare(path).status == 0
    assert compare(path, "--sheet", "Sheet1").status == 0
