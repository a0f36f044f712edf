"""Company ids beside the monthly load: the search for queued names, and re-keying, told as Dagster events."""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from work_data_hub.application.companies.rekey import RekeyedMonth
from work_data_hub.application.companies.search import SearchReport, search_metrics
from work_data_hub.bootstrap import Hub
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.orchestration.materialize import tell_step
from work_data_hub.orchestration.metadata import run_metadata
from work_data_hub.orchestration.metadata_history import TableHistory
from work_data_hub.orchestration.resources import HubSession

DOMAIN = "annuity"


def search(context: dg.AssetExecutionContext, hub: Hub) -> dict[str, Any]:
    """Search once and give what came of it; a fault outside is a warning in the run's log."""
    report: SearchReport = hub.search_companies()
    for warning in report.warnings:
        context.log.warning(warning)
    outside = "off" if hub.lookup is None else f"{report.asked} of {hub.settings.company_lookup_budget} calls"
    return {**dict(search_metrics(report)), "outside_look_up": outside}


def rekey_months(context: dg.AssetExecutionContext, session: HubSession) -> dict[str, Any]:
    """Replace temporary ids and show every table that was built again for it."""
    hub = session.hub
    run = hub.start_run(DOMAIN, run_id=context.run.run_id, emit=tell_step)
    months = hub.rekey_companies(run, lambda period, event: session.tell(str(period), event))
    contracts = {contract.key: contract for contract in hub.domain(DOMAIN).contracts}
    for month in months:
        if month.postponed:
            context.log.warning("%s waits for the next time: %s", month.period, month.postponed)
        _show(context, hub, contracts, month)
    return {"months": len(months), "replaced": _table(months)}


def _show(
    context: dg.AssetExecutionContext,
    hub: Hub,
    contracts: dict[str, TableContract],
    month: RekeyedMonth,
) -> None:
    for report in month.reports:
        contract = contracts[report.table]
        history = TableHistory.of(hub.ports, contract).with_reports([report])
        made = dg.AssetMaterialization(
            contract.asset_key,
            partition=month.period.key,
            metadata=run_metadata(report, history),
            tags={"dagster/data_version": report.record.identity_hash},
        )
        context.log_event(made)


def _table(months: Sequence[RekeyedMonth]) -> dg.MetadataValue[Any]:
    if not months:
        return dg.MetadataValue.text("no month carries a temporary id whose company is known")
    rows: list[dict[str, str | int]] = [
        {
            "month": str(month.period),
            "temporary ids replaced": month.ids,
            "tables built again": len(month.reports),
            "waits": month.postponed or "",
        }
        for month in months
    ]
    return dg.MetadataValue.table([dg.TableRecord(row) for row in rows])
