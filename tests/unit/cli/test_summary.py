"""The summary of months and tables."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from work_data_hub.application.runs import PublishRecord
from work_data_hub.application.status import State, TableState
from work_data_hub.cli.months import MonthRun, worst
from work_data_hub.cli.output import print_table
from work_data_hub.cli.start_command import judge
from work_data_hub.cli.summary import TableLine, added_up, summary_table, table_lines
from work_data_hub.domain.kernel.errors import AmbiguousCandidatesError, HubError, PermanentError
from work_data_hub.domain.kernel.outcome import Comparison, ControlTotal, Counts
from work_data_hub.domain.kernel.period import Period

MONTH = Period(2025, 11)


def record(
    counts: Counts,
    totals: tuple[ControlTotal, ...] = (),
    comparisons: tuple[Comparison, ...] = (),
    warnings: tuple[str, ...] = (),
) -> PublishRecord:
    return PublishRecord(
        "run", "annuity.silver.scale_detail", "period=2025-11-01", "1.0.0", "code", "in", "id", (),
        counts, 0, totals, comparisons, warnings, {}, 1.25, datetime(2025, 12, 1, tzinfo=UTC),
    )  # fmt: skip


def state(state: State, reason: str = "", record: PublishRecord | None = None) -> TableState:
    return TableState("annuity.silver.scale_detail", MONTH, state, reason, record)


def shown(lines: tuple[TableLine, ...], capsys: pytest.CaptureFixture[str]) -> list[list[str]]:
    print_table(summary_table(lines, 160))
    return [line.split() for line in capsys.readouterr().out.splitlines() if line.startswith("2025")]


def test_a_published_table_shows_rows_by_fate_totals_and_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    tie = ControlTotal("a", Decimal(3), Decimal(2), Decimal(1))
    counts = Counts(33_300, 33_000, 200, 40, 60)
    [row] = shown(table_lines([state(State.FRESH, record=record(counts, (tie,)))]), capsys)
    assert row == [
        "2025-11",
        "silver.scale_detail",
        "33,300",
        "33,000",
        "200",
        "40",
        "60",
        "✓",
        "–",
        "1.2",
        "fresh",
    ]


def test_differing_sums_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    off = ControlTotal("a", Decimal(3), Decimal(2))
    compared = (
        Comparison("c", "x", Decimal(1), Decimal(1)),
        Comparison("c", "y", Decimal(1), Decimal(2)),
        Comparison("c", "z", None, Decimal(2)),
    )
    lines = table_lines([state(State.FRESH, record=record(Counts(1, 1), (off,), compared))])
    assert (lines[0].totals_differ, lines[0].compared, lines[0].compared_differ) == (1, 2, 1)
    assert shown(lines, capsys)[0][7:11] == ["1", "differ", "1", "differ"]


def test_a_month_refused_as_a_whole_takes_one_row(capsys: pytest.CaptureFixture[str]) -> None:
    lines = table_lines([state(State.REFUSED, "2 candidates"), state(State.REFUSED, "2 candidates")])
    [row] = shown(lines, capsys)
    assert " ".join(row) == "2025-11 refused: 2 candidates"


WHY = "annuity_silver.scale_detail: 5,231 of 33,212 rows rejected"


def broken_month() -> tuple[TableLine, ...]:
    """A month whose silver table was refused, and what waits for it."""
    names = ("scale_fact", "aum_flow_monthly", "a_table_with_a_rather_long_name")
    return (
        TableLine(
            "annuity.bronze.scale_rows", str(MONTH), "fresh", "", 33_300, 33_000, 0, 0, 300, seconds=1.2
        ),
        TableLine("annuity.silver.scale_detail", str(MONTH), "refused", WHY),
        *(TableLine(f"annuity.gold.{name}", str(MONTH), "refused", WHY) for name in names),
    )


def drawn(lines: tuple[TableLine, ...], width: int, capsys: pytest.CaptureFixture[str]) -> list[str]:
    print_table(summary_table(lines, width))
    return capsys.readouterr().out.splitlines()


def test_a_refusal_is_told_once_and_what_waits_for_it_names_it(capsys: pytest.CaptureFixture[str]) -> None:
    shown = drawn(broken_month(), 200, capsys)
    assert [line for line in shown if "5,231 of 33,212" in line] == [
        line for line in shown if "silver.scale_detail" in line and "refused: annuity" in line
    ]
    waiting = [line for line in shown if "not built: silver.scale_detail was refused" in line]
    assert [line.split()[0] for line in waiting] == [
        line.table.split(".", 1)[1] for line in broken_month()[2:]
    ]


def test_two_refusals_of_a_month_are_told_each(capsys: pytest.CaptureFixture[str]) -> None:
    other = TableLine("annuity.silver.income_detail", str(MONTH), "refused", "no sheet")
    shown = "\n".join(drawn((*broken_month(), other), 200, capsys))
    assert "refused: no sheet" in shown


@pytest.mark.parametrize("width", [72, 80, 100, 120, 160, 400])
def test_the_summary_is_never_wider_than_the_terminal(width: int, capsys: pytest.CaptureFixture[str]) -> None:
    figures = record(Counts(33_300, 33_000, 212, 40, 48))
    month = (*broken_month(), *table_lines([state(State.FRESH, record=figures)]))
    shown = drawn(month, width, capsys)
    assert max(map(cell_len, shown)) <= width
    words = " ".join(" ".join(shown).split())
    for needed in ("33,000", "212", "gold.a_table_with_a_rather_long_name", "fresh"):
        assert needed in words


def test_figures_that_say_least_go_first(capsys: pytest.CaptureFixture[str]) -> None:
    figures = table_lines([state(State.FRESH, record=record(Counts(33_300, 33_000, 212, 40, 48)))])
    assert "seconds" not in " ".join(drawn(figures, 80, capsys))
    assert "seconds" in " ".join(drawn(figures, 160, capsys))


def test_warnings_rejections_and_differences_make_a_month_end_with_3() -> None:
    differs = Comparison("c", "y", Decimal(1), Decimal(2))
    records = (
        record(Counts(2, 1, 1)),
        record(Counts(1, 1), warnings=("odd",)),
        record(Counts(1, 1), comparisons=(differs,)),
    )
    for warned in records:
        assert month(lines=table_lines([state(State.FRESH, record=warned)])).exit_status == 3
    assert month(lines=table_lines([state(State.FRESH, record=record(Counts(1, 1)))])).exit_status == 0


def month(
    error: HubError | None = None, lines: tuple[TableLine, ...] = (), period: Period = MONTH
) -> MonthRun:
    return MonthRun(str(period), "run", 1.0, error, lines)


def test_a_call_ends_with_its_worst_month() -> None:
    assert worst([]) == 0
    assert worst([0, 3, 0]) == 3
    assert worst([3, 4, 0]) == 4
    assert worst([4, 1, 3]) == 1


def test_a_start_forgives_only_the_refusals_that_the_samples_declare() -> None:
    refused = month(AmbiguousCandidatesError("two", fix="pick"))
    failed = month(PermanentError("broken", fix="mend"))
    assert judge([refused], frozenset({"2025-11"})) == 0
    assert judge([refused], frozenset({"2025-10"})) == 4
    assert judge([refused, failed], frozenset({"2025-11"})) == 1


def test_a_start_does_not_complain_of_warnings() -> None:
    warned = table_lines([state(State.FRESH, record=record(Counts(2, 1, 1)))])
    assert judge([month(lines=warned)], frozenset()) == 0


def line(when: str, word: str = "fresh", table: str = "a.gold.x", reason: str = "", **more: Any) -> TableLine:
    return TableLine(table, when, word, reason, **more)


def test_lines_of_several_months_are_added_up_by_table() -> None:
    lines = (
        line("2025-10", read=10, published=8, rejected=1, deduplicated=1, skipped=0, seconds=0.5, totals=2),
        line("2025-11", read=5, published=5, rejected=0, totals=2, totals_differ=1, seconds=1.0, compared=3),
        line("2025-10", table="a.gold.y", read=1, published=1),
    )
    first, second = added_up("2025-10 to 2025-11", lines)
    assert (first.table, first.when, first.state) == ("a.gold.x", "2025-10 to 2025-11", "fresh")
    assert (first.read, first.published, first.rejected, first.deduplicated) == (15, 13, 1, 1)
    assert (first.totals, first.totals_differ, first.compared, first.seconds) == (4, 1, 3, 1.5)
    assert (second.table, second.read) == ("a.gold.y", 1)


def test_what_is_not_fresh_in_one_month_is_told_of_all_of_them() -> None:
    lines = (line("2025-10", read=1), line("2025-11", "failed", reason="no way"), line("2025-12", "stale"))
    (added,) = added_up("all", lines)
    assert (added.state, added.reason, added.read) == ("failed", "no way", 1)


def test_warnings_are_told_with_their_month_and_make_the_sum_warned() -> None:
    (added,) = added_up("all", (line("2025-10", read=1), line("2025-11", read=1, warnings=("odd",))))
    assert added.warnings == ("2025-11: odd",)
    assert added.warned


def test_tables_that_were_never_published_have_no_figures() -> None:
    (added,) = added_up("all", (line("2025-10", "missing"), line("2025-11", "missing")))
    assert (added.state, added.read, added.seconds, added.warned) == ("missing", None, None, False)
    assert added_up("all", ()) == ()


@given(st.lists(st.tuples(st.sampled_from("xyz"), st.integers(0, 50), st.integers(0, 50)), max_size=20))
def test_adding_up_loses_no_row(found: list[tuple[str, int, int]]) -> None:
    lines = [line("m", table=name, read=read, published=out) for name, read, out in found]
    added = added_up("all", lines)
    assert sum(one.read or 0 for one in added) == sum(read for _, read, _ in found)
    assert sum(one.published or 0 for one in added) == sum(out for _, _, out in found)
    assert [one.table for one in added] == list(dict.fromkeys(name for name, _, _ in found))
