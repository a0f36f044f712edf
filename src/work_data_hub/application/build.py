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
    UsageError,
)
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.domain.pipelines.bronze import bronze_outcome


@dataclass(frozen=True, slots=True)
class _Inputs:
    """What a build reads: tables or a file, and what people corrected in them."""

    versions: tuple[InputVersion, ...]
    corrected: tuple[InputVersion, ...] = ()
    corrections: Mapping[str, tuple[Correction, ...]] = field(default_factory=dict)
    files: tuple[FoundFile, ...] = ()

    @property
    def all(self) -> tuple[InputVersion, ...]:
        return (*self.versions, *self.corrected)


@dataclass(frozen=True, slots=True)
class BuildRun:
    """One run over tables of a domain: the ports it works through and how it reports."""

    ports: Ports
    domain: Domain
    run: RunInfo
    force: bool = False
    emit: Emit = field(default=ignore_event)

    def build(self, table: Buildable, period: Period | None = None) -> BuildReport:
        """Build and publish one table for one month, or as a whole; every attempt and its end is recorded."""
        period = _month(table, period) if table.contract.monthly else None
        scope = scope_of(table.contract, period)
        attempt = self._begin(table, scope)
        started = self.ports.clock.elapsed()
        try:
            report = self._build(table, period, scope, started)
        except BaseException as error:
            self._end_badly(attempt, started, error)
            raise
        self._end(attempt, started, report.result)
        return report

    def _build(self, table: Buildable, period: Period | None, scope: Scope, started: float) -> BuildReport:
        inputs = self._inputs(table, period)
        key = input_hash(
            table.contract,
            inputs.all,
            config=self.domain.config_fingerprint,
            code_version=self.run.code_version,
        )
        known = self.ports.ledger.latest(table.contract, scope)
        if known is not None and known.input_hash == key and not self._again(table, known, scope):
            return BuildReport(table.contract.key, scope.key, Result.UNCHANGED, known)
        outcome = self._make(table, period, inputs)
        guard = _FileGuard(
            self.ports.drop_box if isinstance(table, DropIntake) else self.ports.finder, inputs.files
        )
        request = PublishRequest(table.contract, scope, outcome, self.run, inputs.all, key, started, guard)
        record = self._publish(request)
        return BuildReport(
            table.contract.key, scope.key, Result.PUBLISHED, record, preview(table.contract, outcome)
        )

    def _again(self, table: Buildable, known: PublishRecord, scope: Scope) -> bool:
        """Say whether to build though nothing changed: on request, or to settle what a refused attempt left open."""
        return self.force or self.ports.quarantine.disturbed(table.contract, scope, known.run_id)

    def _inputs(self, table: Buildable, period: Period | None) -> _Inputs:
        if isinstance(table, TableBuild):
            check_gates(self.domain, table, period, self.ports.ledger)
            versions = table_inputs(table, period, self.ports.ledger)
            return _Inputs(versions, *correction_inputs(table, period, self.ports))
        files = source_files(self.ports, self.domain, table, period)
        for file in files:
            self.ports.ledger.record_file(self.domain.name, period, file, self.ports.clock.now())
        return _Inputs(file_versions(files, period), files=files)

    def _make(self, table: Buildable, period: Period | None, inputs: _Inputs) -> Outcome:
        if isinstance(table, DropIntake):
            return self._read_drop(table, inputs.files)
        if isinstance(table, SheetIntake):
            return self._read_sheet(table, _month(table, period), inputs.files[0])
        frames = {
            ref.name: self.ports.store.read(ref.contract, ref.scope(period), ref.columns)
            for ref, version in zip(table.inputs, inputs.versions, strict=True)
            if version.version != ABSENT
        }
        frames |= {name: corrected(frames[name], made) for name, made in inputs.corrections.items()}
        context = BuildContext(period, frames, self.domain.config, self.run.run_id, self.emit)
        return table.make(context)

    def _read_sheet(self, intake: SheetIntake, period: Period, file: FoundFile) -> Outcome:
        sheet = self.ports.reader.read(file.path, intake.sheet, file_name=file.name, sha256=file.sha256)
        outcome = bronze_outcome(intake.contract, sheet, period, file.file_id)
        return replace(outcome, facts={**outcome.facts, **_about(file)})

    def _read_drop(self, intake: DropIntake, files: tuple[FoundFile, ...]) -> Outcome:
        parts = [part for file in files for part in self.ports.drop_box.read(file, intake.drop)]
        outcome = intake.make(tuple(parts))
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


def _month(table: Buildable, period: Period | None) -> Period:
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
