"""The champion ledger and the model versions in the warehouse: read, added to, never changed."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, Final
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from work_data_hub.application.ledgers import CHAMPION_LEDGER, MODEL_VERSIONS
from work_data_hub.application.models.book import Action, Decision, KeptVersion, LedgerEntry
from work_data_hub.application.models.inputs import ChampionInput
from work_data_hub.application.models.rules import in_force
from work_data_hub.application.ports import PublishRequest
from work_data_hub.domain.kernel.errors import InputChangedError
from work_data_hub.domain.kernel.models import ModelVerdict, ModelVersion, Trained
from work_data_hub.domain.kernel.period import Period
from work_data_hub.io.loader.records import dump
from work_data_hub.io.loader.tables import table_of
from work_data_hub.io.loader.warehouse_loader import Session, WarehouseLoader

_LEDGER: Final = table_of(CHAMPION_LEDGER)
_VERSIONS: Final = table_of(MODEL_VERSIONS)
_LINE: Final = tuple(name for name in MODEL_VERSIONS.column_names if name != "content")


class WarehouseChampions:
    """The champion book on the warehouse."""

    def __init__(self, loader: WarehouseLoader) -> None:
        """Work through a loader."""
        self._loader = loader

    def champion(self, name: str, period: Period | None, incumbent: bool = False) -> ModelVersion | None:
        """Give the version in force for a month, or with `incumbent` the one a training of it is judged against."""
        return self._loader.run(lambda session: _champion(session, name, period, incumbent))

    def entries(self, name: str) -> tuple[LedgerEntry, ...]:
        """Give all decisions about a model in the order in which they were made."""
        return self._loader.run(lambda session: _entries(session, name))

    def versions(self, name: str, contents_of: Collection[str] = ()) -> tuple[KeptVersion, ...]:
        """Give all versions of a model in the order in which they came, with the contents of these."""
        return self._loader.run(lambda session: _versions(session, name, contents_of))

    def decide(self, decision: Decision) -> LedgerEntry:
        """Add a decision; one that was made on an outdated view of the ledger is refused."""
        return self._loader.run(lambda session: _decide(session, decision))

    def names(self) -> tuple[str, ...]:
        """Give the names of all models."""
        query = sa.select(_VERSIONS.c.model_name).distinct().order_by(_VERSIONS.c.model_name)
        rows = self._loader.run(lambda session: session.fetch(query))
        return tuple(row["model_name"] for row in rows)


def check_champions(session: Session, request: PublishRequest) -> None:
    """Refuse a publish whose champion is another by now; a training's ledger stands still until it ends."""
    if request.outcome.trained is not None:
        session.execute(_lock(request.outcome.trained.model.name))
    for source in request.inputs:
        reads = ChampionInput.read(source)
        if reads is not None and reads.version(_entries(session, reads.name)) != source:
            raise InputChangedError(
                f"the champion of {reads.name} changed while {request.contract.name} was built",
                expected=f"{source.version} for {source.scope}",
                fix="run the month again",
            )


def write_trained(session: Session, request: PublishRequest) -> None:
    """Write the model that a publish brings and its verdict; a refused challenger is kept too."""
    trained = request.outcome.trained
    if trained is None:
        return
    row = {**_version_row(request, trained.model), "created_at": sa.func.clock_timestamp()}
    session.execute(insert(_VERSIONS).values(row).on_conflict_do_nothing())
    _add(session, _verdict(request, trained, _entries(session, trained.model.name)))


def _champion(session: Session, name: str, period: Period | None, incumbent: bool) -> ModelVersion | None:
    version = in_force(_entries(session, name), period, incumbent=incumbent)
    if version is None:
        return None
    columns = (_VERSIONS.c.content, _VERSIONS.c.about)
    found = session.fetch(sa.select(*columns).where(_is(name), _VERSIONS.c.version == version))[0]
    return ModelVersion(name, found["content"], json.loads(found["about"]))


def _entries(session: Session, name: str) -> tuple[LedgerEntry, ...]:
    query = sa.select(_LEDGER).where(_LEDGER.c.model_name == name)
    rows = session.fetch(query.order_by(_LEDGER.c.decided_at, _LEDGER.c.entry_id))
    return tuple(map(_entry, rows))


def _versions(session: Session, name: str, contents_of: Collection[str]) -> tuple[KeptVersion, ...]:
    lines = session.fetch(
        sa.select(*(_VERSIONS.c[column] for column in _LINE))
        .where(_is(name))
        .order_by(_VERSIONS.c.created_at, _VERSIONS.c.version)
    )
    contents = _contents(session, name, contents_of)
    return tuple(_kept(line, contents.get(line["version"])) for line in lines)


def _contents(session: Session, name: str, versions: Collection[str]) -> Mapping[str, str]:
    query = sa.select(_VERSIONS.c.version, _VERSIONS.c.content).where(_is(name))
    found = [session.fetch(query.where(_VERSIONS.c.version == version)) for version in sorted(versions)]
    return {row["version"]: row["content"] for rows in found for row in rows}


def _decide(session: Session, decision: Decision) -> LedgerEntry:
    session.execute(_lock(decision.name))
    if in_force(_entries(session, decision.name), decision.effective_from) != decision.incumbent:
        raise InputChangedError(
            f"another decision about {decision.name} for {decision.effective_from} was made meanwhile",
            expected=f"{decision.incumbent or 'no champion'} in force",
            fix=f"see `wdh models show {decision.name}` and decide again",
        )
    return _add(session, decision)


def _add(session: Session, decision: Decision) -> LedgerEntry:
    row = {
        "entry_id": str(uuid4()),
        "model_name": decision.name,
        "effective_from": decision.effective_from.start,
        "action": str(decision.action),
        "verdict": None if decision.verdict is None else str(decision.verdict),
        "reason": decision.reason,
        "challenger": decision.challenger,
        "incumbent": decision.incumbent,
        "champion": decision.champion,
        "evidence": dump(dict(decision.evidence)),
        "rows_fingerprint": decision.rows,
        "actor": decision.actor,
        "run_id": decision.run_id,
        "decided_at": sa.func.clock_timestamp(),
    }
    return _entry(session.fetch(insert(_LEDGER).values(row).returning(_LEDGER))[0])


def _verdict(request: PublishRequest, trained: Trained, entries: Sequence[LedgerEntry]) -> Decision:
    judgement, month = trained.judgement, _month(request)
    won = judgement.verdict is ModelVerdict.PROMOTED
    stays = in_force(entries, month, incumbent=True)
    return Decision(
        name=trained.model.name,
        effective_from=month,
        action=Action.PROMOTED if won else Action.JUDGED,
        reason=judgement.reason,
        challenger=trained.model.version,
        incumbent=judgement.incumbent,
        champion=trained.model.version if won else stays,
        actor=request.run.actor,
        verdict=judgement.verdict,
        evidence=judgement.evidence,
        rows=judgement.rows,
        run_id=request.run.run_id,
    )


def _version_row(request: PublishRequest, model: ModelVersion) -> dict[str, object]:
    inputs = [asdict(source) for source in request.inputs]
    contract, scope = request.contract, dict(request.scope.values)
    member = scope.get(contract.member) if contract.member else None
    return {
        "model_name": model.name,
        "version": model.version,
        "sha256": model.sha256,
        "content": model.content,
        "about": dump({**model.about, "inputs": inputs, "code_version": request.run.code_version}),
        "domain": contract.domain,
        "member": None if member is None else str(member),
        "period": _month(request).start,
        "table_key": contract.key,
        "run_id": request.run.run_id,
    }


def _month(request: PublishRequest) -> Period:
    """Give the month that a publish is of; a whole table's model holds from the month in which it is made."""
    days = [value for _, value in request.scope.values if isinstance(value, date)]
    return Period.of(days[0] if days else request.run.started_at.date())


def _entry(row: Mapping[str, Any]) -> LedgerEntry:
    verdict = row["verdict"]
    decision = Decision(
        name=row["model_name"],
        effective_from=Period.of(row["effective_from"]),
        action=Action(row["action"]),
        reason=row["reason"],
        challenger=row["challenger"],
        incumbent=row["incumbent"],
        champion=row["champion"],
        actor=row["actor"],
        verdict=None if verdict is None else ModelVerdict(verdict),
        evidence=json.loads(row["evidence"]),
        rows=row["rows_fingerprint"],
        run_id=row["run_id"],
    )
    return LedgerEntry(row["entry_id"], decision, row["decided_at"])


def _kept(row: Mapping[str, Any], content: str | None) -> KeptVersion:
    return KeptVersion(
        name=row["model_name"],
        version=row["version"],
        sha256=row["sha256"],
        about=json.loads(row["about"]),
        domain=row["domain"],
        member=row["member"],
        period=row["period"],
        table=row["table_key"],
        run_id=row["run_id"],
        created_at=row["created_at"],
        content=content,
    )


def _is(name: str) -> sa.ColumnElement[bool]:
    return _VERSIONS.c.model_name == name


def _lock(name: str) -> sa.Select[tuple[object]]:
    # the order in which decisions are written is that of their times
    return sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"champions|{name}", 0)))
