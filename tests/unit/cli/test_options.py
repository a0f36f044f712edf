"""Which months a call means."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from tests.unit.application.market import Market

from work_data_hub.cli.options import chosen_months, month_of, months_between, spans
from work_data_hub.domain.kernel.errors import NoCandidateError, UsageError
from work_data_hub.domain.kernel.period import Period

LANDED = (Period(2025, 9), Period(2025, 11))


@pytest.fixture
def hub() -> Any:
    """A hub as far as months go: annuity since 2023-11, today 2025-12-15, two months landed."""
    ports = SimpleNamespace(
        clock=SimpleNamespace(now=lambda: datetime(2025, 12, 15, tzinfo=UTC)),
        finder=SimpleNamespace(months=lambda _source: LANDED),
    )
    return SimpleNamespace(
        ports=ports,
        status=lambda _name: SimpleNamespace(months=lambda: LANDED),
        domain=lambda _name: SimpleNamespace(start=Period(2023, 11), source=None, monthly_source=None),
    )


@pytest.mark.parametrize("text", ["2025-10", "2025-10-01"])
def test_a_month_is_read_in_both_forms(hub: Any, text: str) -> None:
    assert month_of(text, hub, "annuity") == Period(2025, 10)


@pytest.mark.parametrize("text", ["2023-10", "2026-01", "2025-13", "2025-10-02", "october"])
def test_months_that_can_not_be_are_wrong_usage(hub: Any, text: str) -> None:
    with pytest.raises(UsageError):
        month_of(text, hub, "annuity")


def test_a_single_month_needs_no_folder(hub: Any) -> None:
    assert chosen_months(hub, "annuity", "2025-10", None, None) == ((Period(2025, 10),), ())


def test_months_of_a_range_without_a_folder_are_named_and_passed_over(hub: Any) -> None:
    assert chosen_months(hub, "annuity", None, "2025-08", "2025-11") == (
        LANDED,
        (Period(2025, 8), Period(2025, 10)),
    )


def test_a_range_without_an_end_goes_to_the_latest_month_landed(hub: Any) -> None:
    assert chosen_months(hub, "annuity", None, "2025-10", None)[0] == (Period(2025, 11),)


def test_a_range_with_no_folder_at_all_is_refused(hub: Any) -> None:
    with pytest.raises(NoCandidateError):
        chosen_months(hub, "annuity", None, "2024-01", "2024-03")


@pytest.mark.parametrize(
    "chosen",
    [
        (None, None, None),
        (None, None, "2025-11"),
        ("2025-11", "2025-10", None),
        ("2025-11", None, "2025-11"),
        (None, "2025-11", "2025-10"),
    ],
)
def test_contradicting_options_are_wrong_usage(
    hub: Any, chosen: tuple[str | None, str | None, str | None]
) -> None:
    with pytest.raises(UsageError):
        chosen_months(hub, "annuity", *chosen)


def test_rows_of_months_are_named_by_their_ends() -> None:
    months = (Period(2024, 11), Period(2024, 12), Period(2025, 1), Period(2025, 3))
    assert spans(months) == "2024-11 to 2025-01, 2025-03"
    assert spans(months[:1]) == "2024-11"


@pytest.mark.parametrize(
    ("chosen", "months"),
    [
        ((None, None, None), None),
        (("2025-10", None, None), (Period(2025, 10),)),
        ((None, "2025-10", None), (Period(2025, 11),)),
        ((None, None, "2025-10"), (Period(2025, 9),)),
        ((None, "2025-01", "2025-12"), LANDED),
    ],
)
def test_months_of_drops_are_those_that_are_known_or_the_one_that_is_named(
    hub: Any, chosen: tuple[str | None, str | None, str | None], months: tuple[Period, ...] | None
) -> None:
    assert months_between(hub, "retail", *chosen) == months


@pytest.mark.parametrize(
    "chosen",
    [
        ("2025-11", "2025-10", None),
        ("2025-11", None, "2025-11"),
        (None, "2025-11", "2025-10"),
        (None, "2026-01", None),
        ("2023-10", None, None),
    ],
)
def test_months_of_drops_that_contradict_each_other_are_wrong_usage(
    hub: Any, chosen: tuple[str | None, str | None, str | None]
) -> None:
    with pytest.raises(UsageError):
        months_between(hub, "retail", *chosen)


def test_a_range_in_which_no_drop_has_a_row_says_what_to_load(hub: Any) -> None:
    with pytest.raises(NoCandidateError, match="no month of 2024-01 to 2024-06") as caught:
        months_between(hub, "retail", None, "2024-01", "2024-06")
    assert caught.value.fix == "load its drops first: `wdh run retail`"


def test_a_domain_of_drops_has_no_months_to_choose_from_the_landing_root(hub: Any) -> None:
    market: Any = SimpleNamespace(ports=hub.ports, domain=lambda _name: Market().domain)
    with pytest.raises(UsageError, match="market has no monthly file: it takes 2 drops"):
        chosen_months(market, "market", None, "2025-10", None)
