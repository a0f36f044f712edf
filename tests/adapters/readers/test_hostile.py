import time
from pathlib import Path

import pytest
from benchmarks.hostile import measure
from tests.adapters.readers.hostile import (
    CASES,
    HEADER,
    PART,
    ROW,
    SHEET,
    SPEC,
    TEXTS,
    book,
    document,
    part,
    sheet,
    text,
)

from work_data_hub.domain.kernel.errors import HubError, InputRefusedError, ProtectedInputError
from work_data_hub.io.readers.excel_reader import ExcelReader


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "book.xlsx"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_file_ends_in_a_typed_error_that_says_what_to_do(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    path = written(tmp_path, case.make())
    started = time.monotonic()
    with pytest.raises(HubError) as refused:
        ExcelReader().read(path, SPEC, file_name="202411/坏.xlsx")
    assert time.monotonic() - started < 20
    assert type(refused.value) is case.error
    assert isinstance(refused.value, InputRefusedError)
    assert case.word in str(refused.value)
    assert "\nFix: " in str(refused.value)
    where = refused.value.where
    assert where is not None
    assert where.file == "202411/坏.xlsx"
    assert (case.row, case.column) in {(where.row, where.column), (None, None)}


def test_all_of_them_together_stay_within_the_memory_bar() -> None:
    (figure,) = measure()
    assert figure.holds, figure


@pytest.mark.parametrize("dimension", ["A1:A1", "A1:XFD1048576", "B9:A1", "ZZ99:ZZ99"])
def test_a_lying_dimension_changes_nothing(tmp_path: Path, dimension: str) -> None:
    path = written(tmp_path, sheet(HEADER + ROW, before=f'<dimension ref="{dimension}"/>'))
    read = ExcelReader().read(path, SPEC)
    assert read.rows["closing_assets"].to_list() == ["1.5"]


@pytest.mark.parametrize(
    "rows",
    [
        HEADER.replace('"', "'") + ROW.replace('"', "'"),
        HEADER.replace("<row", "<row ").replace(' r="', ' s="0" r="') + ROW,
        f"{HEADER}<row><c><v>202411</v></c><c/><c><v>1.5</v></c></row>",
        ROW + HEADER,
        HEADER + ROW + '<row r="9"><c r="XFD1048576" s="0"/></row>',
    ],
    ids=["single quotes", "address second", "no address", "rows in another order", "painted corner"],
)
def test_what_other_programs_write_is_read_as_well(tmp_path: Path, rows: str) -> None:
    read = ExcelReader().read(written(tmp_path, sheet(rows)), SPEC)
    assert read.rows["month"].to_list() == ["202411"]
    assert read.rows["closing_assets"].to_list() == ["1.5"]


def test_a_sheet_with_prefixed_elements_is_read(tmp_path: Path) -> None:
    marked = sheet(HEADER + ROW)
    prefixed = (
        '<?xml version="1.0"?><x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<x:sheetData>{HEADER}{ROW}</x:sheetData></x:worksheet>"
    )
    for element in ("row", "c", "v", "is", "t"):
        for mark in ("<", "</"):
            for end in (" ", ">"):
                prefixed = prefixed.replace(f"{mark}{element}{end}", f"{mark}x:{element}{end}")
    assert marked != prefixed.encode()
    read = ExcelReader().read(written(tmp_path, book({PART: prefixed.encode()})), SPEC)
    assert read.rows["closing_assets"].to_list() == ["1.5"]


def test_links_to_other_files_are_not_followed(tmp_path: Path) -> None:
    link = b'<externalLink xmlns="x"><externalBook r:id="rId1"/></externalLink>'
    path = written(tmp_path, book({"xl/externalLinks/externalLink1.xml": link}))
    assert ExcelReader().read(path, SPEC).data_rows == 1


def test_a_long_text_in_few_cells_is_read(tmp_path: Path) -> None:
    word = "长" * 30_000
    rows = "".join(f'<row r="{row}"><c r="A{row}"><v>0</v></c></row>' for row in range(4, 9_000))
    long = '<row r="3"><c r="A3"><v>1</v></c><c r="B3" t="s"><v>0</v></c><c r="C3"><v>2</v></c></row>'
    texts = f'<sst xmlns="x"><si><t>{word}</t></si></sst>'.encode()
    path = written(tmp_path, book({TEXTS: texts, PART: document(HEADER + ROW + long + rows)}))
    read = ExcelReader().read(path, SPEC)
    assert read.rows["customer_name"].iloc[1] == word


def test_formulas_nobody_computed_are_named_in_a_warning(tmp_path: Path) -> None:
    def cell(row: int, rest: str) -> str:
        return f'<row r="{row}"><c r="A{row}"><v>202411</v></c><c r="C{row}"{rest}</c></row>'

    rows = [
        cell(3, "><f>1+1</f><v></v>"),
        cell(4, "><f>1+1</f>"),
        cell(5, '><f t="shared" si="0"/><v/>'),
        cell(6, ' t="str"><f>""</f><v></v>'),
        cell(7, "><f>1+1</f><v>2</v>"),
    ]
    plain = ExcelReader().read(written(tmp_path, sheet(HEADER + ROW + "".join(rows))), SPEC)
    walked = ExcelReader().read(
        written(tmp_path, sheet(HEADER + ROW + "".join(rows).replace('"', "'"))), SPEC
    )
    assert plain.warnings == walked.warnings
    assert plain.warnings == (
        "Column '期末资产规模' has 3 formulas without a computed value, read as blank: C3, C4, C5.",
    )
    assert plain.rows["closing_assets"].iloc[-1] == "2"


def test_both_epochs_are_told_apart(tmp_path: Path) -> None:
    import xlsxwriter

    for epoch, day in ((False, "2024-11-01"), (True, "2028-11-02")):
        path = tmp_path / "dates.xlsx"
        made = xlsxwriter.Workbook(path, {"date_1904": epoch})
        page = made.add_worksheet(SHEET)
        page.write_row(0, 0, ("月度", "期末资产规模"))
        page.write_number(1, 0, 45597, made.add_format({"num_format": "yyyy-mm-dd"}))
        page.write_number(1, 1, 1)
        made.close()
        assert ExcelReader().read(path, SPEC).rows["month"].to_list() == [day]


def test_control_characters_other_than_nul_stay(tmp_path: Path) -> None:
    rows = (
        HEADER
        + f'<row r="2"><c r="A2"><v>1</v></c>{text("B2", "甲_x0001_乙&#9;丙")}<c r="C2"><v>1</v></c></row>'
    )
    read = ExcelReader().read(written(tmp_path, sheet(rows)), SPEC)
    assert read.rows["customer_name"].to_list() == ["甲\x01乙\t丙"]


def test_a_folder_and_a_forbidden_file_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "folder.xlsx"
    folder.mkdir()
    with pytest.raises(InputRefusedError, match="can't be opened"):
        ExcelReader().read(folder, SPEC)
    path = written(tmp_path, book())
    path.chmod(0)
    try:
        path.read_bytes()
    except PermissionError:
        with pytest.raises(ProtectedInputError, match="can't be opened"):
            ExcelReader().read(path, SPEC)


def test_a_part_in_other_letters_is_found(tmp_path: Path) -> None:
    moved = part("xl/_rels/workbook.xml.rels", b"worksheets/sheet1.xml", b"/xl/worksheets/Sheet1.xml")
    assert ExcelReader().read(written(tmp_path, moved), SPEC).data_rows == 1
