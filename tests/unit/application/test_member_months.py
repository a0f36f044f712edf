"""One member's month without an orchestrator: what is built for it, in which months, and what is refused."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

import pytest

from tests.unit.application.models.pace import FakeBook
from tests.unit.application.stalls import (
    DECEMBER,
    EAST,
    NORTH,
    NOVEMBER,
    OCTOBER,
    SALES,
    SO_FAR,
    SOUTH,
    TAKINGS,
    TOTALS,
    Stalls,
    make_so_far,
    short,
)
from work_data_hub.application.domains import Domain, Ports
from work_data_hub.application.member_months import build_month, require_member
from work_data_hub.application.runs import Result
from work_data_hub.domain.kernel.build import InputRef, ModelRef, TableBuild
from work_data_hub.domain.kernel.contract import Layer
from work_data_hub.domain.kernel.errors import UsageError
from work_data_hub.domain.kernel.period import Period

EVERYTHING = frozenset(Layer)
TRAINED = replace(SO_FAR, key="stalls.model.trained")
SCORED = replace(SO_FAR, key="stalls.score.scored")


@dataclass
class ModelStalls(Stalls):
    """Stalls with a table that trains a model and one that is scored by it."""

    book: FakeBook = field(default_factory=FakeBook)

    @property
    def ports(self) -> Ports:
        return replace(super().ports, champions=self.book)

    @property
    def domain(self) -> Domain:
        inputs = (InputRef(TAKINGS), InputRef(TAKINGS, history=True))
        return replace(
            super().domain,
            builds=(
                *super().domain.builds,
                TableBuild(TRAINED, inputs, make_so_far, model=ModelRef("takings", incumbent=True)),
                TableBuild(SCORED, inputs, make_so_far, model=ModelRef("takings")),
            ),
        )

    def month(
        self,
        member: str,
        month: Period | None = None,
        layers: Collection[Layer] = EVERYTHING,
        skip: Collection[str] = (),
    ) -> list[tuple[str, str]]:
        """Build a member's month and name what was published anew."""
        reports = build_month(self.run(), member, month, layers, skip)
        return [(r.table.split(".")[2], short(r.scope)) for r in reports if r.result is Result.PUBLISHED]


@pytest.fixture
def stalls() -> ModelStalls:
    """EAST sells from October to December; NORTH sells, too; SOUTH lives on wholesale."""
    made = ModelStalls()
    made.drop(
        "sales.EAST", ("2025-10-09", "jar", "2"), ("2025-11-03", "tea", "4"), ("2025-12-24", "cup", "7")
    )
    made.drop("sales.NORTH", ("2025-10-30", "pan", "3"))
    return made


def test_history_and_trainings_are_built_of_every_month_and_the_rest_of_the_month_alone(
    stalls: ModelStalls,
) -> None:
    assert (
        stalls.month(EAST)
        == [
            ("sales", "EAST"),
            ("takings", "EAST 2025-10"),
            ("takings", "EAST 2025-11"),
            ("takings", "EAST 2025-12"),
            ("so_far", "EAST 2025-10"),
            ("so_far", "EAST 2025-11"),
            ("so_far", "EAST 2025-12"),
            ("trained", "EAST 2025-10"),
            ("trained", "EAST 2025-11"),
            ("trained", "EAST 2025-12"),
            ("scored", "EAST 2025-12"),
            ("totals", "EAST"),
        ]
        or stalls.month(EAST) == []
    )


def test_what_is_up_to_date_is_passed_over(stalls: ModelStalls) -> None:
    stalls.month(EAST)
    assert stalls.month(EAST) == []
    stalls.drop(
        "sales.EAST", ("2025-10-09", "jar", "2"), ("2025-11-03", "tea", "4"), ("2025-12-24", "cup", "8")
    )
    assert ("takings", "EAST 2025-11") not in stalls.month(EAST)


def test_an_earlier_month_builds_nothing_later(stalls: ModelStalls) -> None:
    built = stalls.month(EAST, NOVEMBER)
    assert ("scored", "EAST 2025-11") in built
    assert not [scope for _, scope in built if "2025-12" in scope]


def test_layers_and_tables_that_are_not_asked_for_are_left_alone(stalls: ModelStalls) -> None:
    layers = frozenset({Layer.BRONZE, Layer.SILVER, Layer.MODEL})
    assert {name for name, _ in stalls.month(EAST, layers=layers)} == {"sales", "takings", "trained"}
    skipped = {name for name, _ in stalls.month(EAST, skip=(TRAINED.key, TOTALS.key))}
    assert skipped == {"so_far", "scored"}


@pytest.mark.parametrize("month", [OCTOBER.shift(-1), DECEMBER.next()])
def test_a_month_in_which_the_member_did_nothing_is_refused_and_leaves_nothing(
    stalls: ModelStalls, month: Period
) -> None:
    with pytest.raises(UsageError, match=f"EAST has no orders in {month}") as caught:
        stalls.month(EAST, month)
    assert caught.value.expected == "a month from 2025-10 to 2025-12"
    assert {record.table for record in stalls.ledger.publishes(stalls.domain.contracts)} == {SALES.key}


def test_a_member_without_files_has_no_month(stalls: ModelStalls) -> None:
    with pytest.raises(UsageError, match="SOUTH has no orders yet"):
        stalls.month(SOUTH)
    stalls.wholesale(NOVEMBER)
    assert ("scored", "SOUTH 2025-11") in stalls.month(SOUTH)


def test_members_do_not_disturb_each_other(stalls: ModelStalls) -> None:
    stalls.month(EAST)
    assert {scope.partition(" ")[0] for _, scope in stalls.month(NORTH)} == {NORTH}
    assert stalls.month(EAST) == []


def test_an_unknown_member_is_refused_with_the_known_ones_named(stalls: ModelStalls) -> None:
    with pytest.raises(UsageError, match="stalls has no WEST") as caught:
        stalls.month("WEST")
    assert caught.value.expected == "EAST, NORTH, SOUTH"
    require_member(stalls.domain, EAST)


def test_the_orchestrated_run_finds_what_one_month_left_up_to_date(stalls: ModelStalls) -> None:
    built = set(stalls.month(EAST))
    left = set(stalls.published())
    assert not built & left
    assert ("scored", "EAST 2025-10") in left
