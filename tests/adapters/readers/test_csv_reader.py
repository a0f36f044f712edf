from pathlib import Path

import pytest

from work_data_hub.domain.kernel.errors import DamagedInputError, EmptyInputError, HeaderMissingError
from work_data_hub.domain.kernel.sheets import SheetSpec
from work_data_hub.io.readers.csv_reader import CsvReader

HEADER = "月度,客户名称,期末资产规模,备注\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "规模.csv"


def test_cells_stay_as_they_are_written(path: Path, spec: SheetSpec) -> None:
    path.write_text(HEADER + '202411,"甲, 乙",001.50,\n202411,,1e5,"说 ""好"""\n', "utf-8")
    read = CsvReader().read(path, spec)
    assert read.sheet == "规模"
    assert read.rows["closing_assets"].to_list() == ["001.50", "1e5"]
    assert read.rows["customer_name"].iloc[0] == "甲, 乙"
    assert read.rows["customer_name"].isna().to_list() == [False, True]
    assert read.rows["extra_cells"].iloc[1] == '{"备注": "说 \\"好\\""}'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_encoding_is_found(path: Path, spec: SheetSpec, encoding: str) -> None:
    path.write_text(HEADER + "202411,龍㐂公司,1,\n", encoding)
    assert CsvReader().read(path, spec).rows["customer_name"].to_list() == ["龍㐂公司"]


def test_a_declared_encoding_and_delimiter_are_obeyed(path: Path, spec: SheetSpec) -> None:
    path.write_text("月度;期末资产规模\n202411;1,5\n", "gb18030")
    read = CsvReader(encoding="gb18030", delimiter=";").read(path, spec)
    assert read.rows["closing_assets"].to_list() == ["1,5"]
    with pytest.raises(DamagedInputError):
        CsvReader(encoding="utf-8", delimiter=";").read(path, spec)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_row_numbers_are_lines_also_after_breaks_inside_cells(path: Path, spec: SheetSpec, end: str) -> None:
    lines = ["", "月度,客户名称,期末资产规模", '202411,"甲', '乙",1', "", "202411,丙,2", "合计,,3"]
    path.write_bytes(end.join(lines).encode())
    read = CsvReader().read(path, spec)
    assert read.header_row == 2
    assert read.rows["row_number"].to_list() == [3, 6, 7]
    assert read.rows["row_kind"].to_list() == ["data", "data", "total"]
    assert (read.read_rows, read.blank_rows) == (4, 1)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (HEADER.encode() + b"202411,a,1\n", DamagedInputError),
        (HEADER.encode() + b"202411,a\0b,1,\n", DamagedInputError),
        (b"\xff\xfe\x00", DamagedInputError),
        (b"", EmptyInputError),
        (b"\n\n", EmptyInputError),
        (HEADER.encode(), EmptyInputError),
        (b"a,b\n1,2\n", HeaderMissingError),
    ],
)
def test_what_is_no_table_is_refused(
    path: Path, spec: SheetSpec, content: bytes, error: type[Exception]
) -> None:
    path.write_bytes(content)
    with pytest.raises(error):
        CsvReader().read(path, spec)


def test_a_nul_character_is_located(path: Path, spec: SheetSpec) -> None:
    path.write_bytes(HEADER.encode() + b"202411,ab,1,\n202411,a\0b,1,\n")
    with pytest.raises(DamagedInputError) as refused:
        CsvReader().read(path, spec)
    assert refused.value.where is not None
    assert (refused.value.where.row, refused.value.where.column) == (3, "B")
