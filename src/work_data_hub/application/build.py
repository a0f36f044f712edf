"""The use case behind every table: look at the inputs, skip when nothing changed, build, judge, publish."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from work_data_hub.application.domains import Domain, Ports
from work_data_hub.application.inputs import (
    ABSENT,
    check_gates,
    correction_inputs,
    input_hash,
    table_inputs,
)
from work_data_hub.application.laws import check_budget, check_conservation
from work_data_hub.application.ports import PublishRequest
from work_data_hub.application.preview import preview
from work_data_hub.application.quarantine.corrections import Correction, corrected
from work_data_hub.application.runs import Attempt, BuildReport, InputVersion, PublishRecord, Result, RunInfo
from work_data_hub.application.sources import FoundFile
from work_data_hub.domain.kernel.build import (
    Buildable,
    BuildContext,
    Emit,
    SheetIntake,
    TableBuild,
    ignore_event,
)
from work_data_hub.domain.kernel.errors import HubError, InputChangedError, InputRefusedError, Location
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
    file: FoundFile | None = None

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

    def build(self, table: Buildable, period: Period) -> BuildReport:
        """Build and publish one table for one month; every attempt and its end is recorded."""
        scope = Scope.month(period)
        attempt = self._begin(table, scope)
        started = self.ports.clock.elapsed()
        try:
            report = self._build(table, period, scope, started)
        except BaseException as error:
            self._end_badly(attempt, started, error)
            raise
        self._end(attempt, started, report.result)
        return report

    def _build(self, table: Buildable, period: Period, scope: Scope, started: float) -> BuildReport:
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
        guard = _FileGuard(self.ports, inputs.file)
        request = PublishRequest(table.contract, scope, outcome, self.run, inputs.all, key, started, guard)
        record = self._publish(request)
        return BuildReport(
            table.contract.key, scope.key, Result.PUBLISHED, record, preview(table.contract, outcome)
        )

    def _again(self, table: Buildable, known: PublishRecord, scope: Scope) -> bool:
        """Say whether to build though nothing changed: on request, or to settle what a refused attempt left open."""
        return self.force or self.ports.quarantine.disturbed(table.contract, scope, known.run_id)

    def _inputs(self, table: Buildable, period: Period) -> _Inputs:
        if isinstance(table, TableBuild):
            check_gates(self.domain, table, period, self.ports.ledger)
            versions = table_inputs(table, period, self.ports.ledger)
            return _Inputs(versions, *correction_inputs(table, period, self.ports))
        file = self.ports.finder.find(self.domain.source, period)
        self.ports.ledger.record_file(self.domain.name, period, file, self.ports.clock.now())
        return _Inputs((InputVersion(file.name, str(period), file.sha256),), file=file)

    def _make(self, table: Buildable, period: Period, inputs: _Inputs) -> Outcome:
        if isinstance(table, SheetIntake) and inputs.file is not None:
            return self._read_sheet(table, period, inputs.file)
        if not isinstance(table, TableBuild):
            raise TypeError(table)
        frames = {
            ref.name: self.ports.store.read(ref.contract, ref.scope(period))
            for ref, version in zip(table.inputs, inputs.versions, strict=True)
            if version.version != ABSENT
        }
        frames |= {name: corrected(frames[name], made) for name, made in inputs.corrections.items()}
        context = BuildContext(period, frames, self.domain.config, self.run.run_id, self.emit)
        return table.make(context)

    def _read_sheet(self, intake: SheetIntake, period: Period, file: FoundFile) -> Outcome:
        sheet = self.ports.reader.read(file.path, intake.sheet, file_name=file.name, sha256=file.sha256)
        outcome = bronze_outcome(intake.contract, sheet, period, file.file_id)
        about = {
            "file": file.name,
            "version": file.version,
            "sha256": file.sha256,
            "size_bytes": file.size_bytes,
        }
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
    """Checks, inside the publishing transaction, that the file is still the one that was read."""

    ports: Ports
    file: FoundFile | None

    def __call__(self) -> None:
        if self.file is None or self.ports.finder.fingerprint(self.file.path) == self.file.sha256:
            return
        raise InputChangedError(
            "the file changed while it was being loaded",
            where=Location(file=self.file.name),
            expected=f"content {self.file.file_id}",
            fix="wait until the file is complete and run the month again",
        )


def _result(error: BaseException) -> Result:
    return Result.REFUSED if isinstance(error, InputRefusedError) else Result.FAILED
