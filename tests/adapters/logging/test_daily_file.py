"""Daily log files on a real disk."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from work_data_hub.utils.daily_file import DailyFileHandler


@pytest.fixture
def handler(tmp_path: Path) -> Iterator[DailyFileHandler]:
    made = DailyFileHandler(tmp_path / "deep" / "logs")
    yield made
    made.close()


def write(handler: DailyFileHandler, stamp: str, message: str) -> None:
    record = logging.LogRecord("n", logging.INFO, "p", 1, message, None, None)
    record.created = datetime.fromisoformat(stamp).replace(tzinfo=UTC).timestamp()
    handler.handle(record)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_each_day_in_utc_has_its_file(handler: DailyFileHandler, tmp_path: Path) -> None:
    write(handler, "2025-11-30T23:59:59", "先")
    write(handler, "2025-12-01T00:00:00", "后")
    write(handler, "2025-12-01T00:00:01", "last")
    folder = tmp_path / "deep" / "logs"
    assert names(folder) == ["workdatahub-20251130.log", "workdatahub-20251201.log"]
    assert (folder / "workdatahub-20251130.log").read_text("utf-8") == "先\n"
    assert (folder / "workdatahub-20251201.log").read_text("utf-8") == "后\nlast\n"


def test_a_second_process_appends(handler: DailyFileHandler, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "logs"
    (folder / "workdatahub-20251201.log").write_text("before\n")
    write(handler, "2025-12-01T10:00:00", "after")
    assert (folder / "workdatahub-20251201.log").read_text() == "before\nafter\n"


def test_thirty_days_are_kept_and_other_files_never_touched(
    handler: DailyFileHandler, tmp_path: Path
) -> None:
    folder = tmp_path / "deep" / "logs"
    kept = ["workdatahub-20251202.log", "workdatahub-20251231.log", "notes.log", "workdatahub-2025.log"]
    for name in [*kept, "workdatahub-20251201.log", "workdatahub-20240101.log"]:
        (folder / name).touch()
    write(handler, "2025-12-31T10:00:00", "x")
    assert names(folder) == sorted(kept)


def test_nothing_is_opened_before_the_first_line(handler: DailyFileHandler, tmp_path: Path) -> None:
    assert names(tmp_path / "deep" / "logs") == []
