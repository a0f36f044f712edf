"""The champion as an input of a build: which version it reads, so that a decision makes what it scored stale."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from work_data_hub.application.ledgers import CHAMPION_LEDGER
from work_data_hub.application.models.book import ChampionBook, Entries, LedgerEntry
from work_data_hub.application.models.rules import in_force, withdrawn
from work_data_hub.application.runs import InputVersion
from work_data_hub.domain.kernel.build import ModelRef
from work_data_hub.domain.kernel.models import ModelVerdict, ModelVersion
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import WHOLE
from work_data_hub.domain.pipelines.champions import kept_back

# a model without a champion
NONE: Final = "absent"
_PREFIX: Final = f"{CHAMPION_LEDGER.key}:"
_MONTH, _BEFORE = "period=", "period<"


@dataclass(frozen=True, slots=True)
class ChampionInput:
    """Whose champion a build reads, and of which month; an input's name and scope say the same in words."""

    name: str
    period: Period | None
    incumbent: bool = False

    @classmethod
    def of(cls, model: ModelRef, period: Period | None, member: str | None) -> "ChampionInput":
        """Give what a build of a month and a member reads."""
        return cls(model.name(member), period, model.incumbent)

    @classmethod
    def read(cls, source: InputVersion) -> "ChampionInput | None":
        """Read an input; one that is no champion gives None."""
        if not source.name.startswith(_PREFIX):
            return None
        name, incumbent = source.name.removeprefix(_PREFIX), source.scope.startswith(_BEFORE)
        if source.scope == WHOLE:
            return cls(name, None)
        return cls(name, Period.parse(source.scope.removeprefix(_BEFORE).removeprefix(_MONTH)), incumbent)

    @property
    def scope(self) -> str:
        """The month as ledgers write it; an incumbent stood before its month."""
        if self.period is None:
            return WHOLE
        return f"{_BEFORE if self.incumbent else _MONTH}{self.period.key}"

    def version(self, entries: Sequence[LedgerEntry]) -> InputVersion:
        """Give the input as the decisions about its model have it."""
        found = in_force(entries, self.period, incumbent=self.incumbent)
        return InputVersion(f"{_PREFIX}{self.name}", self.scope, found or NONE)


def champion_inputs(
    model: ModelRef | None, period: Period | None, member: str | None, book: Entries
) -> tuple[InputVersion, ...]:
    """Give the champion that a build reads, of a build that reads one."""
    if model is None:
        return ()
    reads = ChampionInput.of(model, period, member)
    return (reads.version(book.entries(reads.name)),)


def champion_read(
    model: ModelRef | None, period: Period | None, member: str | None, book: ChampionBook
) -> ModelVersion | None:
    """Give the champion itself, of a build that reads one."""
    if model is None:
        return None
    reads = ChampionInput.of(model, period, member)
    return book.champion(reads.name, reads.period, reads.incumbent)


def held_back(outcome: Outcome, book: ChampionBook) -> Outcome:
    """Refuse a promotion of what people took out of force, and say so."""
    if outcome.trained is None:
        return outcome
    name, version = outcome.trained.model.name, outcome.trained.model.version
    trained = kept_back(outcome.trained, withdrawn(book.entries(name)))
    if trained is outcome.trained:
        return outcome
    said = f"{name} {version} is not promoted: {trained.judgement.reason}"
    return replace(outcome, trained=trained, warnings=(*outcome.warnings, said))


def verdict_told(outcome: Outcome) -> Outcome:
    """Say in the facts of a build what it trained, how that fared, and which version is in force by it."""
    if outcome.trained is None:
        return outcome
    model, judgement = outcome.trained.model, outcome.trained.judgement
    won = judgement.verdict is ModelVerdict.PROMOTED
    told = {
        "name": model.name,
        "verdict": str(judgement.verdict),
        "reason": judgement.reason,
        "challenger": model.version,
        "incumbent": judgement.incumbent,
        "champion": model.version if won else judgement.incumbent,
    }
    return replace(outcome, facts={**outcome.facts, "model": told})
