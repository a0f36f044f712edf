"""Ten-line stand-ins for the ports, that keep what they are given."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd

from work_data_hub.application.ports import PublishRequest
from work_data_hub.application.quarantine.book import QuarantineChanges, QuarantineLine, QuarantineQuery
from work_data_hub.application.quarantine.corrections import Correction
from work_data_hub.application.runs import SLICES, Attempt, PublishRecord
from work_data_hub.application.sources import FoundFile, Glance, SourceSpec
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.errors import InputRefusedError, NoCandidateError
from work_data_hub.domain.kernel.frames import empty_frame, identity_hash, to_arrow, with_stamps
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.domain.kernel.sheets import DropPart, DropSpec, SheetRead, SheetSpec
from work_data_hub.io.loader.slices import slice_versions, version_of_slices


@dataclass
class FakeClock:
    """Each look is a second later."""

    seconds: int = 0

    def now(self) -> datetime:
        self.seconds += 1
        return datetime(2025, 12, 1, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def elapsed(self) -> float:
        self.seconds += 1
        return float(self.seconds)


@dataclass
class FakeFinder:
    """Files by month: a FoundFile, or the error that looking for it raises."""

    files: dict[Period, FoundFile | InputRefusedError] = field(default_factory=dict)
    contents: dict[Path, str] = field(default_factory=dict)

    def find(self, spec: SourceSpec, period: Period) -> FoundFile:
        found = self.files[period]
        if isinstance(found, InputRefusedError):
            raise found
        return found

    def glance(self, spec: SourceSpec, period: Period) -> Glance:
        found = self.find(spec, period)
        return Glance(found.path, found.name, found.sha256, found.modified_at)

    def is_whole(self, path: Path) -> bool:
        return path in self.contents

    def fingerprint(self, path: Path) -> str:
        return self.contents[path]

    def months(self, spec: SourceSpec) -> tuple[Period, ...]:
        return tuple(sorted(self.files))

    def put(self, period: Period, content: str) -> FoundFile:
        path = Path(f"/landing/{period}.xlsx")
        self.contents[path] = content
        found = FoundFile(path, path.name, None, content, 1, datetime(2025, 12, 1, tzinfo=UTC))
        self.files[period] = found
        return found


@dataclass
class FakeDropBox:
    """Drops by their folder: the files and their sheets, or the error that looking for them raises."""

    drops: dict[str, tuple[FoundFile, ...] | InputRefusedError] = field(default_factory=dict)
    sheets: dict[Path, SheetRead] = field(default_factory=dict)
    contents: dict[Path, str] = field(default_factory=dict)
    reads: int = 0

    def parts(self, spec: SourceSpec) -> tuple[FoundFile, ...]:
        found = self.drops.get(spec.folders[0], NoCandidateError("no file found", fix="put one there"))
        if isinstance(found, InputRefusedError):
            raise found
        return found

    def glance(self, spec: SourceSpec) -> tuple[Glance, ...]:
        return tuple(Glance(f.path, f.name, f.sha256, f.modified_at) for f in self.parts(spec))

    def is_whole(self, path: Path) -> bool:
        return path in self.contents

    def fingerprint(self, path: Path) -> str:
        return self.contents[path]

    def read(self, file: FoundFile, spec: DropSpec) -> tuple[DropPart, ...]:
        self.reads += 1
        return (DropPart(file.file_id, file.name, self.sheets[file.path]),)

    def put(self, folder: str, content: str, sheet: SheetRead, name: str = "drop.csv") -> None:
        path = Path(f"/landing/{folder}/{name}")
        self.contents[path], self.sheets[path] = content, sheet
        moment = datetime(2025, 12, 1, tzinfo=UTC)
        self.drops[folder] = (FoundFile(path, f"{folder}/{name}", None, content, 1, moment),)


@dataclass
class FakeReader:
    """Sheets by path."""

    sheets: dict[Path, SheetRead] = field(default_factory=dict)
    reads: int = 0

    def read(
        self, path: Path, spec: SheetSpec, *, file_name: str | None = None, sha256: str | None = None
    ) -> SheetRead:
        self.reads += 1
        return self.sheets[path]


@dataclass
class FakeLedger:
    """Publishes and attempts in the order they came."""

    records: list[PublishRecord] = field(default_factory=list)
    tries: list[Attempt] = field(default_factory=list)
    files: list[FoundFile] = field(default_factory=list)

    def latest(self, contract: TableContract, scope: Scope) -> PublishRecord | None:
        mine = [r for r in self.records if (r.table, r.scope) == (contract.key, scope.key)]
        return mine[-1] if mine else None

    def record(self, attempt: Attempt) -> None:
        self.tries.append(attempt)

    def record_file(self, domain: str, period: Period | None, file: FoundFile, seen_at: datetime) -> None:
        self.files.append(file)

    def publishes(self, contracts: Sequence[TableContract]) -> tuple[PublishRecord, ...]:
        keys = {contract.key for contract in contracts}
        return tuple({(r.table, r.scope): r for r in self.records if r.table in keys}.values())

    def attempts(self, contracts: Sequence[TableContract]) -> tuple[Attempt, ...]:
        return tuple({(a.table, a.scope): a for a in self.tries}.values())


@dataclass
class FakeStore:
    """Scopes as frames; a publish replaces its scope and tells the ledger."""

    ledger: FakeLedger
    scopes: dict[tuple[str, str], pd.DataFrame] = field(default_factory=dict)
    evidence: list[PublishRequest] = field(default_factory=list)
    published: list[PublishRequest] = field(default_factory=list)

    def publish(self, request: PublishRequest) -> PublishRecord:
        request.still_valid()
        self.published.append(request)
        run = request.run
        frame = with_stamps(request.contract, request.outcome.accepted, run.run_id, run.started_at)
        self.scopes[(request.contract.key, request.scope.key)] = frame
        slices = self._slices(request.contract, frame)
        record = PublishRecord(
            request.run.run_id,
            request.contract.key,
            request.scope.key,
            request.contract.version,
            request.run.code_version,
            request.input_hash,
            version_of_slices(slices)
            if request.contract.sliced_by
            else identity_hash(request.contract, to_arrow(request.contract, frame)),
            request.inputs,
            request.outcome.counts,
            0,
            request.outcome.totals,
            request.outcome.comparisons,
            request.outcome.warnings,
            {**request.outcome.facts, **({SLICES: slices} if request.contract.sliced_by else {})},
            0.1,
            datetime(2025, 12, 2, tzinfo=UTC),
        )
        self.ledger.records.append(record)
        return record

    def read(self, contract: TableContract, scope: Scope, columns: Sequence[str] = ()) -> pd.DataFrame:
        rows = self._rows(contract, scope)
        return rows[list(columns)] if columns else rows

    def _slices(self, contract: TableContract, frame: pd.DataFrame) -> dict[str, str]:
        return slice_versions(contract, to_arrow(contract, frame)) if contract.sliced_by else {}

    def _rows(self, contract: TableContract, scope: Scope) -> pd.DataFrame:
        if contract.member:
            frames = [
                f for (key, _), f in sorted(self.scopes.items(), key=lambda i: i[0]) if key == contract.key
            ]
            return _sliced(pd.concat(frames, ignore_index=True) if frames else empty_frame(contract), scope)
        if contract.sliced_by:
            return _sliced(self.scopes.get((contract.key, "all"), empty_frame(contract)), scope)
        if contract.monthly and scope == Scope():
            months = [
                frame
                for (table, _), frame in sorted(self.scopes.items(), key=lambda item: item[0])
                if table == contract.key
            ]
            return pd.concat(months, ignore_index=True) if months else empty_frame(contract)
        if scope.before is not None:
            first = f"{scope.before[0]}={scope.before[1]}"
            earlier = [f for (table, key), f in sorted(self.scopes.items(), key=lambda item: item[0])
                       if table == contract.key and key < first]  # fmt: skip
            return pd.concat(earlier, ignore_index=True) if earlier else empty_frame(contract)
        return self.scopes.get((contract.key, scope.key), empty_frame(contract))

    def keep_evidence(self, request: PublishRequest) -> None:
        self.evidence.append(request)


def _sliced(frame: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """Give the rows of a scope."""
    for column, month in scope.values:  # noqa: PD011 - not a frame
        frame = frame[frame[column] == month]
    if scope.before is not None:
        column, first = scope.before
        frame = frame[frame[column] < first]
    return frame.reset_index(drop=True)


@dataclass
class FakeQuarantine:
    """Corrections, waivers and lines as they were put there; `unsettled` holds tables a refused attempt disturbed."""

    made: list[Correction] = field(default_factory=list)
    waivers: set[str] = field(default_factory=set)
    unsettled: set[str] = field(default_factory=set)
    lines: list[QuarantineLine] = field(default_factory=list)
    kept: list[QuarantineChanges] = field(default_factory=list)

    def corrections(self, contract: TableContract, scope: Scope) -> tuple[Correction, ...]:
        return tuple(made for made in self.made if made.table == contract.key)

    def waived(self, contract: TableContract, scope: Scope, today: date) -> frozenset[str]:
        return frozenset(self.waivers)

    def disturbed(self, contract: TableContract, scope: Scope, run_id: str) -> bool:
        return contract.key in self.unsettled

    def find(self, query: QuarantineQuery) -> tuple[QuarantineLine, ...]:
        return tuple(self.lines)

    def keep(self, changes: QuarantineChanges) -> None:
        self.kept.append(changes)
