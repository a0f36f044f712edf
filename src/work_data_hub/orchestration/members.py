"""Builds of several members told as one: Dagster knows one materialization for a table and a month."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import chain

from work_data_hub.application.runs import BuildReport, PublishRecord, Result
from work_data_hub.application.scopes import member_of_key, without_member
from work_data_hub.domain.kernel.outcome import ControlTotal, Counts

MEMBERS = "members"
_ROWS_SHOWN = 5


def merged_report(reports: Sequence[BuildReport]) -> BuildReport:
    """Give the builds of a month, or of a table that is built as a whole, as one; that of no member is itself."""
    first = reports[0]
    if member_of_key(first.scope) is None:
        return first
    published = any(report.result is Result.PUBLISHED for report in reports)
    record = merged_record([report.record for report in reports])
    rows = [member_row(report) for report in reports]
    return BuildReport(
        first.table,
        record.scope,
        Result.PUBLISHED if published else Result.UNCHANGED,
        replace(record, facts={**record.facts, MEMBERS: rows}),
        tuple(chain.from_iterable(report.preview for report in reports))[:_ROWS_SHOWN],
    )


def merged_record(records: Sequence[PublishRecord]) -> PublishRecord:
    """Add up what members published of the same month; comparisons, warnings and facts name their member."""
    first = records[0]
    if member_of_key(first.scope) is None:
        return first
    return replace(
        max(records, key=lambda record: record.published_at),
        scope=without_member(first.scope),
        identity_hash=joint_version(record.identity_hash for record in records),
        inputs=tuple(dict.fromkeys(version for record in records for version in record.inputs)),
        counts=_counts([record.counts for record in records]),
        rows_replaced=sum(record.rows_replaced for record in records),
        totals=_totals(records),
        comparisons=tuple(
            replace(line, subject=f"{_who(record)}: {line.subject}")
            for record in records
            for line in record.comparisons
        ),
        warnings=tuple(f"{_who(record)}: {warning}" for record in records for warning in record.warnings),
        facts=_facts(records),
        seconds=sum(record.seconds for record in records),
    )


def joint_version(identities: Iterable[str]) -> str:
    """Give one version for several: that of the only one, or a hash over all."""
    found = list(identities)
    return found[0] if len(found) == 1 else hashlib.sha256("|".join(found).encode()).hexdigest()


def by_part(records: Mapping[str, PublishRecord]) -> dict[str, PublishRecord]:
    """Add up the records of members, by the part of the table that they share."""
    groups: dict[str, list[PublishRecord]] = {}
    for scope in sorted(records):
        groups.setdefault(without_member(scope), []).append(records[scope])
    return {part: merged_record(group) for part, group in groups.items()}


def member_row(report: BuildReport) -> dict[str, str | int | float]:
    """Give what a member's build came to, as a row of a table."""
    record, counts = report.record, report.record.counts
    return {
        "member": _who(record),
        "result": str(report.result),
        "read": counts.read,
        "published": counts.published,
        "rejected": counts.rejected,
        "seconds": round(record.seconds, 3),
        "version": record.identity_hash[:16],
    }


def _who(record: PublishRecord) -> str:
    return member_of_key(record.scope) or ""


def _facts(records: Sequence[PublishRecord]) -> dict[str, object]:
    """Give each member's facts under its name; steps are put together, as they are shown as a table."""
    steps = [
        {"member": _who(record), **step}
        for record in records
        if isinstance(told := record.facts.get("steps"), list | tuple)
        for step in told
        if isinstance(step, Mapping)
    ]
    by_member = {_who(record): dict(record.facts) for record in records}
    return {**by_member, **({"steps": steps} if steps else {})}


def _counts(counts: Sequence[Counts]) -> Counts:
    return Counts(
        read=sum(one.read for one in counts),
        published=sum(one.published for one in counts),
        rejected=sum(one.rejected for one in counts),
        deduplicated=sum(one.deduplicated for one in counts),
        skipped=sum(one.skipped for one in counts),
        discarded_values=sum(one.discarded_values for one in counts),
    )


def _totals(records: Sequence[PublishRecord]) -> tuple[ControlTotal, ...]:
    """Add up each control total; that it ties for all together is no proof, so each member's check stands beside."""
    groups: dict[str, list[ControlTotal]] = {}
    for total in (total for record in records for total in record.totals):
        groups.setdefault(total.column, []).append(total)
    return tuple(_total(column, group) for column, group in groups.items())


def _total(column: str, totals: Sequence[ControlTotal]) -> ControlTotal:
    return ControlTotal(
        column,
        read=sum((total.read for total in totals), Decimal(0)),
        published=sum((total.published for total in totals), Decimal(0)),
        rejected=sum((total.rejected for total in totals), Decimal(0)),
        deduplicated=sum((total.deduplicated for total in totals), Decimal(0)),
        unreadable_cells=sum(total.unreadable_cells for total in totals),
    )
