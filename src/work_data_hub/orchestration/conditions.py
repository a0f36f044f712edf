"""When a table is requested by itself: once what it reads has changed, however old the month is."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dagster as dg

from work_data_hub.domain.kernel.build import Buildable, SheetIntake, TableBuild
from work_data_hub.domain.kernel.contract import TableContract

Condition = dg.AutomationCondition[Any]
When = dg.AutomationCondition
EVERY_HOUR = "0 * * * *"


def late_friendly(tables: Sequence[Buildable]) -> Mapping[str, Condition]:
    """Give the condition of each built table by its contract's key; sheets are left to the landing sensor."""
    anchors = [_key(table.contract) for table in tables if isinstance(table, SheetIntake)]
    monthly = {_key(table.contract) for table in tables}
    return {
        table.contract.key: _condition(_Reads.of(table, monthly), anchors[0])
        for table in tables
        if isinstance(table, TableBuild) and anchors
    }


def whenever_fed() -> Condition:
    """Request an asset that belongs to no month when what it depends on was built, and every hour: some wait for time."""
    due: Condition = When.any_deps_updated() | When.cron_tick_passed(EVERY_HOUR)
    return (due.since_last_handled() & ~When.in_progress() & ~When.any_deps_in_progress()).with_label(
        "whenever_fed"
    )


def once_fed() -> Condition:
    """Request an asset that belongs to no month when what it depends on was built, and nothing there is at work."""
    due = When.any_deps_updated().since_last_handled()
    return (due & ~When.in_progress() & ~When.any_deps_in_progress()).with_label("once_fed")


@dataclass(frozen=True, slots=True)
class _Reads:
    """What a build reads, by what its absence or change means."""

    needed: tuple[dg.AssetKey, ...]
    optional: tuple[dg.AssetKey, ...]
    backward: tuple[dg.AssetKey, ...]
    # all earlier months, or no month at all: one change there would request every month
    beside: tuple[dg.AssetKey, ...]

    @classmethod
    def of(cls, table: TableBuild, monthly: Collection[dg.AssetKey]) -> "_Reads":
        """Sort the inputs and gates of a table."""
        read = [(ref, _key(ref.contract)) for ref in table.inputs]
        beside = [key for ref, key in read if ref.history or key not in monthly]
        months = [(ref, key) for ref, key in read if key not in beside]
        needed = [key for ref, key in months if not (ref.month_offset or ref.optional)]
        needed += [_key(contract) for contract in table.gates]
        return cls(
            needed=_unique(needed),
            optional=_unique(key for ref, key in months if ref.optional and key not in needed),
            backward=_unique(key for ref, key in months if ref.month_offset),
            beside=_unique(beside),
        )


def _condition(reads: _Reads, anchor: dg.AssetKey) -> Condition:
    found = _input_changed(reads) & _inputs_there(reads, anchor) & _nobody_at_work(reads)
    return found.with_label("late_friendly")


def _input_changed(reads: _Reads) -> Condition:
    """Hold from a change of content on until the table is requested or built, whichever month it is."""
    changed = _ignoring(When.any_deps_match(When.data_version_changed()), reads.beside)
    # a table that looks a month back waits: whether the month it reads changes is not known before it is built
    follows = _ignoring(When.any_deps_match(When.will_be_requested()), (*reads.backward, *reads.beside))
    trigger: Condition = changed | follows
    return trigger.since_last_handled()


def _inputs_there(reads: _Reads, anchor: dg.AssetKey) -> Condition:
    """Ask for every input that the build can't do without; earlier months and optional tables may be missing."""
    spared = (*reads.backward, *reads.optional, *reads.beside)
    there: Condition = ~_ignoring(When.any_deps_missing(), spared)
    for key in reads.backward:
        if key in reads.needed:
            # its dependency covers two months, of which one is enough: the own one is seen from the anchor
            there &= When.asset_matches(anchor, When.asset_matches(key, ~When.missing()))
    return there


def _nobody_at_work(reads: _Reads) -> Condition:
    return ~When.in_progress() & ~_ignoring(When.any_deps_in_progress(), reads.beside)


def _unique(keys: Iterable[dg.AssetKey]) -> tuple[dg.AssetKey, ...]:
    return tuple(dict.fromkeys(keys))


def _key(contract: TableContract) -> dg.AssetKey:
    return dg.AssetKey(contract.asset_key)


def _ignoring(condition: Any, keys: Sequence[dg.AssetKey]) -> Condition:
    found: Condition = condition.ignore(dg.AssetSelection.assets(*keys)) if keys else condition
    return found
