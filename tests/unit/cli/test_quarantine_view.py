"""What people see of the quarantine on a terminal."""

import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
from rich.console import Console
from rich.table import Table
from tests.unit.application.quarantine_lines import SEEN, line
from tests.unit.application.shop import DETAIL, RAW

from work_data_hub.application.quarantine.book import LineState, Waiver
from work_data_hub.application.quarantine.corrections import Correction
from work_data_hub.application.quarantine.places import PlacedLine
from work_data_hub.application.quarantine.words import QuarantineWords
from work_data_hub.cli.quarantine.view import (
    LineGroup,
    days,
    groups_of,
    groups_table,
    lines_table,
    show_line,
    shown,
)

TODAY = date(2025, 12, 4)


def drawn(table: Table) -> str:
    stream = io.StringIO()
    Console(file=stream, width=200).print(table)
    return stream.getvalue()


def test_lines_are_counted_by_table_month_and_rule() -> None:
    lines = [
        line(1),
        line(2, first_seen_at=SEEN - timedelta(days=2)),
        line(3, state=LineState.WAIVED),
        line(4, rule="missing", state=LineState.REPLAYED),
        line(5, rule="missing", state=LineState.FIXED),
    ]
    number, missing = "unreadable_number", "missing"
    groups = groups_of(lines)
    assert groups == (
        LineGroup(DETAIL.key, "2025-11", missing, 0, 0, 1, 1, None),
        LineGroup(DETAIL.key, "2025-11", number, 2, 1, 0, 0, date(2025, 11, 29)),
    )
    assert "2025-11-29, 5 days" in drawn(groups_table(groups, TODAY))


def test_a_line_shows_the_id_that_other_commands_take_and_that_it_waits_for_a_replay() -> None:
    made = Correction(RAW.key, "first", "lines", 4, "amount", "1", "王", "r", SEEN + timedelta(days=1))
    text = drawn(lines_table([line(), line(5, correction=made)]))
    assert "000000000000" in text
    assert "open, corrected" in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        ("a\tb\n", "a\\tb\\n"),
        ("\x1b[31m", "\\x1b[31m"),
        ("长" * 50, "长" * 39 + "…"),
        ("", ""),
    ],
)
def test_values_stay_on_one_line_and_control_no_terminal(value: str | None, text: str) -> None:
    assert shown(value) == text


def test_days_are_counted_as_people_say_it() -> None:
    assert [days(count) for count in (0, 1, 2, 1_000)] == ["0 days", "1 day", "2 days", "1,000 days"]


def test_one_line_tells_its_row_and_what_people_decided(capsys: pytest.CaptureFixture[str]) -> None:
    made = Correction(RAW.key, "first", "lines", 4, "amount", None, "王", "见原件", SEEN)
    waiver = Waiver("0" * 32, "known", "李", SEEN, date(2026, 1, 31))
    found = line(correction=made, waiver=waiver)
    placed = PlacedLine(found, RAW, RAW.column("amount"), "A4", {"amount": "\x07"})
    show_line(placed, QuarantineWords({}))
    said = capsys.readouterr().out
    for part in (
        "A4 (row 4)",
        "a: \\x07",
        "blank, by 王",
        "见原件",
        "to 2026-01-31, by 李: known",
        "run run-1",
    ):
        assert part in said
    show_line(replace(placed, row=None), QuarantineWords({}))
    assert "no longer in bronze" in capsys.readouterr().out
