"""The picture of twelve months: small enough to stand in a cell, and true."""

import re
from decimal import Decimal
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from work_data_hub.orchestration.pictures import INLINE_LIMIT, Point, sparkline, trend

D = Decimal
MONTHS = [f"2025-{month:02d}" for month in range(1, 13)]
LONGEST_NAME = "outflow_incl_benefits_change_yuan"
figures = st.none() | st.decimals(-(D(10) ** 20), D(10) ** 20, places=4)
series = st.lists(figures, min_size=12, max_size=12).map(
    lambda values: list(zip(MONTHS, values, strict=True))
)


def bars(points: list[Point]) -> list[tuple[int, int, int]]:
    """Give each bar's left edge, its foot and its height."""
    paths = ET.fromstring(sparkline(points, "t")).findall("{*}path")
    found = [re.findall(r"M(\d+) (\d+)h12v(-?\d+)", path.attrib["d"]) for path in paths]
    return [(int(x), int(foot), -int(height)) for path in found for x, foot, height in path]


@given(series)
def test_every_series_is_whole_xml_with_a_bar_per_figure_inside_the_picture(points: list[Point]) -> None:
    drawn = bars(points)
    assert [x // 16 for x, _, _ in drawn] == [at for at, (_, value) in enumerate(points) if value is not None]
    assert all(0 <= end <= 40 for _, foot, height in drawn for end in (foot, foot - height))


@given(series)
def test_the_markdown_stays_below_what_the_ui_shows_without_a_click(points: list[Point]) -> None:
    assert len(trend(points, LONGEST_NAME)) < INLINE_LIMIT


@given(series)
def test_higher_figures_have_bars_that_reach_higher(points: list[Point]) -> None:
    values = [value for _, value in points if value is not None]
    tops = [foot - height for _, foot, height in bars(points)]
    for one, top in zip(values, tops, strict=True):
        for other, other_top in zip(values, tops, strict=True):
            # a figure near zero is drawn as a line, so one step of play
            assert one <= other or top <= other_top + 1


def test_a_month_without_a_figure_is_a_gap_and_the_last_bar_is_the_strongest() -> None:
    points: list[Point] = [("2025-01", D(10)), ("2025-02", None), ("2025-03", D(5))]
    assert bars(points) == [(0, 39, 38), (32, 39, 19)]
    before, last = ET.fromstring(sparkline(points, "t")).findall("{*}path")
    assert ("fill-opacity" in before.attrib, "fill-opacity" in last.attrib) == (True, False)


def test_losses_hang_below_the_line_and_zero_is_still_seen() -> None:
    assert bars([("2025-01", D(10)), ("2025-02", D(-10)), ("2025-03", D(0))]) == [
        (0, 20, 19), (16, 20, -19), (32, 20, 1),
    ]  # fmt: skip
    assert bars([("2025-01", D(0))]) == [(0, 1, 1)]


def test_the_figures_are_told_in_words_too() -> None:
    text = trend([("2025-01", D("1234567.891")), ("2025-02", None), ("2025-03", D("12.50"))], "rows")
    assert text.endswith(
        "12.5 in 2025-03; lowest 12.5 in 2025-03, highest 1,234,568 in 2025-01; 2 of 3 months"
    )
    assert text.startswith("![rows, 2025-01 to 2025-03: 12.5 in 2025-03](<data:image/svg+xml,")
    title = ET.fromstring(unquote(text.split("svg+xml,")[1].split(">)")[0])).findtext("{*}title")
    assert title == "rows, 2025-01 to 2025-03: 12.5 in 2025-03"


@pytest.mark.parametrize("points", [[], [("2025-01", None)]])
def test_nothing_to_draw_is_said(points: list[Point]) -> None:
    assert trend(points, "rows") == "no rows yet"


def test_a_title_can_not_break_the_picture() -> None:
    assert ET.fromstring(sparkline([("2025-01", D(1))], "a<b>&c")).findtext("{*}title") == "abandc"


def test_the_destination_can_not_end_early() -> None:
    picture = trend([("2025-01", D(1))], "rows (all) <b>").split("](<")[1].split(">)")[0]
    assert not set("<>\n") & set(picture)
