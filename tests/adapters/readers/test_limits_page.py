from dataclasses import asdict
from pathlib import Path

from work_data_hub.io.readers.limits import IntakeLimits

PAGE = (Path(__file__).parents[3] / "docs" / "intake.md").read_text(encoding="utf-8")


def test_the_page_holds_every_limit_with_its_value() -> None:
    rows = [line.strip("|").split("|") for line in PAGE.splitlines() if line.startswith("| `")]
    assert {row[0].strip(" `"): int(row[1]) for row in rows} == asdict(IntakeLimits())


def test_a_real_month_has_ten_times_the_room() -> None:
    limits = IntakeLimits()
    assert limits.rows >= 10 * 35_000
    assert limits.columns >= 10 * 30
    assert limits.cells >= 10 * 35_000 * 30
    # the public workbook that is read in the tests
    assert limits.file_bytes > 36_558_307
