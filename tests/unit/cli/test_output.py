"""Values as JSON, and tables in a pipe."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

import pytest

from work_data_hub.cli.output import PIPE_WIDTH, console, plain
from work_data_hub.domain.kernel.period import Period


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True)
class Thing:
    name: str
    parts: tuple[object, ...]


def test_values_become_what_json_knows() -> None:
    parts = (
        Decimal("1.10"),
        Colour.RED,
        Path("/a"),
        Period(2025, 10),
        datetime(2025, 1, 2, tzinfo=UTC),
        None,
        3,
    )
    assert plain({"thing": Thing("x", parts)}) == {
        "thing": {
            "name": "x",
            "parts": ["1.10", "red", "/a", "2025-10", "2025-01-02 00:00:00+00:00", None, 3],
        }
    }


def test_a_pipe_is_not_cut_at_80_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    console().print("x" * PIPE_WIDTH)
    assert capsys.readouterr().out == "x" * PIPE_WIDTH + "\n"


def test_brackets_in_values_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    console().print("【for年金】[bold] :smile:")
    assert capsys.readouterr().out == "【for年金】[bold] :smile:\n"
