"""The exchange workbook's sheets, headers and instructions; writer and reader agree through it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from work_data_hub.application.quarantine.exchange import ExchangeRow

SHEET: Final = "更正 corrections"
GUIDE: Final = "使用说明 instructions"
VALUE, NOTE, ID = "更正值 / corrected value", "说明 / note", "编号 / id"


def _nothing(_row: ExchangeRow) -> None:
    """Leave a cell to the operator."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the workbook."""

    header: str
    width: int
    read: Callable[[ExchangeRow], str | int | None]
    for_the_operator: bool = False
    hidden: bool = False


COLUMNS: Final = (
    Column("月份 / month", 10, lambda row: row.month),
    Column("文件 / file", 34, lambda row: row.file),
    Column("工作表 / sheet", 12, lambda row: row.sheet),
    Column("行 / row", 8, lambda row: row.row_number),
    Column("单元格 / cell", 12, lambda row: row.cell),
    Column("列 / column", 18, lambda row: row.column),
    Column("原值 / value found", 22, lambda row: row.value),
    Column(VALUE, 24, _nothing, for_the_operator=True),
    Column(NOTE, 28, lambda row: row.note, for_the_operator=True),
    Column("问题 / problem", 36, lambda row: row.problem),
    Column("应为 / expected", 36, lambda row: row.expected),
    Column("行内容 / row context", 50, lambda row: row.context),
    Column("problem (English)", 36, lambda row: row.problem_english),
    Column("expected (English)", 36, lambda row: row.expected_english),
    Column("表 / table", 28, lambda row: row.table),
    Column(ID, 34, lambda row: row.rejection_id, hidden=True),
)

INSTRUCTIONS: Final = (
    (
        "每一行是源文件中未能入库的一个单元格。",
        "Each row is one cell of a source file that kept its row out.",
    ),
    (
        "只填写黄色的两列：在“更正值”中写入正确内容，在“说明”中写明依据。其他列请勿改动。",
        "Fill the two yellow columns alone: the right content, and in the note why it is right.",
    ),
    (
        "“更正值”留空表示不更正。若单元格应为空白，请填写：清空",
        "An empty corrected value means no correction. Write (blank) where the cell should be blank.",
    ),
    (
        "请按源文件的写法填写，例如 202511、1234.50、5.5%。列已设为文本，不会自动变成日期或公式。",
        "Write as the source file would, such as 202511, 1234.50, 5.5%. The column is text: nothing turns into a date.",
    ),
    (
        "请勿复制行，请勿改动隐藏的编号列。",
        "Don't copy rows, and leave the hidden id column alone.",
    ),
    (
        "更正只适用于这一份文件内容。收到新版文件后，请重新导出。",
        "A correction belongs to this content of the file. When a new version has arrived, export again.",
    ),
    (
        "填好后：wdh quarantine import 文件.xlsx，再运行 wdh quarantine replay --all",
        "Then: wdh quarantine import FILE.xlsx, and after that wdh quarantine replay --all",
    ),
)
