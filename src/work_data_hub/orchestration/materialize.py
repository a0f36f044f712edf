"""From a use case to Dagster events: months in order, metadata per partition, typed failures."""

import hashlib
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import dagster as dg

from work_data_hub.application.runs import BuildReport
from work_data_hub.domain.kernel.build import Buildable
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.errors import HubError, TransientError
from work_data_hub.domain.kernel.period import Period
from work_data_hub.orchestration.checks import check_results
from work_data_hub.orchestration.metadata import run_metadata
from work_data_hub.orchestration.metadata_history import TableHistory
from work_data_hub.orchestration.resources import HubSession
from work_data_hub.utils.logging import forward_to, get_logger

FORCE_TAG = "wdh/force"


def materialize_months(
    context: dg.AssetExecutionContext, session: HubSession, table: Buildable
) -> dg.MaterializeResult[None]:
    """Build and publish each month of the run and report what was proven."""
    ports = session.hub.ports
    before = TableHistory.of(ports, table.contract)
    reports: list[BuildReport] = []
    try:
        _build_all(context, session, table, reports)
    except dg.Failure:
        _show_finished(context, before.with_reports(reports), reports)
        raise
    history = before.with_reports(reports).with_quarantine(ports)
    alone = reports[0] if len(reports) == 1 else None
    for key, report in zip(_keys(context, table.contract), reports if alone is None else (), strict=False):
        context.add_asset_metadata(run_metadata(report, history), partition_key=key)
    return dg.MaterializeResult(
        check_results=check_results(history, reports),
        metadata={"months": len(reports)} if alone is None else run_metadata(alone, history),
        data_version=_version(reports),
    )


def _version(reports: Sequence[BuildReport]) -> dg.DataVersion:
    """Give the version of what was built; Dagster knows one for a whole range, so it covers all its months."""
    identities = [report.record.identity_hash for report in reports]
    if len(identities) == 1:
        return dg.DataVersion(identities[0])
    return dg.DataVersion(hashlib.sha256("|".join(identities).encode()).hexdigest())


def tell_step(event: Any) -> None:
    """Log what a step reports; a Dagster log line is a database write, so plain progress stays at debug."""
    log = get_logger("work_data_hub.steps")
    usual = getattr(event, "kind", "") in {"started", "finished"}
    log.log(logging.DEBUG if usual else logging.WARNING, "step", step=str(event))


def _build_all(
    context: dg.AssetExecutionContext, session: HubSession, table: Buildable, reports: list[BuildReport]
) -> None:
    log = get_logger("work_data_hub.build")
    run = session.hub.start_run(
        table.contract.domain,
        run_id=context.run.run_id,
        force=FORCE_TAG in context.run.tags,
        emit=tell_step,
    )
    for key in _keys(context, table.contract):
        with _reported(context, session, table, key):
            report = run.build(table, Period.parse(key) if key else None)
            counts = report.record.counts
            log.info(
                str(report.result), read=counts.read, published=counts.published, rejected=counts.rejected
            )
        reports.append(report)


def _show_finished(
    context: dg.AssetExecutionContext, history: TableHistory, reports: Sequence[BuildReport]
) -> None:
    """Tell of the months that were published before another one failed; the run's result can't."""
    for key, report in zip(_keys(context, history.contract), reports, strict=False):
        shown = run_metadata(report, history)
        context.log_event(dg.AssetMaterialization(history.contract.asset_key, metadata=shown, partition=key))


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
                description=str(error),
                metadata={"error": type(error).__name__, "partition": key or "all", **_evidence(error)},
                allow_retries=isinstance(error, TransientError),
            ) from error


def _evidence(error: HubError) -> dict[str, str]:
    return {name: str(value)[:1000] for name, value in error.evidence.items()}
