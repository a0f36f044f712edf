"""A log handler that writes one file a day and keeps a month of them."""

import logging
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from work_data_hub.domain.kernel.errors import ConfigurationError

DAYS_KEPT: Final = 30

_NAME: Final = re.compile(r"workdatahub-(\d{8})\.log")


class DailyFileHandler(logging.FileHandler):
    """Appends to workdatahub-YYYYMMDD.log of the record's day in UTC and removes files past their time.

    The library's rotating handlers write today's lines into a file without a date; several processes
    that rename it lose lines, while these only append.
    """

    def __init__(self, folder: Path) -> None:
        """Make the folder; a file is opened with its first line."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(
                f"the log folder {folder} can't be made: {error}",
                expected="a folder that this account may write to",
                fix="set LOG_DIR to another folder, or give this account the right to write there",
            ) from error
        self._folder = folder
        self._day: date | None = None
        super().__init__(folder / "workdatahub.log", encoding="utf-8", delay=True)

    def emit(self, record: logging.LogRecord) -> None:
        """Write to the file of the record's day."""
        day = datetime.fromtimestamp(record.created, UTC).date()
        try:
            if day != self._day:
                self._turn_to(day)
        except OSError:
            self.handleError(record)
        super().emit(record)

    def _turn_to(self, day: date) -> None:
        if self.stream is not None:
            self.stream.close()
            self.stream = None
        self.baseFilename = str(self._folder.absolute() / f"workdatahub-{day:%Y%m%d}.log")
        self._day = day
        self._remove_before(day - timedelta(days=DAYS_KEPT - 1))

    def _remove_before(self, first_kept: date) -> None:
        for path in self._folder.iterdir():
            match = _NAME.fullmatch(path.name)
            if match is not None and match[1] < f"{first_kept:%Y%m%d}":
                path.unlink(missing_ok=True)
