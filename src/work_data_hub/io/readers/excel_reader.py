"""Reads sheets of .xlsx and .xlsm workbooks; what each cell becomes is told in `canonical`."""

from functools import partial
from pathlib import Path

from work_data_hub.domain.kernel.sheets import SheetRead, SheetSpec
from work_data_hub.io.readers.assemble import assemble
from work_data_hub.io.readers.merged_ranges import merged_ranges
from work_data_hub.io.readers.workbook import read_raw


class ExcelReader:
    """Reads one sheet of a workbook as text with the coordinates Excel shows."""

    def read(self, path: Path, spec: SheetSpec, *, file_name: str | None = None) -> SheetRead:
        """Give the sheet's rows; raises InputRefusedError for what can't be read."""
        raw = read_raw(path, spec, file_name or path.name)
        return assemble(raw, spec, partial(merged_ranges, path, raw.sheet))
