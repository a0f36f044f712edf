"""The use case behind every table: look at the inputs, skip when nothing changed, build, judge, publish."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from work_data_hub.application.domains import Domain, Ports
from work_data_hub.application.inputs import (
    ABSENT,
    check_gates,
    correction_inputs,
    file_versions,
    input_hash,
    source_files,
    table_inputs,
)
from work_data_hub.application.laws import check_budget, check_conservation
from work_data_hub.application.members import Members, PassedOver, Span, of_member, worst_of
from work_data_hub.application.models.inputs import (
    champion_inputs,
    champion_read,
    held_back,
    verdict_told,
)
from work_data_hub.application.models.mirror import mirror_or_warn
from work_data_hub.application.models.rules import withdrawn
from work_data_hub.application.ports import DropBox, PublishRequest, SourceFinder
from work_data_hub.application.preview import preview
from work_data_hub.application.quarantine.corrections import Correction, corrected
from work_data_hub.application.runs import Attempt, BuildReport, InputVersion, PublishRecord, Result, RunInfo
from work_data_hub.application.sources import FoundFile
from work_data_hub.domain.kernel.build import (
    Buildable,
    BuildContext,
    DropIntake,
    Emit,
    SheetIntake,
    TableBuild,
    ignore_event,
    scope_of,
)
from work_data_hub.domain.kernel.errors import (
    HubError,
    InputChangedError,
    InputRefusedError,
    Location,
    NoCandidateError,
    UsageError,
)
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.domain.pipelines.bronze import bronze_outcome


@dataclass(frozen=True, slots=True)
class _Inputs:
    """What a build reads: tables or a file, what people corrected in them, and a champion."""

    versions: tuple[InputVersion, ...]
    corrected: tuple[InputVersion, ...] = ()
    corrections: Mapping[str, tuple[Correction, ...]] = field(default_factory=dict)
    files: tuple[FoundFile, ...] = ()
    champion: tuple[InputVersion, ...] = ()

    @property
    def all(self) -> tuple[InputVersion, ...]:
        return (*self.versions, *self.corrected, *self.champion)


@dataclass(frozen=True, slots=True)
class BuildRun:
    """One run over tables of a domain: the ports it works through and how it reports."""

    ports: Ports
    domain: Domain
    run: RunInfo
    force: bool = False
    emit: Emit = field(default=ignore_event)
    _spans: dict[str, Span | None] = field(default_factory=dict)

    @property
    def members(self) -> Members:
        """Who takes part; what their anchors hold is looked up once, until this run builds one of them."""
        return Members(self.domain, self.ports.ledger, self._has_drop, self._spans)

    def build(self, table: Buildable, period: Period | None = None, member: str | None = None) -> BuildReport:
        """Build and publish one scope: a month of a table, or all of it, of one member where it has members."""
        period, member = _month(table, period), _member(table, member)
        scope = scope_of(table.contract, period, member)
        attempt = self._begin(table, scope)
        started = self.ports.clock.elapsed()
        try:
            report = self._build(table, period, member, started)
        except BaseException as error:
            self._end_badly(attempt, started, error)
            raise
        self._end(attempt, started, report.result)
        return report

    def build_members(
        self, table: Buildable, period: Period | None = None, done: list[BuildReport] | None = None
    ) -> tuple[BuildReport, ...]:
        """Build a table for every member that takes part; all are tried before the failure of one is raised.

        `done` is given each report as it comes, so that a caller has those of members that did not fail.
        """
        period, reports = _month(table, period), [] if done is None else done
        failures: dict[str, HubError] = {}
        begun = len(reports)
        for member in self.domain.members_of(table):
            if not self.members.takes_part(table, period, member):
                self.emit(PassedOver(table.contract.key, scope_of(table.contract, period, member).key))
                continue
            try:
                reports.append(self.build(table, period, member))
            except HubError as error:
                if member is None:
                    raise
                failures[member] = error
        if table.contract in self.domain.all_anchors:
            self.members.forget()
        if failures:
            raise worst_of(failures)
        return tuple(reports[begun:])

    def _has_drop(self, intake: DropIntake, member: str) -> bool:
        try:
            self.ports.drop_box.glance(self.domain.drops[intake.source_of(member)])
        except NoCandidateError:
            return False
        except InputRefusedError:
            # something lies there; why it can't be taken is said when it is read
            return True
        return True

    def _build(
        self, table: Buildable, period: Period | None, member: str | None, started: float
    ) -> BuildReport:
        scope = scope_of(table.contract, period, member)
        inputs = self._inputs(table, period, member)
        key = input_hash(
            table.contract,
            inputs.all,
            config=self.domain.config_of(member),
            code_version=self.run.code_version,
        )
        known = self.ports.ledger.latest(table.contract, scope)
        if known is not None and known.input_hash == key and not self._again(table, known, scope):
            return BuildReport(table.contract.key, scope.key, Result.UNCHANGED, known)
        outcome = self._make(table, period, member, inputs)
        guard = _FileGuard(
            self.ports.drop_box if isinstance(table, DropIntake) else self.ports.finder, inputs.files
        )
        request = PublishRequest(table.contract, scope, outcome, self.run, inputs.all, key, started, guard)
        record = self._mirrored(outcome, self._publish(request))
        return BuildReport(
            table.contract.key, scope.key, Result.PUBLISHED, record, preview(table.contract, outcome)
        )

    def _again(self, table: Buildable, known: PublishRecord, scope: Scope) -> bool:
        """Say whether to build though nothing changed: on request, or to settle what a refused attempt left open."""
        return self.force or self.ports.quarantine.disturbed(table.contract, scope, known.run_id)

    def _inputs(self, table: Buildable, period: Period | None, member: str | None) -> _Inputs:
        if isinstance(table, TableBuild):
            check_gates(self.domain, table, period, self.ports.ledger, member)
            versions = table_inputs(table, period, self.ports.ledger, member)
            fixed, made = correction_inputs(table, period, self.ports, member)
            champion = champion_inputs(table.model, period, member, self.ports.decisions)
            return _Inputs(versions, fixed, made, champion=champion)
        files = source_files(self.ports, self.domain, table, period, member)
        for file in files:
            self.ports.ledger.record_file(self.domain.name, period, file, self.ports.clock.now())
        return _Inputs(file_versions(files, period), files=files)

    def _make(self, table: Buildable, period: Period | None, member: str | None, inputs: _Inputs) -> Outcome:
        if isinstance(table, DropIntake):
            return self._read_drop(table, member, inputs.files)
        if isinstance(table, SheetIntake):
            return self._read_sheet(table, _asked(table, period), inputs.files[0])
        frames = {
            ref.name: self.ports.store.read(ref.contract, ref.scope(period, member), ref.columns)
            for ref, version in zip(table.inputs_of(member), inputs.versions, strict=True)
            if version.version != ABSENT
        }
        frames |= {name: corrected(frames[name], made) for name, made in inputs.corrections.items()}
        context = BuildContext(
            period,
            frames,
            self.domain.config,
            self.run.run_id,
            self.emit,
            member=member,
            engine=self.ports.frames,
        )
        return self._modelled(table, context)

    def _modelled(self, table: TableBuild, context: BuildContext) -> Outcome:
        """Build with the champion where one is read; a model is not promoted against people's word."""
        if table.model is None:
            return table.make(context)
        book = self.ports.champion_book
        champion = champion_read(table.model, context.month, context.member, book)
        taken_back = tuple(sorted(withdrawn(book.entries(table.model.name(context.member)))))
        outcome = table.make(replace(context, champion=champion, withdrawn=taken_back))
        return verdict_told(held_back(outcome, book))

    def _read_sheet(self, intake: SheetIntake, period: Period, file: FoundFile) -> Outcome:
        sheet = self.ports.reader.read(file.path, intake.sheet, file_name=file.name, sha256=file.sha256)
        outcome = bronze_outcome(intake.contract, sheet, period, file.file_id)
        return replace(outcome, facts={**outcome.facts, **_about(file)})

    def _read_drop(self, intake: DropIntake, member: str | None, files: tuple[FoundFile, ...]) -> Outcome:
        spec = intake.spec_of(member)
        parts = [part for file in files for part in self.ports.drop_box.read(file, spec)]
        outcome = of_member(intake.contract, member, intake.make(tuple(parts)))
        about = _about(files[0]) if len(files) == 1 else {"files": [_about(file) for file in files]}
        return replace(outcome, facts={**outcome.facts, **about})

    def _publish(self, request: PublishRequest) -> PublishRecord:
        try:
            check_budget(request.contract, request.outcome, self._waived(request))
        except InputRefusedError:
            self.ports.store.keep_evidence(request)
            raise
        check_conservation(request.contract, request.outcome)
        return self.ports.store.publish(request)

    def _mirrored(self, outcome: Outcome, record: PublishRecord) -> PublishRecord:
        """Let the experiment tracker know of a model that was published."""
        if outcome.trained is None or self.ports.tracker is None:
            return record
        said = mirror_or_warn(self.ports.champion_book, self.ports.tracker, outcome.trained.model.name)
        return replace(record, warnings=(*record.warnings, *said))

    def _waived(self, request: PublishRequest) -> frozenset[str]:
        today = self.ports.clock.now().date()
        return self.ports.quarantine.waived(request.contract, request.scope, today)

    def _begin(self, table: Buildable, scope: Scope) -> Attempt:
        attempt = Attempt(
            self.run.run_id,
            table.contract.key,
            scope.key,
            Result.RUNNING,
            self.run.actor,
            self.run.code_version,
            self.ports.clock.now(),
        )
        self.ports.ledger.record(attempt)
        return attempt

    def _end_badly(self, attempt: Attempt, started: float, error: BaseException) -> None:
        try:
            self._end(attempt, started, _result(error), error)
        except HubError as unrecorded:
            error.add_note(f"The ledger could not record this failure: {unrecorded.what}")

    def _end(
        self, attempt: Attempt, started: float, result: Result, error: BaseException | None = None
    ) -> None:
        self.ports.ledger.record(
            replace(
                attempt,
                result=result,
                finished_at=self.ports.clock.now(),
                seconds=self.ports.clock.elapsed() - started,
                error_kind=type(error).__name__ if error else None,
                message=str(error) if error else None,
            )
        )


@dataclass(frozen=True, slots=True)
class _FileGuard:
    """Checks, inside the publishing transaction, that the files are still those that were read."""

    place: SourceFinder | DropBox
    files: tuple[FoundFile, ...]

    def __call__(self) -> None:
        for file in self.files:
            if self.place.fingerprint(file.path) != file.sha256:
                raise InputChangedError(
                    "the file changed while it was being loaded",
                    where=Location(file=file.name),
                    expected=f"content {file.file_id}",
                    fix="wait until the file is complete and run again",
                )


def _month(table: Buildable, period: Period | None) -> Period | None:
    """Give the month to build, which a table that is built as a whole has not."""
    return _asked(table, period) if table.contract.monthly else None


def _member(table: Buildable, member: str | None) -> str | None:
    if table.contract.member is None:
        return None
    if member is None:
        raise UsageError(
            f"{table.contract.qualified_name} is built for one {table.contract.member} after the other",
            expected=f"a value of {table.contract.member}",
            fix="say for whom to build it",
        )
    return member


def _asked(table: Buildable, period: Period | None) -> Period:
    if period is None:
        raise UsageError(
            f"{table.contract.qualified_name} is built month by month",
            expected="a month, such as 2025-11",
            fix="say which month to build",
        )
    return period


def _about(file: FoundFile) -> dict[str, object]:
    return {
        "file": file.name,
        "version": file.version,
        "sha256": file.sha256,
        "size_bytes": file.size_bytes,
    }


def _result(error: BaseException) -> Result:
    return Result.REFUSED if isinstance(error, InputRefusedError) else Result.FAILED
