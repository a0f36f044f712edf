"""Re-keying: what is known about temporary ids is published per month, and the facts that carry them rebuilt."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from work_data_hub.application.build import BuildRun
from work_data_hub.application.companies.search import CompanyBook, Rekey
from work_data_hub.application.ports import PublishRequest
from work_data_hub.application.runs import BuildReport, PublishRecord, Result
from work_data_hub.domain.annuity.contracts import COMPANY_REKEY
from work_data_hub.domain.kernel.contract import Layer
from work_data_hub.domain.kernel.errors import InputChangedError
from work_data_hub.domain.kernel.frames import to_pandas
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope


@dataclass(frozen=True, slots=True)
class RekeyedMonth:
    """A month whose temporary ids were replaced: how many of them, and the builds that followed."""

    period: Period
    ids: int
    reports: tuple[BuildReport, ...] = ()
    postponed: str | None = None


def rekey(run: BuildRun, book: CompanyBook) -> tuple[RekeyedMonth, ...]:
    """Publish each month's replacements where they changed, and build the tables again that read them."""
    book.retire()
    months = {period: _published(run, period, found) for period, found in book.rekeys().items()}
    due = [period for period, record in months.items() if record is not None and _is_due(run, period, record)]
    # a mart compares with the month before, whose rows are others now
    after = {period.shift(1) for period in due}
    done = (_rebuilt(run, period, months.get(period)) for period in sorted(after.union(due)))
    return tuple(month for month in done if month.ids or month.reports or month.postponed)


def _published(run: BuildRun, period: Period, found: tuple[Rekey, ...]) -> PublishRecord | None:
    """Publish a month's replacements, unless they are already; a month without any needs no publish."""
    scope = Scope.month(period)
    known = run.ports.ledger.latest(COMPANY_REKEY, scope)
    lines = sorted((r.temporary_id, r.company_id, r.company_id_origin) for r in found)
    key = hashlib.sha256(repr(lines).encode()).hexdigest()
    if (known is None and not found) or (known is not None and known.input_hash == key):
        return known
    frame = pa.Table.from_pylist(
        [
            {
                "period": period.start,
                "temporary_id": r.temporary_id,
                "company_id": r.company_id,
                "company_id_origin": r.company_id_origin,
                "customer_name": r.customer_name,
                "confidence": r.confidence,
                "learnt_at": r.learnt_at,
            }
            for r in found
        ],
        pa.schema([field for field in COMPANY_REKEY.arrow_schema if field.name != "run_id"]),
    )
    outcome = Outcome(to_pandas(frame), Counts(read=len(found), published=len(found)))
    started = run.ports.clock.elapsed()
    return run.ports.store.publish(
        PublishRequest(COMPANY_REKEY, scope, outcome, run.run, (), key, started, _nothing_to_check)
    )


def _nothing_to_check() -> None:
    """Find no file behind the publish that could have changed."""


def _readers(run: BuildRun) -> Iterator[str]:
    for build in run.domain.builds:
        if any(ref.contract == COMPANY_REKEY for ref in build.inputs):
            yield build.contract.key


def _is_due(run: BuildRun, period: Period, record: PublishRecord) -> bool:
    """Say whether a table that is published for the month has not read these replacements."""
    for key in _readers(run):
        latest = run.ports.ledger.latest(run.domain.table(key).contract, Scope.month(period))
        versions = {i.version for i in latest.inputs if i.name == COMPANY_REKEY.key} if latest else set()
        if latest is not None and record.identity_hash not in versions:
            return True
    return False


def _rebuilt(run: BuildRun, period: Period, record: PublishRecord | None) -> RekeyedMonth:
    ids = record.counts.published if record else 0
    try:
        return RekeyedMonth(period, ids, _build_gold(run, period))
    except InputChangedError as error:
        # another run works on the month: its own build reads the replacements, or the next re-keying does
        return RekeyedMonth(period, ids, postponed=error.what)


def _build_gold(run: BuildRun, period: Period) -> tuple[BuildReport, ...]:
    """Build the month's gold tables that were published before; give those that changed."""
    gold = [build for build in run.domain.builds if build.contract.layer is Layer.GOLD]
    known = [b for b in gold if run.ports.ledger.latest(b.contract, Scope.month(period)) is not None]
    reports = [run.build(build, period) for build in known]
    return tuple(report for report in reports if report.result is Result.PUBLISHED)
