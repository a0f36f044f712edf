"""A file of open quotes scored at once: read, typed, put beside the past, held within limits; nothing is published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
import pyarrow.compute as pc

from work_data_hub.application.domains import Domain, Ports
from work_data_hub.application.members import of_member
from work_data_hub.application.sources import FoundFile
from work_data_hub.domain.kernel.build import BuildContext, DropIntake
from work_data_hub.domain.kernel.errors import InputRefusedError, Location, UsageError
from work_data_hub.domain.kernel.models import ModelVersion
from work_data_hub.domain.kernel.outcome import Counts, Outcome, Rejection
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pricing.config import BuConfig
from work_data_hub.domain.pricing.contracts.bronze import LOOKUPS, QUOTES
from work_data_hub.domain.pricing.contracts.model import PRICE_LIMITS
from work_data_hub.domain.pricing.contracts.silver import ORDER_LINE
from work_data_hub.domain.pricing.policy.build import policy_from_limits
from work_data_hub.domain.pricing.policy.guardrails import GuardrailPolicy
from work_data_hub.domain.pricing.ports import Learner
from work_data_hub.domain.pricing.scoring.pipeline import PriceInferencePipeline
from work_data_hub.domain.pricing.scoring.quotes import score_quotes
from work_data_hub.domain.pricing.silver.order_line import make_order_line
from work_data_hub.domain.pricing.training.model import PriceModel

_MEMBER: Final = str(ORDER_LINE.member)
# what a line must have to be scored, as the features have it
_NEEDED: Final = {"list_price": "list price", "quantity": "quantity"}


@dataclass(frozen=True, slots=True)
class ScoredQuotes:
    """Recommendations of a file's lines and deals, what was not scored and why, and what they were made with."""

    lines: pd.DataFrame
    deals: pd.DataFrame
    read: int
    repeated: int
    rejections: tuple[Rejection, ...]
    model: ModelVersion
    limits_of: Period


@dataclass(frozen=True, slots=True)
class QuoteDesk:
    """Scores files of quotes for one business unit."""

    ports: Ports
    domain: Domain
    learner: Learner
    bu: str

    def score(self, file: FoundFile, month: Period | None = None, version: str | None = None) -> ScoredQuotes:
        """Score a file with the champion of its newest quote's month, of `month`, or with a named version."""
        bronze = self._read(file)
        typed = self._typed(bronze.accepted)
        lines, rejections = typed.accepted, (*bronze.rejections, *typed.rejections, *_unfit(typed.accepted))
        at = month or Period.of(pc.max(arrow(lines, "order_date")).as_py())
        model = self._version(version) if version else self._champion(at)
        policy, limits_of = self._policy(at)
        scorer = PriceInferencePipeline(
            self._unit, PriceModel.from_content(model.content, self.learner), policy, model.version
        )
        scored, deals = score_quotes(lines, self._past(), scorer)
        if scored.empty:
            raise _unscorable(rejections)
        counts = bronze.counts.read, typed.counts.deduplicated
        return ScoredQuotes(scored, deals, *counts, rejections, model, limits_of)

    @property
    def _unit(self) -> BuConfig:
        unit: BuConfig = self.domain.config.unit(self.bu)
        return unit

    def _read(self, file: FoundFile) -> Outcome:
        intake = self.domain.table(QUOTES.key)
        if not isinstance(intake, DropIntake) or self.bu not in intake.specs:
            raise UsageError(
                f"{self.bu} says nothing of how its quotes are written",
                expected="data_paths.scoring_table in the business unit's file",
                fix="add it, or name another business unit",
            )
        parts = self.ports.drop_box.read(file, intake.spec_of(self.bu))
        outcome = of_member(QUOTES, self.bu, intake.make(parts))
        if outcome.accepted.empty:
            raise InputRefusedError(
                f"{file.name} holds no quote line{_first_reason(outcome.rejections)}",
                where=Location(file=file.name),
                expected="lines with a date",
                fix="correct the file",
            )
        return outcome

    def _typed(self, bronze: pd.DataFrame) -> Outcome:
        """Type the quotes month by month, as the hub does with those in its landing folder."""
        lookups = self._lookups() if self._unit.data_paths.lookups else {}
        outcomes = []
        for month in sorted(set(arrow(bronze, "period").to_pylist())):
            frames = {QUOTES.name: bronze[bronze["period"] == month].reset_index(drop=True), **lookups}
            context = BuildContext(Period.of(month), frames, self.domain.config, member=self.bu)
            outcomes.append(make_order_line(context))
        lines = pd.concat([outcome.accepted for outcome in outcomes], ignore_index=True)
        rejections = tuple(rejection for outcome in outcomes for rejection in outcome.rejections)
        if lines.empty:
            raise _unscorable(rejections)
        repeated = sum(outcome.counts.deduplicated for outcome in outcomes)
        return Outcome(lines, Counts(len(bronze), len(lines), deduplicated=repeated), rejections)

    def _lookups(self) -> Mapping[str, pd.DataFrame]:
        return {LOOKUPS.name: self.ports.store.read(LOOKUPS, Scope().of_member(_MEMBER, self.bu))}

    def _past(self) -> pd.DataFrame:
        """Give all order lines of the unit; what is later than a quote does not count for it."""
        return self.ports.store.read(ORDER_LINE, Scope().of_member(_MEMBER, self.bu))

    def _champion(self, at: Period) -> ModelVersion:
        found = self.ports.champion_book.champion(self._unit.model_name, at)
        if found is None:
            raise UsageError(
                f"{self._unit.model_name} has no champion for {at} yet",
                expected="a model that was promoted",
                fix=f"wdh pricing train --bu {self.bu}, and see wdh models show {self._unit.model_name}",
            )
        return found

    def _version(self, version: str) -> ModelVersion:
        name = self._unit.model_name
        kept = {item.version: item for item in self.ports.champion_book.versions(name, (version,))}
        if version not in kept:
            raise UsageError(
                f"{name} has no version {version}",
                expected=", ".join(kept) or "a trained model, and there is none",
                fix=f"name one that wdh models show {name} lists",
            )
        return ModelVersion(name, str(kept[version].content), kept[version].about)

    def _policy(self, at: Period) -> tuple[GuardrailPolicy, Period]:
        """Give the newest limits that hold by the month."""
        before = Scope.months_before(at.next()).of_member(_MEMBER, self.bu)
        limits = self.ports.store.read(PRICE_LIMITS, before)
        newest = None if limits.empty else pc.max(arrow(limits, "period")).as_py()
        policy = (
            None if newest is None else policy_from_limits(limits[limits["period"] == newest], self._unit)
        )
        if policy is None or newest is None:
            raise UsageError(
                f"{self.bu} has no price limits by {at} yet",
                expected="limits made from earlier orders",
                fix=f"wdh pricing train --bu {self.bu}",
            )
        return policy, Period.of(newest)


def _unfit(lines: pd.DataFrame) -> tuple[Rejection, ...]:
    """Say which quote lines can't be scored for want of a list price or a quantity."""
    return tuple(
        _below(row, name, word)
        for row in lines.to_dict(orient="records")
        for name, word in _NEEDED.items()
        if pd.isna(row[name]) or row[name] <= 0
    )


def _below(row: Mapping[Any, Any], name: str, word: str) -> Rejection:
    told = None if pd.isna(row[name]) else str(row[name])
    place = row["file_id"], row["sheet"]
    return Rejection(row["row_number"], name, "not_above_zero", told, f"no {word} above 0", *place)


def _first_reason(rejections: Sequence[Rejection]) -> str:
    if not rejections:
        return ""
    first = rejections[0]
    return f": row {first.row_number}, {first.column} {first.value!r}: {first.reason}"


def _unscorable(rejections: Sequence[Rejection]) -> InputRefusedError:
    told = "; ".join(dict.fromkeys(f"{rejection.column}: {rejection.reason}" for rejection in rejections))
    return InputRefusedError(
        f"no quote line can be scored: {told or 'all were left out'}",
        expected="lines with customer, product, quantity, date and list price",
        fix="correct the file",
    )
