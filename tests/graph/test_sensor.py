"""The landing sensor on a real folder: what it asks for, what it waits for, and what it says."""

import os
import random
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.graph.landing_shop import LandingShop, workbook
from tests.unit.application.shop import MONTH, NEXT

from work_data_hub.application.runs import Result
from work_data_hub.domain.kernel.period import Period
from work_data_hub.orchestration.automation import ENVIRONMENTS
from work_data_hub.orchestration.landing_memory import Remembered, read_memory, write_memory
from work_data_hub.orchestration.sensors import LANDING_SECONDS

NOVEMBER, DECEMBER = "202511/book.xlsx", "202512/book.xlsx"


@pytest.fixture
def landing(tmp_path: Path, instance: dg.DagsterInstance) -> LandingShop:
    return LandingShop(root=tmp_path / "landing", instance=instance)


def hashed(landing: LandingShop, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Give the list to which every file is added that is read for its hash."""
    seen: list[Path] = []
    real = landing.finder.fingerprint

    def counted(path: Path) -> str:
        seen.append(path)
        return real(path)

    monkeypatch.setattr(landing.finder, "fingerprint", counted)
    return seen


def test_a_new_file_is_requested_at_the_second_look_by_month_and_content(landing: LandingShop) -> None:
    path = landing.drop(NOVEMBER, 1)
    first = landing.tick()
    assert (first.requests, first.told) == (
        [],
        "nothing new; 2025-11: waiting for 202511/book.xlsx to be complete",
    )
    (request,) = landing.tick().requests
    content = landing.finder.fingerprint(path)[:16]
    assert request.run_key.startswith(f"2025-11-01:{content}:")
    assert (request.partition_key, request.tags["wdh/period"]) == ("2025-11-01", "2025-11")


def test_what_is_loaded_is_not_requested_again_even_under_other_code(landing: LandingShop) -> None:
    landing.drop(NOVEMBER, 1)
    assert landing.run(landing.settle().requests[0]).success
    landing.shop.code = "newer"
    assert landing.settle().told == "nothing new"


def test_what_was_loaded_by_hand_is_not_requested(landing: LandingShop) -> None:
    landing.drop(NOVEMBER, 1)
    landing.shop.load(MONTH)
    assert landing.settle().told == "nothing new"


def test_a_corrected_file_has_a_new_run_key_and_so_has_one_that_comes_back(landing: LandingShop) -> None:
    keys = []
    for amount in (1, 2, 1):
        landing.drop(NOVEMBER, amount)
        (request,) = landing.settle().requests
        keys.append(request.run_key)
        assert landing.run(request).success
    assert len(set(keys)) == 3
    assert keys[0].split(":")[1] == keys[2].split(":")[1]


def test_a_file_that_is_being_copied_is_left_until_it_is_complete(
    landing: LandingShop, tmp_path: Path
) -> None:
    whole = workbook(tmp_path / "elsewhere.xlsx", *range(500))
    for share in (0.2, 0.5, 0.5, 0.9, 0.9):
        landing.write(NOVEMBER, whole[: int(len(whole) * share)])
        found = landing.tick()
        assert (found.requests, found.told) == (
            [],
            "nothing new; 2025-11: waiting for 202511/book.xlsx to be complete",
        )
    landing.tick()
    assert landing.tick().requests == []
    landing.write(NOVEMBER, whole)
    assert landing.tick().requests == []
    assert landing.tick().months == ["2025-11"]


def test_a_file_that_is_still_written_is_left_though_it_ends_like_a_workbook(landing: LandingShop) -> None:
    landing.drop(NOVEMBER, 1)
    landing.tick()
    landing.clock.at -= timedelta(seconds=2 * LANDING_SECONDS - 1)
    assert landing.tick().requests == []
    assert landing.tick().months == ["2025-11"]


@pytest.mark.parametrize("hours", [-30, 30])
def test_a_file_server_whose_clock_is_wrong_does_not_stop_anything(landing: LandingShop, hours: int) -> None:
    path = landing.drop(NOVEMBER, 1)
    os.utime(path, (landing.clock.at.timestamp() + hours * 3600,) * 2)
    assert landing.settle().months == ["2025-11"]


def test_half_a_workbook_that_stays_so_is_loaded_in_the_end_and_refused_as_it_is(
    landing: LandingShop, tmp_path: Path
) -> None:
    whole = workbook(tmp_path / "elsewhere.xlsx", *range(500))
    landing.write(NOVEMBER, whole[: len(whole) // 2])
    for _ in range(30):
        landing.tick()
    (request,) = landing.settle().requests
    assert not landing.run(request).success
    landing.write(NOVEMBER, whole)
    assert landing.run(landing.settle().requests[0]).success


def test_months_that_are_no_neighbours_are_requested_in_one_tick(landing: LandingShop) -> None:
    for month in ("202508", "202510", "202512"):
        landing.drop(f"{month}/book.xlsx", month)
    assert landing.settle().months == ["2025-08", "2025-10", "2025-12"]


def test_neighbours_are_loaded_one_after_the_other_the_earlier_first(landing: LandingShop) -> None:
    landing.drop(DECEMBER, 2)
    landing.drop(NOVEMBER, 1)
    landing.tick()
    assert [landing.run(request).success for request in landing.tick().requests] == [True]
    (request,) = landing.tick().requests
    assert request.partition_key == NEXT.key
    landing.run(request)
    (mart,) = landing.shop.store.scopes["shop.gold.month", f"period={NEXT.key}"]["before"]
    assert mart == 1


def test_a_month_waits_for_its_own_run_and_for_its_neighbours(landing: LandingShop) -> None:
    for month in ("202508", "202509", "202510", "202511", "202512"):
        landing.drop(f"{month}/book.xlsx", month)
    landing.unfinished_run(Period(2025, 10))
    found = landing.settle()
    assert found.months == ["2025-08", "2025-12"]
    landing.unfinished_run(Period(2025, 8))
    landing.unfinished_run(Period(2025, 12))
    assert landing.tick().told == (
        "nothing new; 2025-08: being loaded; 2025-09: waits for 2025-08, which goes first;"
        " 2025-10: being loaded; 2025-11: waits for 2025-10, which goes first; 2025-12: being loaded"
    )


def test_a_run_that_ended_without_a_word_holds_up_nobody_for_long(
    landing: LandingShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    landing.drop(NOVEMBER, 1)
    landing.unfinished_run(MONTH)
    # the run began by the machine's clock, by which the clock of this test is long ago
    monkeypatch.setattr("work_data_hub.orchestration.landing_runs.LOST_AFTER", timedelta(days=-10_000))
    assert landing.settle().months == ["2025-11"]


def test_a_month_waits_until_the_automation_has_seen_the_tables_of_the_next_one(landing: LandingShop) -> None:
    landing.clock.at = datetime.now(UTC)
    landing.drop(NOVEMBER, 1)
    landing.instance.report_run_canceled(landing.unfinished_run(NEXT))
    assert landing.settle().told == "nothing new; 2025-11: waits for 2025-12, which is being loaded"
    landing.clock.at += timedelta(minutes=1)
    assert landing.tick().months == ["2025-11"]


def test_a_run_over_several_months_holds_up_each_of_them(landing: LandingShop) -> None:
    for month in ("202509", "202511"):
        landing.drop(f"{month}/book.xlsx", month)
    landing.unfinished_run(Period(2025, 8), until=Period(2025, 10))
    assert landing.settle().told == (
        "nothing new; 2025-09: being loaded; 2025-11: waits for 2025-10, which goes first"
    )


def test_a_vanished_file_is_told_and_nothing_is_requested(landing: LandingShop) -> None:
    path = landing.drop(NOVEMBER, 1)
    landing.run(landing.settle().requests[0])
    path.unlink()
    assert landing.tick().told == "nothing new; 2025-11: no file found"


def test_a_refused_content_is_told_and_asked_for_again_only_as_another_one_or_under_other_rules(
    landing: LandingShop,
) -> None:
    landing.drop(NOVEMBER, "no number", "nor this", 1)
    (first,) = landing.settle().requests
    assert not landing.run(first).success
    for _ in range(3):
        found = landing.tick()
        assert not found.requests
        assert found.told == "nothing new; 2025-11: not loaded: shop_silver.detail: 2 of 3 rows rejected"
    landing.shop.config = "more patient"
    (second,) = landing.tick().requests
    assert second.run_key != first.run_key
    assert second.run_key.split(":")[:2] == first.run_key.split(":")[:2]
    landing.run(second)
    assert not landing.tick().requests
    landing.shop.code = "newer"
    (third,) = landing.tick().requests
    assert third.run_key not in {first.run_key, second.run_key}
    landing.drop(NOVEMBER, 1)
    assert landing.run(landing.settle().requests[0]).success
    assert landing.tick().told == "nothing new"


def test_a_run_that_failed_before_it_wrote_anything_is_told(landing: LandingShop) -> None:
    landing.drop(NOVEMBER, 1)
    (request,) = landing.settle().requests
    landing.root.rename(landing.root.with_name("away"))
    assert not landing.run(request).success
    landing.root.with_name("away").rename(landing.root)
    landing.shop.ledger.tries.clear()
    assert "2025-11: not loaded: run " in landing.tick().told


def test_months_that_nothing_can_be_done_about_do_not_hold_up_the_others(landing: LandingShop) -> None:
    landing.drop("202509/a.xlsx", 1)
    landing.drop("202509/b.xlsx", 2)
    (landing.root / "202510").mkdir()
    landing.drop(DECEMBER, 2)
    (landing.root / "202508").symlink_to(landing.root.parent)
    found = landing.settle()
    assert found.months == ["2025-12"]
    landing.run(found.requests[0])
    assert landing.tick().told == (
        "nothing new; 2025-08: 202508 is a link out of the landing folder;"
        " 2025-09: 2 candidates; 2025-10: no file found"
    )


def test_a_month_that_has_not_begun_is_left_for_later(landing: LandingShop) -> None:
    landing.drop("202603/book.xlsx", 1)
    landing.drop("202412/book.xlsx", "before the first month")
    assert landing.settle().told == "nothing new; 2026-03: has not begun"


def test_an_environment_that_is_not_on_the_map_skips(
    landing: LandingShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ENVIRONMENTS, "annuity_landing", ("staging",))
    landing = LandingShop(root=landing.root, instance=landing.instance)
    landing.drop(NOVEMBER, 1)
    assert landing.tick().told == "annuity_landing does not run in dev"


def test_an_unchanged_file_is_not_read_again_refused_or_not(
    landing: LandingShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = landing.drop(NOVEMBER, "refused", "again", 1)
    landing.run(landing.settle().requests[0])
    read = hashed(landing, monkeypatch)
    for _ in range(5):
        landing.tick()
    assert read == []
    landing.touch(path)
    for _ in range(5):
        landing.tick()
    assert read == [path]


def test_a_lost_cursor_costs_a_look_and_nothing_else(landing: LandingShop) -> None:
    landing.drop(NOVEMBER, 1)
    landing.run(landing.settle().requests[0])
    landing.drop(DECEMBER, 2)
    landing.tick()
    for cursor in (None, "", "{}", "[" * 5000, write_memory({NEXT: Remembered("0" * 16, "1" * 16)})):
        landing.cursor = cursor
        assert landing.tick().requests == []
        assert landing.tick(keep=False).months == ["2025-12"]


@given(
    st.text(st.characters(codec="utf-8")) | st.from_regex(r"(20[0-9]{2}-[01][0-9] [0-9a-f ]{16,33}\n?){0,5}")
)
def test_any_text_may_be_a_cursor(text: str) -> None:
    assert read_memory(write_memory(read_memory(text))) == read_memory(text)


def test_the_cursor_stays_small() -> None:
    months = Period(1, 1).until(Period(200, 12))
    memory = {month: Remembered(f"{number:016x}", f"{number:016x}") for number, month in enumerate(months)}
    written = write_memory(memory)
    assert len(written) < 21_000
    kept = read_memory(written)
    assert kept == {month: memory[month] for month in sorted(memory)[-480:]}


class Storm:
    """Events in a landing folder, drawn from a seed; contents are new ones or those that lie there."""

    def __init__(self, landing: LandingShop, seed: int) -> None:
        self.landing, self.dice, self.drawn = landing, random.Random(seed), 0
        self.files = {
            month: landing.drop(f"{month}/a.xlsx", month, "first") for month in ("202509", "202511")
        }

    def event(self) -> None:
        month = self.dice.choice(list(self.files))
        self.dice.choice([self.rewrite, self.rewrite, self.touch, self.move, self.correct, self.noise])(month)

    def rewrite(self, month: str) -> None:
        content = self.files[month].read_bytes()
        self.files[month].write_bytes(content[: len(content) // 2])
        if self.dice.random() < 0.3:
            self.landing.touch(self.files[month])
            self.landing.tick()
        self.files[month].write_bytes(content)
        self.landing.touch(self.files[month])

    def touch(self, month: str) -> None:
        self.landing.touch(self.files[month])

    def move(self, month: str) -> None:
        folder = self.dice.choice([f"{month}", f"{month}/V1", f"{month}/V2"])
        target = self.landing.root / folder / f"{self.dice.choice('abc')}.xlsx"
        target.parent.mkdir(exist_ok=True)
        self.files[month] = Path(shutil.move(self.files[month], target))

    def correct(self, month: str) -> None:
        self.drawn += 1
        name = self.files[month].relative_to(self.landing.root).as_posix()
        self.landing.drop(name, self.drawn)

    def noise(self, month: str) -> None:
        self.landing.write(f"{month}/notes {self.dice.randrange(5)}.txt", self.dice.randbytes(5))


@pytest.mark.parametrize("seed", [1])
def test_a_storm_of_500_events_requests_each_content_once(landing: LandingShop, seed: int) -> None:
    storm = Storm(landing, seed)
    requests, landing_tick = [], landing.tick

    def tick(**more: bool) -> object:
        found = landing_tick(**more)
        for request in found.requests:
            requests.append(request)
            landing.shop.load(Period.parse(request.partition_key))
        return found

    landing.tick = tick  # type: ignore[assignment,method-assign]  # every look loads what it asks for
    for number in range(500):
        storm.event()
        if number % 5 == 0:
            landing.tick()
    for _ in range(4):
        landing.tick()
    keys = [request.run_key for request in requests]
    contents = [key.split(":")[1] for key in keys]
    assert len(set(contents)) == len(contents) == len(set(keys))
    for path in storm.files.values():
        assert landing.finder.fingerprint(path)[:16] in contents
    assert 10 < len(contents) <= storm.drawn + 2
    published = [tried for tried in landing.shop.ledger.tries if tried.result is Result.PUBLISHED]
    assert len([tried for tried in published if tried.table == "shop.bronze.lines"]) == len(contents)


def test_a_storm_ends_in_one_real_run_for_each_month(landing: LandingShop) -> None:
    for month in ("202511", "202601"):
        for amount in range(20):
            landing.drop(f"{month}/a.xlsx", amount)
            if amount % 3 == 0:
                landing.tick()
    runs = [landing.run(request) for _ in range(5) for request in landing.tick().requests]
    assert [run.success for run in runs] == [True, True]
    assert landing.tick().told == "nothing new"
    assert len(landing.instance.get_runs()) == 2
