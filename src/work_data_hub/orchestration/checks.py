"""Four checks per table, reported with the publish that proved them."""

from collections.abc import Sequence
from decimal import Decimal

import dagster as dg

from work_data_hub.application.runs import BuildReport, PublishRecord
from work_data_hub.domain.kernel.contract import Conservation, TableContract, WriteMode
from work_data_hub.orchestration.metadata import differing

LARGE_CHANGE = Decimal("0.25")


def check_specs(contract: TableContract) -> list[dg.AssetCheckSpec]:
    """Declare the checks of a table."""
    key = dg.AssetKey(contract.asset_key)
    texts = {
        "contract": f"columns, types, keys and values obey contract {contract.version}",
        "reject_budget": f"at most {contract.budget.ratio:%} of the rows are rejected",
        "reconciliation": "control totals and comparisons tie",
        "volume": f"rows differ from the publish before by at most {LARGE_CHANGE:%}",
    }
    return [dg.AssetCheckSpec(name, asset=key, description=text) for name, text in texts.items()]


def check_results(
    contract: TableContract, reports: Sequence[BuildReport], before: Sequence[PublishRecord | None]
) -> list[dg.AssetCheckResult]:
    """Report what was proven for all months of a run."""
    records = [report.record for report in reports]
    return [
        _result("contract", [], records, note="validated before the publish"),
        _result("reject_budget", [r for r in records if r.counts.rejected], records, note=_rejected(records)),
        _result("reconciliation", [r for r in records if _untied(r)], records, note=_differences(records)),
        _volume(contract, records, before),
    ]


def _result(
    name: str, suspicious: Sequence[PublishRecord], records: Sequence[PublishRecord], note: str
) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name=name,
        passed=not suspicious,
        severity=dg.AssetCheckSeverity.WARN,
        description=note,
        metadata={"months": len(records), "months_with_findings": len(suspicious)},
    )


def _untied(record: PublishRecord) -> bool:
    return bool(differing(record)) or not all(total.ties for total in record.totals)


def _rejected(records: Sequence[PublishRecord]) -> str:
    rejected = sum(record.counts.rejected for record in records)
    return (
        f"{rejected:,} of {sum(record.counts.read for record in records):,} rows rejected, within the budget"
    )


def _differences(records: Sequence[PublishRecord]) -> str:
    lines = [f"{r.scope} {c.name} {c.subject}: {c.difference:+,f}" for r in records for c in differing(r)]
    return "; ".join(lines[:5]) or "everything ties"


def _volume(
    contract: TableContract, records: Sequence[PublishRecord], before: Sequence[PublishRecord | None]
) -> dg.AssetCheckResult:
    pairs = [(new, old) for new, old in zip(records, before, strict=True) if old is not None]
    if contract.write_mode is not WriteMode.REPLACE_SCOPE or contract.conservation is Conservation.DERIVED:
        pairs = []
    jumped = [new for new, old in pairs if _jump(new, old)]
    note = f"{len(pairs)} of {len(records)} months compared with the publish before"
    return _result("volume", jumped, records, note=note)


def _jump(new: PublishRecord, old: PublishRecord) -> bool:
    if old.counts.published == 0:
        return new.counts.published > 0
    change = Decimal(new.counts.published - old.counts.published) / Decimal(old.counts.published)
    return abs(change) > LARGE_CHANGE
