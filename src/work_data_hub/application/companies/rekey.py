"""Re-keying: what is known about temporary ids is published per month, and the facts that carry them rebuilt."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from work_data_hub.application.build import BuildRun
from work_data_hub.application.companies.search import CompanyBook, Rekey
from work_data_hub.application.inputs import GateStaleError, UpstreamMissingError, table_inputs
from work_data_hub.application.ports import PublishRequest
from work_data_hub.application.runs import BuildReport, PublishRecord, Result
from work_data_hub.domain.annuity.contracts import COMPANY_REKEY
from work_data_hub.domain.kernel.build import TableBuild
from work_data_hub.domain.kernel.contract import Layer
from work_data_hub.domain.kernel.errors import InputChangedError
from work_data_hub.domain.kernel.frames import to_pandas
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope

_BUSY: Final = "its tables are being built, or not up to date"


@dataclass(frozen=True, slots=True)
class RekeyedMonth:
    """A month whose temporary ids were replaced: how many of them, and the builds that followed."""

    period: Period
    ids: int
    reports: tuple[BuildReport, ...] = ()
    postponed: str | None = None


def tell_nobody(_period: Period, _event: str) -> None:
    """Take a progress report and do nothing with it."""


def rekey(
    run: BuildRun, book: CompanyBook, tell: Callable[[Period, str], None] = tell_nobody
) -> tuple[RekeyedMonth, ...]:
    """Publish each month's replacements where they changed, and build the tables again that read them."""
    book.retire()
    known = book.rekeys()
    busy = [period for period in known if not _is_settled(run, period)]
    months = {p: _published(run, p, found) for p, found in known.items() if p not in busy}
    due = [period for period, record in months.items() if record is not None and _is_due(run, period, record)]
    # a mart compares with the month before, whose rows are others now
    after = {period.shift(1) for period in due if _gold(run, period.shift(1))}
    done = [_rebuilt(run, p, months.get(p), tell) for p in sorted(after.union(due) - set(busy))]
    waiting = [RekeyedMonth(p, 0, postponed=_BUSY) for p in sorted(busy) if _changes(run, p, known[p])]
    return tuple(month for month in (*done, *waiting) if month.ids or month.reports or month.postponed)


def _published(run: BuildRun, period: Period, found: tuple[Rekey, ...]) -> PublishRecord | None:
    """Publish a month's replacements, unless they are already; a month without any needs no publish."""
    scope = Scope.month(period)
    known = run.ports.ledger.latest(COMPANY_REKEY, scope)
    key = _key(found)
    if not _changes(run, period, found):
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


def _key(found: tuple[Rekey, ...]) -> str:
    lines = sorted((r.temporary_id, r.company_id, r.company_id_origin) for r in found)
    return hashlib.sha256(repr(lines).encode()).hexdigest()


def _changes(run: BuildRun, period: Period, found: tuple[Rekey, ...]) -> bool:
    known = run.ports.ledger.latest(COMPANY_REKEY, Scope.month(period))
    return bool(found) if known is None else known.input_hash != _key(found)


def _nothing_to_check() -> None:
    """Find no file behind the publish that could have changed."""


def _readers(run: BuildRun) -> Iterator[TableBuild]:
    for build in run.domain.builds:
        if any(ref.contract == COMPANY_REKEY for ref in build.inputs):
            yield build


def _is_settled(run: BuildRun, period: Period) -> bool:
    """Say whether all that reads replacements was built from what is published now.

    A month that is being loaded is left alone: its facts would meet references made with other replacements.
    """
    for build in _readers(run):
        try:
            inputs = table_inputs(build, period, run.ports.ledger)
        except UpstreamMissingError:
            # the sheet it comes from was not loaded
            continue
        latest = run.ports.ledger.latest(build.contract, Scope.month(period))
        now = {i for i in inputs if i.name != COMPANY_REKEY.key}
        if latest is None or not now <= set(latest.inputs):
            return False
    return True


def _is_due(run: BuildRun, period: Period, record: PublishRecord) -> bool:
    """Say whether a table that is published for the month has not read these replacements."""
    for build in _readers(run):
        latest = run.ports.ledger.latest(build.contract, Scope.month(period))
        versions = {i.version for i in latest.inputs if i.name == COMPANY_REKEY.key} if latest else set()
        if latest is not None and record.identity_hash not in versions:
            return True
    return False


def _rebuilt(
    run: BuildRun, period: Period, record: PublishRecord | None, tell: Callable[[Period, str], None]
) -> RekeyedMonth:
    ids = record.counts.published if record else 0
    tell(period, "started")
    try:
        reports = _build_gold(run, period)
        tell(period, "succeeded")
        return RekeyedMonth(period, ids, reports)
    except (InputChangedError, GateStaleError) as error:
        # another run works on the month: its own build reads the replacements, or the next re-keying does
        tell(period, "postponed")
        return RekeyedMonth(period, ids, postponed=error.what)


def _build_gold(run: BuildRun, period: Period) -> tuple[BuildReport, ...]:
    """Build the month's gold tables that were published before; give those that changed."""
    reports = [run.build(build, period) for build in _gold(run, period)]
    return tuple(report for report in reports if report.result is Result.PUBLISHED)


def _gold(run: BuildRun, period: Period) -> list[TableBuild]:
    gold = [build for build in run.domain.builds if build.contract.layer is Layer.GOLD]
    return [b for b in gold if run.ports.ledger.latest(b.contract, Scope.month(period)) is not None]
