"""Four checks per table, reported with the publish that proved them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

import dagster as dg

from work_data_hub.application.quarantine.book import QuarantineSummary, summarise
from work_data_hub.application.runs import BuildReport, PublishRecord
from work_data_hub.domain.kernel.contract import Conservation, TableContract, WriteMode
from work_data_hub.domain.kernel.outcome import Comparison, Verdict
from work_data_hub.orchestration.metadata_history import TableHistory, can_reject

LARGE_CHANGE = Decimal("0.25")
OLD = timedelta(days=30)


def check_specs(contract: TableContract) -> list[dg.AssetCheckSpec]:
    """Declare the checks of a table."""
    key = dg.AssetKey(contract.asset_key)
    patience = f"; none stays open for more than {OLD.days} days" if can_reject(contract) else ""
    texts = {
        "contract": f"columns, types, keys and values obey contract {contract.version}",
        "reject_budget": f"at most {contract.budget.ratio:%} of the rows are rejected{patience}",
        "reconciliation": "control totals and comparisons tie",
        "volume": f"rows differ from the publish before by at most {LARGE_CHANGE:%}",
    }
    return [dg.AssetCheckSpec(name, asset=key, description=text) for name, text in texts.items()]


def check_results(
    history: TableHistory, reports: Sequence[BuildReport], missed: Sequence[str] = ()
) -> list[dg.AssetCheckResult]:
    """Report what was proven for all months of a run; `missed` says of which members nothing could be published."""
    records = [report.record for report in reports]
    return [
        _contract(records, missed),
        _rejections(history, records),
        _result("reconciliation", [r for r in records if _untied(r)], records, note=_differences(records)),
        _volume(history, records),
    ]


def _contract(records: Sequence[PublishRecord], missed: Sequence[str]) -> dg.AssetCheckResult:
    held = _result("contract", [], records, note="validated before the publish")
    if not missed:
        return held
    return held._replace(passed=False, severity=dg.AssetCheckSeverity.ERROR, description="\n\n".join(missed))


def _result(
    name: str,
    suspicious: Sequence[PublishRecord],
    records: Sequence[PublishRecord],
    note: str,
    more: Mapping[str, int | str] | None = None,
) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name=name,
        passed=not suspicious,
        severity=dg.AssetCheckSeverity.WARN,
        description=note,
        metadata={"months": len(records), "months_with_findings": len(suspicious), **(more or {})},
    )


def _rejections(history: TableHistory, records: Sequence[PublishRecord]) -> dg.AssetCheckResult:
    """Judge these months' rejected rows, and how long the oldest open one of any month has waited."""
    nagging, note = [record for record in records if _nags(history, record)], _rejected(records)
    if not can_reject(history.contract):
        return _result("reject_budget", nagging, records, note)
    standing = summarise(history.lines)
    age = standing.age_in_days(history.today)
    told: dict[str, int | str] = {"open": standing.open, "waived": standing.waived}
    if age is not None:
        told |= {"oldest_open_since": str(standing.oldest_open_since), "oldest_open_days": age}
    found = _result(
        "reject_budget", nagging, records, f"{note}; quarantine, all months: {_standing(standing, age)}", told
    )
    return found._replace(passed=found.passed and (age is None or age <= OLD.days))


def _nags(history: TableHistory, record: PublishRecord) -> bool:
    """Say whether rows were rejected that nobody has waived."""
    lines = history.lines_of(record.scope)
    return record.counts.rejected > 0 and (not lines or summarise(lines).open > 0)


def _standing(summary: QuarantineSummary, age: int | None) -> str:
    since = "" if age is None else f", the oldest since {summary.oldest_open_since} ({age} days)"
    return f"{summary.open:,} open{since}, {summary.waived:,} waived"


def _untied(record: PublishRecord) -> bool:
    return bool(differing(record)) or not all(total.ties for total in record.totals)


def differing(record: PublishRecord) -> list[Comparison]:
    """Give the comparisons that do not tie."""
    return [line for line in record.comparisons if line.verdict is Verdict.DIFFERS]


def _rejected(records: Sequence[PublishRecord]) -> str:
    rejected = sum(record.counts.rejected for record in records)
    return (
        f"{rejected:,} of {sum(record.counts.read for record in records):,} rows rejected, within the budget"
    )


def _differences(records: Sequence[PublishRecord]) -> str:
    lines = [f"{r.scope} {c.name} {c.subject}: {c.difference:+,f}" for r in records for c in differing(r)]
    return "; ".join(lines[:5]) or "everything ties"


def _volume(history: TableHistory, records: Sequence[PublishRecord]) -> dg.AssetCheckResult:
    contract = history.contract
    pairs = [(new, old) for new in records if (old := history.before.get(new.scope)) is not None]
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
