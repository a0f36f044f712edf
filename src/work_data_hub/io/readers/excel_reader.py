"""Reads sheets of .xlsx and .xlsm workbooks; what each cell becomes is told in `canonical`."""

import threading
from functools import partial
from pathlib import Path

from work_data_hub.domain.kernel.sheets import SheetRead, SheetSpec
from work_data_hub.io.readers.assemble import assemble
from work_data_hub.io.readers.intake import read_content
from work_data_hub.io.readers.limits import LIMITS, IntakeLimits
from work_data_hub.io.readers.workbook import OpenedWorkbook


class ExcelReader:
    """Reads sheets as text with the coordinates Excel shows; keeps the last workbook open for its other sheets."""

    def __init__(self, limits: IntakeLimits = LIMITS) -> None:
        """Hold no workbook yet."""
        self._limits = limits
        self._held: OpenedWorkbook | None = None
        self._lock = threading.Lock()

    def read(
        self, path: Path, spec: SheetSpec, *, file_name: str | None = None, sha256: str | None = None
    ) -> SheetRead:
        """Give the sheet's rows; InputChangedError when the content is not the announced one."""
        with self._lock:
            book = self._opened(path, file_name or path.name, sha256)
            raw = book.raw(spec)
            return assemble(raw, spec, partial(book.merged_ranges, raw.sheet))

    def close(self) -> None:
        """Let go of the last workbook."""
        with self._lock:
            self._held = None

    def _opened(self, path: Path, file: str, sha256: str | None) -> OpenedWorkbook:
        held = self._held
        if held is not None and (file, sha256) == (held.content.file, held.content.sha256):
            return held
        content = read_content(path, file, sha256, self._limits)
        if held is not None and content == held.content:
            return held
        # the old one goes before the new one comes: never two at a time
        held = self._held = None
        self._held = OpenedWorkbook(content, path.suffix, self._limits)
        return self._held
