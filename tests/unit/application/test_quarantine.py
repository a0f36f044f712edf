"""What stands, since when, and in which words."""

from dataclasses import replace
from datetime import date, timedelta

from tests.unit.application.quarantine_lines import SEEN, line
from tests.unit.application.shop import DETAIL
from work_data_hub.application.quarantine.book import (
    LineState,
    QuarantineSummary,
    oldest_open,
    rejection_id,
    summarise,
)
from work_data_hub.application.quarantine.corrections import Correction
from work_data_hub.application.quarantine.words import QuarantineWords, RuleWords
from work_data_hub.domain.kernel.outcome import Rejection

WORDS = QuarantineWords({"unreadable_number": RuleWords("不是数字", "{month} 的：{known}")})


def test_a_rejection_keeps_its_name_as_long_as_cell_content_and_rule_are_the_same() -> None:
    one = Rejection(4, "amount", "unreadable_number", "x", "no number", "first", "lines")
    assert rejection_id(DETAIL.key, one) == "bbea671e16b4bfe6e27cbe92215525ce"
    assert rejection_id(DETAIL.key, replace(one, value="y", reason="other")) == rejection_id(DETAIL.key, one)
    others = [
        replace(one, row_number=5),
        replace(one, column="price"),
        replace(one, rule="missing"),
        replace(one, file_id="second"),
        replace(one, sheet="other"),
    ]
    assert len({rejection_id(DETAIL.key, other) for other in (one, *others)}) == 6
    assert rejection_id("other.silver.table", one) != rejection_id(DETAIL.key, one)


def test_the_oldest_open_line_is_the_one_seen_first() -> None:
    first = line(1, first_seen_at=SEEN - timedelta(days=9), state=LineState.WAIVED)
    second = line(2, first_seen_at=SEEN - timedelta(days=3))
    assert oldest_open([line(3), first, second]) == second
    assert oldest_open([first]) is None


def test_a_summary_counts_what_stands_by_rule() -> None:
    lines = [
        line(1, rule="missing"),
        line(2),
        line(3, first_seen_at=SEEN - timedelta(days=3)),
        line(4, state=LineState.WAIVED),
        line(5, state=LineState.FIXED),
        line(6, state=LineState.REPLAYED),
    ]
    summary = summarise(iter(lines))
    assert summary == QuarantineSummary(3, 1, date(2025, 11, 28), (("unreadable_number", 2), ("missing", 1)))
    assert summary.age_in_days(date(2025, 12, 1)) == 3
    assert summarise([]) == QuarantineSummary(0, 0, None, ())
    assert summarise([]).age_in_days(date(2025, 12, 1)) is None


def test_a_correction_waits_until_a_build_has_looked_at_the_line_again() -> None:
    made = Correction(
        "shop.bronze.lines", "first", "lines", 4, "amount", "1", "王", "r", SEEN + timedelta(seconds=1)
    )
    assert line(correction=made).pending
    assert not line(correction=made, last_seen_at=SEEN + timedelta(seconds=2)).pending
    assert not line(correction=made, state=LineState.REPLAYED).pending
    assert not line().pending


def test_words_are_chinese_where_the_rule_has_some_and_the_hubs_own_otherwise() -> None:
    assert WORDS.problem(line()) == "不是数字"
    assert WORDS.expected(line()) == "2025-11 的：1、2"
    other = line(rule="odd", column=None, expected=None)
    assert (WORDS.problem(other), WORDS.expected(other)) == ("is not a number", "")
