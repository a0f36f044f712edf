"""What reading a workbook costs: against the bare library, and against the reader most people use."""

import random
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import fastexcel
import pandas as pd
import xlsxwriter

from benchmarks.figure import Figure, at_least, at_most, cpu_seconds, paired
from work_data_hub.domain.kernel.sheets import SheetColumn, SheetSpec
from work_data_hub.io.readers.excel_reader import ExcelReader

ROWS, QUICK_ROWS, LONG_ROWS = 500_000, 30_000, 50_000
SHEET = "规模明细"
HEADER = ("月度", "起始日期", "业务类型", "计划号", "客户名称", "期末资产规模", "当期收益率", "备注")
SPEC = SheetSpec(
    SHEET,
    tuple(SheetColumn(f"column_{index}", (label,), required=True) for index, label in enumerate(HEADER)),
)
TYPES = ("企年受托", "企年投资", "职年受托", "职年投资")
PLANS = tuple(f"AN{number:04d}" for number in range(3_000))
CUSTOMERS = tuple(f"示例客户第{number}号有限责任公司" for number in range(5_000))
WORDS = (*HEADER, *TYPES, *PLANS, *CUSTOMERS, "待核对")
_PART = "xl/worksheets/sheet1.xml"
_BLOCK = 10_000


def measure(quick: bool = False) -> list[Figure]:
    """Give both figures of the workbook reader."""
    with tempfile.TemporaryDirectory() as folder:
        return measure_in(Path(folder), quick)


def measure_in(folder: Path, quick: bool) -> list[Figure]:
    """Generate the workbooks into a folder and measure."""
    rows = QUICK_ROWS if quick else ROWS
    path = write_workbook(folder / "book.xlsx", rows)
    long = write_workbook(folder / "long.xlsx", min(rows, LONG_ROWS), long_decimals=True)
    ratio, ours, bare = paired(lambda: read(path), lambda: read_bare(path), 5, cpu_seconds)
    long_ratio, *_ = paired(lambda: read(long), lambda: read_bare(long), 3, cpu_seconds)
    peer, theirs, again = paired(lambda: read_peer(path), lambda: read(path), 1, cpu_seconds)
    return [
        at_most(
            "workbook",
            ratio,
            1.5,
            rows=rows,
            cpu_seconds=[round(value, 3) for value in ours],
            bare_cpu_seconds=[round(value, 3) for value in bare],
            ratio_with_numbers_of_more_than_nine_decimals=round(long_ratio, 3),
        ),
        at_least("workbook_peer", peer, 10, rows=rows, peer_cpu_seconds=theirs[0], cpu_seconds=again[0]),
    ]


def read(path: Path) -> int:
    """Read as the hub does."""
    return ExcelReader().read(path, SPEC).data_rows


def read_bare(path: Path) -> int:
    """Read as text with nothing but the library."""
    rows: int = fastexcel.read_excel(path).load_sheet(0, dtypes="string").to_arrow().num_rows
    return rows


def read_peer(path: Path) -> int:
    """Read as text the usual way."""
    return len(pd.read_excel(path, engine="openpyxl", dtype=str))


def write_workbook(path: Path, rows: int, *, long_decimals: bool = False) -> Path:
    """Write the same workbook every time: one real writer's frame, its rows written as it writes them."""
    frame = path.with_suffix(".frame.xlsx")
    _write_frame(frame)
    with (
        zipfile.ZipFile(frame) as source,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
    ):
        for name in source.namelist():
            if name != _PART:
                target.writestr(name, source.read(name))
        head, tail = source.read(_PART).decode().split("</sheetData>")
        with target.open(_PART, "w") as part:
            part.write(head.encode())
            for block in _blocks(rows, long_decimals):
                part.write(block.encode())
            part.write(f"</sheetData>{tail}".encode())
    frame.unlink()
    return path


def _write_frame(path: Path) -> None:
    book = xlsxwriter.Workbook(path)
    page, words = book.add_worksheet(SHEET), book.add_worksheet("words")
    # the first format that is used gets index 1, which the rows below refer to
    words.write_number(0, 1, 45597, book.add_format({"num_format": "yyyy-mm-dd"}))
    page.write_row(0, 0, HEADER)
    words.write_column(0, 0, WORDS)
    book.close()


def _blocks(rows: int, long_decimals: bool) -> Iterator[str]:
    index = {word: number for number, word in enumerate(WORDS)}
    types, plans, customers = ([index[word] for word in words] for words in (TYPES, PLANS, CUSTOMERS))
    pick = random.Random(20241101)
    digits = 12 if long_decimals else 6
    remarks = ("", f' t="s"><v>{index["待核对"]}</v></c>', "><v>7.5</v></c>")
    for start in range(0, rows, _BLOCK):
        lines = []
        for row in range(start + 2, min(start + _BLOCK, rows) + 2):
            remark = remarks[row % 3] and f'<c r="H{row}"{remarks[row % 3]}'
            lines.append(
                f'<row r="{row}" spans="1:8"><c r="A{row}"><v>202411</v></c>'
                f'<c r="B{row}" s="1"><v>{45597 + row % 30}</v></c>'
                f'<c r="C{row}" t="s"><v>{types[row % 4]}</v></c>'
                f'<c r="D{row}" t="s"><v>{pick.choice(plans)}</v></c>'
                f'<c r="E{row}" t="s"><v>{pick.choice(customers)}</v></c>'
                f'<c r="F{row}"><v>{round(pick.uniform(-1e5, 1e8), 4)}</v></c>'
                f'<c r="G{row}"><v>{round(pick.uniform(-1, 1), digits)}</v></c>{remark}</row>'
            )
        yield "".join(lines)
