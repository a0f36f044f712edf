"""Reads a workbook of corrections with the reader of every other workbook, so that cells read the same."""

from pathlib import Path
from typing import Final

from work_data_hub.application.ports import SheetReader
from work_data_hub.application.quarantine.exchange import Entry, ExchangeBook
from work_data_hub.domain.kernel.errors import UsageError
from work_data_hub.domain.kernel.sheets import SheetColumn, SheetSpec
from work_data_hub.domain.pipelines.lineage import cells_of
from work_data_hub.io.workbooks.layout import ID, NOTE, SHEET, VALUE

_SPEC: Final = SheetSpec(
    SHEET,
    (
        SheetColumn("rejection_id", (ID,), required=True, may_be_empty=True),
        SheetColumn("value", (VALUE,), required=True, may_be_empty=True),
        SheetColumn("note", (NOTE,)),
    ),
    # a corrected value may well be one of these words
    totals_labels=(),
)


def read_exchange(reader: SheetReader, path: Path) -> ExchangeBook:
    """Give the rows that came back; raises InputRefusedError for what can't be read."""
    if not path.is_file():
        raise UsageError(
            f"there is no file {path}", expected="the workbook that came back", fix="name the file as it is"
        )
    read = reader.read(path, _SPEC, file_name=path.name)
    columns = (cells_of(read.rows[name]) for name in ("row_number", "rejection_id", "value", "note"))
    return ExchangeBook(path.name, read.sheet, tuple(Entry(*row) for row in zip(*columns, strict=True)))
