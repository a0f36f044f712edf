"""A domain that trains a model each month and scores with the champion, on fakes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from tests.fakes import FakeClock, FakeFinder, FakeLedger, FakeQuarantine, FakeReader, FakeStore
from work_data_hub.application.build import BuildRun
from work_data_hub.application.domains import Domain, Ports
from work_data_hub.application.models.book import Action, Decision, KeptVersion, LedgerEntry
from work_data_hub.application.models.ports import TrackedModel
from work_data_hub.application.models.rules import in_force
from work_data_hub.application.ports import PublishRequest
from work_data_hub.application.runs import BuildReport, PublishRecord, RunInfo
from work_data_hub.application.status import StatusReader, TableState
from work_data_hub.domain.kernel.build import BuildContext, ModelRef, TableBuild
from work_data_hub.domain.kernel.contract import DAY, TEXT, Column, Role, TableContract
from work_data_hub.domain.kernel.errors import TransientError
from work_data_hub.domain.kernel.frames import to_pandas
from work_data_hub.domain.kernel.models import ModelVerdict, ModelVersion, Trained
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.domain.pipelines.champions import Candidate, PromotionRule, judge

OCTOBER, NOVEMBER, DECEMBER = Period(2025, 10), Period(2025, 11), Period(2025, 12)
NAME = "pace"
NAIVE = Candidate("naive pace", 2.0, 0.8)


def _table(key: str) -> TableContract:
    columns = (
        Column("period", DAY, "m", "month", role=Role.LINEAGE),
        Column("version", TEXT, "v", "version of the model", nullable=True),
        Column("run_id", TEXT, "run", "run", role=Role.STAMP),
    )
    return TableContract(
        key=key, version="1.0.0", label="t", description="d", grain="g", owner="team:gym", columns=columns,
        primary_key=("period",), scope=("period",), partition="month",
    )  # fmt: skip


MODEL, SCORE = _table("gym.model.pace"), _table("gym.score.times")


def version_of(content: str) -> str:
    """Give the version of a content."""
    return ModelVersion(NAME, content).version


def _rows(context: BuildContext, version: str | None, trained: Trained | None = None) -> Outcome:
    schema = pa.schema([(name, MODEL.column(name).dtype) for name in ("period", "version")])
    row = {"period": [context.period.start], "version": [version]}
    frame = to_pandas(pa.Table.from_pydict(row, schema))
    return Outcome(frame, Counts(1, 1), trained=trained)


def score(context: BuildContext) -> Outcome:
    """Score with the champion, if there is one."""
    return _rows(context, context.champion.version if context.champion else None)


@dataclass
class FakeBook:
    """The champion book in memory; a decision is a second after the one before."""

    kept: list[KeptVersion] = field(default_factory=list)
    made: list[LedgerEntry] = field(default_factory=list)

    def champion(self, name: str, period: Period | None, incumbent: bool = False) -> ModelVersion | None:
        version = in_force(self.entries(name), period, incumbent=incumbent)
        found = [v for v in self.kept if (v.name, v.version) == (name, version)]
        return ModelVersion(name, found[0].content or "", found[0].about) if found else None

    def entries(self, name: str) -> tuple[LedgerEntry, ...]:
        return tuple(entry for entry in self.made if entry.decision.name == name)

    def versions(self, name: str, contents_of: Collection[str] = ()) -> tuple[KeptVersion, ...]:
        return tuple(kept for kept in self.kept if kept.name == name)

    def decide(self, decision: Decision) -> LedgerEntry:
        at = datetime(2025, 12, 1, tzinfo=UTC) + timedelta(seconds=len(self.made))
        self.made.append(LedgerEntry(f"entry {len(self.made)}", decision, at))
        return self.made[-1]

    def names(self) -> tuple[str, ...]:
        return tuple(sorted({kept.name for kept in self.kept}))

    def take(self, request: PublishRequest, trained: Trained) -> None:
        """Keep what a publish brings."""
        month, model, judged = request.scope.values[-1][1], trained.model, trained.judgement
        assert not isinstance(month, str | int)
        kept = KeptVersion(
            model.name, model.version, model.sha256, model.about, "gym", None, month, request.contract.key,
            request.run.run_id, datetime(2025, 12, 1, tzinfo=UTC), model.content,
        )  # fmt: skip
        if model.version not in {known.version for known in self.kept}:
            self.kept.append(kept)
        won = judged.verdict is ModelVerdict.PROMOTED
        stays = in_force(self.entries(model.name), Period.of(month), incumbent=True)
        self.decide(
            Decision(
                model.name, Period.of(month), Action.PROMOTED if won else Action.JUDGED, judged.reason,
                model.version, judged.incumbent, model.version if won else stays, request.run.actor,
                judged.verdict, judged.evidence, judged.rows, request.run.run_id,
            )
        )  # fmt: skip


@dataclass
class BookStore(FakeStore):
    """Keeps the model of a publish in a book."""

    book: FakeBook = field(default_factory=FakeBook)

    def publish(self, request: PublishRequest) -> PublishRecord:
        if request.outcome.trained:
            self.book.take(request, request.outcome.trained)
        return super().publish(request)


@dataclass
class FakeTracker:
    """Remembers what it is told; it fails while `broken`."""

    models: dict[str, list[TrackedModel]] = field(default_factory=dict)
    champions: dict[str, str | None] = field(default_factory=dict)
    broken: bool = False

    def tracked(self, name: str) -> frozenset[str]:
        if self.broken:
            raise TransientError("the tracker is away", fix="wait")
        return frozenset(model.kept.version for model in self.models.get(name, []))

    def track(self, model: TrackedModel) -> None:
        self.models.setdefault(model.kept.name, []).append(model)

    def show_champion(self, name: str, version: str | None) -> None:
        self.champions[name] = version


class Gym:
    """The domain wired on fakes; what it trains next is set by `trains`."""

    def __init__(self) -> None:
        ledger = FakeLedger()
        self.book, self.tracker = FakeBook(), FakeTracker()
        self.ports = Ports(
            FakeFinder(), FakeReader(), BookStore(ledger, book=self.book), ledger, FakeQuarantine(), FakeClock(),
            champions=self.book, tracker=self.tracker,
        )  # fmt: skip
        self.rule = PromotionRule(margin=0.01)
        self.about: Mapping[str, Any] = {}
        self.trains("first", 1.0)
        self._runs = 0

    def trains(self, content: str, loss: float, coverage: float = 0.8) -> str:
        """Say what the next training finds; gives its version."""
        self._next, self._losses = (content, loss, coverage), {version_of(content): loss}
        return version_of(content)

    def train(self, context: BuildContext) -> Outcome:
        """Train, and judge against the champion before, which does as it did when it was trained."""
        content, loss, coverage = self._next
        name = f"{NAME}_{context.member}" if context.member else NAME
        model = ModelVersion(name, content, {**self.about, "loss": loss, "metrics": {"mae": loss / 2}})
        before = context.champion
        judgement = judge(
            challenger=Candidate(model.version, loss, coverage),
            incumbent=Candidate(before.version, before.about["loss"], 0.8) if before else None,
            naive=NAIVE,
            rule=self.rule,
            rows="rows of the last month",
        )
        return _rows(context, model.version, Trained(model, judgement))

    @property
    def builds(self) -> tuple[TableBuild, ...]:
        """Give the training and the scoring."""
        return (
            TableBuild(MODEL, (), self.train, model=ModelRef(NAME, incumbent=True)),
            TableBuild(SCORE, (), score, model=ModelRef(NAME)),
        )

    @property
    def domain(self) -> Domain:
        """Give the domain."""
        return Domain("gym", None, None, "config", Period(2025, 1), (), self.builds, code_version="code")

    def run(self, period: Period, *, force: bool = False) -> list[BuildReport]:
        """Train and score a month."""
        self._runs += 1
        info = RunInfo(f"run-{self._runs}", self.ports.clock.now(), "tester", "code")
        run = BuildRun(self.ports, self.domain, info, force)
        return [run.build(table, period) for table in self.builds]

    def month(self, period: Period, content: str, loss: float, **more: float) -> str:
        """Train something and score a month with what won; gives the version that was trained."""
        version = self.trains(content, loss, **more)
        self.run(period)
        return version

    def scored_with(self, period: Period) -> str | None:
        """Give the version that a month's scores name."""
        found = self.ports.store.read(SCORE, Scope.month(period))["version"].tolist()
        return found[0] if isinstance(found[0], str) else None

    def states(self, *periods: Period) -> dict[tuple[str, str], TableState]:
        """Give the state of both tables for months."""
        states = StatusReader(self.ports, self.domain).read(periods)
        return {(state.table, state.when): state for state in states}
