"""From a use case to Dagster events: months in order, metadata per partition, typed failures."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import dagster as dg

from work_data_hub.application.members import told
from work_data_hub.application.runs import BuildReport
from work_data_hub.application.scopes import member_of_key
from work_data_hub.domain.kernel.build import Buildable
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.errors import HubError, TransientError
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import WHOLE
from work_data_hub.orchestration.checks import check_results
from work_data_hub.orchestration.members import joint_version, merged_report
from work_data_hub.orchestration.metadata import run_metadata
from work_data_hub.orchestration.metadata_history import TableHistory
from work_data_hub.orchestration.resources import HubSession
from work_data_hub.utils.logging import forward_to, get_logger

FORCE_TAG = "wdh/force"
# what was built of each month of a run, by members where the table has any
_Built = dict[str | None, list[BuildReport]]


def materialize_months(
    context: dg.AssetExecutionContext, session: HubSession, table: Buildable
) -> dg.MaterializeResult[None]:
    """Build and publish each month of the run and report what was proven.

    A member whose build failed fails a check and leaves the others, and what follows them, alone.
    """
    ports = session.hub.ports
    before = TableHistory.of(ports, table.contract)
    built: _Built = {}
    try:
        missed = _build_all(context, session, table, built)
    except dg.Failure:
        _show_finished(context, before.with_reports(_all(built)), built)
        raise
    history = before.with_reports(_all(built)).with_quarantine(ports)
    alone = next(iter(built.values())) if len(built) == 1 else None
    for key, reports in (built if alone is None else {}).items():
        context.add_asset_metadata(_told(reports, history), partition_key=key)
    return dg.MaterializeResult(
        check_results=check_results(history, _all(built), missed),
        metadata={"months": len(built)} if alone is None else _told(alone, history),
        data_version=_version(_all(built)),
    )


def _all(built: _Built) -> list[BuildReport]:
    return [report for reports in built.values() for report in reports]


def _told(reports: Sequence[BuildReport], history: TableHistory) -> Mapping[str, Any]:
    """Tell of all members of a month, or of a table without members; a month may be nobody's."""
    if not reports:
        return {"members": f"no {history.contract.member} has anything to build it from"}
    return run_metadata(merged_report(reports), history)


def _version(reports: Sequence[BuildReport]) -> dg.DataVersion:
    """Give the version of what was built; Dagster knows one for a whole range, so it covers all its months."""
    return dg.DataVersion(joint_version(report.record.identity_hash for report in reports))


def tell_step(event: Any) -> None:
    """Log what a step reports; a Dagster log line is a database write, so plain progress stays at debug."""
    log = get_logger("work_data_hub.steps")
    usual = getattr(event, "kind", "") in {"started", "finished", "passed_over"}
    log.log(logging.DEBUG if usual else logging.WARNING, "step", step=str(event))


def _build_all(
    context: dg.AssetExecutionContext, session: HubSession, table: Buildable, built: _Built
) -> list[str]:
    """Build all months, and tell of those of which only some members could be built."""
    missed: list[str] = []
    run = session.hub.start_run(
        table.contract.domain,
        run_id=context.run.run_id,
        force=FORCE_TAG in context.run.tags,
        emit=tell_step,
    )
    for key in _keys(context, table.contract):
        reports = built[key] = []
        try:
            with _reported(context, session, table, key):
                run.build_members(table, Period.parse(key) if key else None, reports)
        except dg.Failure as failure:
            if not reports:
                raise
            missed.append(f"{key or WHOLE}: {failure.description}")
        _log(reports)
    return missed


def _log(reports: Sequence[BuildReport]) -> None:
    log = get_logger("work_data_hub.build")
    for report in reports:
        counts, member = report.record.counts, member_of_key(report.scope)
        log.info(
            str(report.result),
            read=counts.read,
            published=counts.published,
            rejected=counts.rejected,
            **({"member": member} if member else {}),
        )


def _show_finished(context: dg.AssetExecutionContext, history: TableHistory, built: _Built) -> None:
    """Tell of the months and members that were published before another one failed; the run's result can't."""
    for key, reports in built.items():
        if reports:
            shown = _told(reports, history)
            context.log_event(
                dg.AssetMaterialization(history.contract.asset_key, metadata=shown, partition=key)
            )


def _keys(context: dg.AssetExecutionContext, contract: TableContract) -> Sequence[str | None]:
    """Give the months of the run; a table that is built as a whole has none, whatever the run is asked for."""
    return context.partition_keys if contract.monthly else [None]


@contextmanager
def _reported(
    context: dg.AssetExecutionContext, session: HubSession, table: Buildable, key: str | None
) -> Iterator[None]:
    name = "/".join(table.contract.asset_key)
    session.tell(name, "started")
    with forward_to(context.log.log, run_id=context.run.run_id, asset=name, partition=key):
        try:
            yield
            session.tell(name, "succeeded")
        except HubError as error:
            session.failures.append(error)
            session.tell(name, "failed")
            raise dg.Failure(
                description=told(error),
                metadata={"error": type(error).__name__, "partition": key or "all", **_evidence(error)},
                allow_retries=isinstance(error, TransientError),
            ) from error


def _evidence(error: HubError) -> dict[str, str]:
    return {name: str(value)[:1000] for name, value in error.evidence.items()}
