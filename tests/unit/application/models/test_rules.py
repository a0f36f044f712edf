"""Laws of the ledger: whatever was decided, in whatever order."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from work_data_hub.application.models.book import Action, Decision, LedgerEntry
from work_data_hub.application.models.rules import champion_before, in_force, rolled_back, withdrawn
from work_data_hub.domain.kernel.models import ModelVerdict
from work_data_hub.domain.kernel.period import Period

MONTHS = [Period(2025, month) for month in range(1, 7)]
VERSIONS = ["a", "b", "c", "d"]
people = st.tuples(
    st.sampled_from(MONTHS), st.just(None), st.sampled_from(VERSIONS), st.sampled_from([*VERSIONS, None])
)
trainings = st.tuples(
    st.sampled_from(MONTHS), st.sampled_from(list(ModelVerdict)), st.sampled_from(VERSIONS), st.none()
)
Row = tuple[Period, ModelVerdict | None, str, str | None]
ledgers = st.lists(st.one_of(people, trainings), max_size=12)


def ledger(rows: list[Row]) -> list[LedgerEntry]:
    moment = datetime(2025, 7, 1, tzinfo=UTC)
    return [
        LedgerEntry(
            f"{place:03}",
            Decision("m", month, _action(verdict), "why", version, out, _champion(verdict, version), "x", verdict),
            moment + timedelta(seconds=place),
        )
        for place, (month, verdict, version, out) in enumerate(rows)
    ]  # fmt: skip


def _action(verdict: ModelVerdict | None) -> Action:
    return Action.JUDGED if verdict is ModelVerdict.REFUSED else Action.PROMOTED


def _champion(verdict: ModelVerdict | None, version: str) -> str:
    # what a refused challenger's entry names must not matter
    return "left standing" if verdict is ModelVerdict.REFUSED else version


@given(ledgers, st.sampled_from(MONTHS))
def test_an_incumbent_never_comes_from_a_training_of_its_month_or_a_later_one(
    rows: list[Row], month: Period
) -> None:
    kept = [row for row in rows if row[1] is None or row[0] < month]
    assert in_force(ledger(rows), month, incumbent=True) == in_force(ledger(kept), month, incumbent=True)


@given(ledgers, st.sampled_from(MONTHS))
def test_nothing_decided_for_later_months_changes_a_months_champion(rows: list[Row], month: Period) -> None:
    kept = [row for row in rows if row[0] <= month]
    assert in_force(ledger(rows), month) == in_force(ledger(kept), month)


@given(ledgers, st.sampled_from(MONTHS))
def test_the_order_in_which_entries_are_read_does_not_matter(rows: list[Row], month: Period) -> None:
    entries = ledger(rows)
    assert in_force(entries[::-1], month) == in_force(entries, month)
    assert withdrawn(entries[::-1]) == withdrawn(entries)


@given(ledgers, st.sampled_from(MONTHS))
def test_a_refused_challenger_is_never_in_force_by_its_refusal(rows: list[Row], month: Period) -> None:
    assert in_force(ledger(rows), month) != "left standing"


@given(ledgers, st.sampled_from(MONTHS))
def test_going_back_never_leads_to_what_was_rolled_back(rows: list[Row], month: Period) -> None:
    entries = ledger(rows)
    back = champion_before(entries, month)
    assert back is None or (back not in rolled_back(entries) and back != in_force(entries, month))
    assert rolled_back(entries) <= withdrawn(entries)
