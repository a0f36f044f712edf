"""The published facts: the cleaned rows as they are; scale is also held against the month before."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, cast

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.annuity.contracts import SCALE_DETAIL, SCALE_FACT
from work_data_hub.domain.annuity.quality import id_origins
from work_data_hub.domain.annuity.rekey import rekeyed, rekeyed_rows
from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.contract import TOTAL, TableContract
from work_data_hub.domain.kernel.outcome import Comparison, Counts, Outcome
from work_data_hub.domain.pipelines.amounts import CENT, ZERO, arrow, passed_on, total

_NAME: Final = "opening_is_previous_closing"
_MOST_PLANS: Final = 50


@dataclass(frozen=True, slots=True)
class Fact:
    """A published fact: the cleaned rows of a sheet as they are, with the company ids that are known now."""

    cleaned: TableContract
    contract: TableContract

    def make(self, context: BuildContext) -> Outcome:
        """Take the cleaned rows over, temporary ids replaced where the company has become known."""
        before = context.frame(self.cleaned.name)
        rows = rekeyed(before, context)
        metrics = {"rows_rekeyed": rekeyed_rows(rows, before), **id_origins(rows)}
        rows = rows[list(self.contract.identity_columns)].reset_index(drop=True)
        return Outcome(
            rows,
            Counts(read=len(rows), published=len(rows)),
            totals=passed_on(before, rows, self.contract.control_totals),
            facts={"metrics": metrics},
        )


def make_scale_fact(context: BuildContext) -> Outcome:
    """Take the cleaned rows over; differences to the month before are warnings."""
    outcome = Fact(SCALE_DETAIL, SCALE_FACT).make(context)
    rows = outcome.accepted
    plans = _plans(rows, previous_month(context, SCALE_DETAIL.name))
    counted = {} if plans is None else {"plans_off": len(_off(plans)), "plans": len(plans)}
    return replace(
        outcome,
        comparisons=tuple(_comparisons(rows, plans)),
        warnings=tuple(_warnings(context, plans)),
        facts={"metrics": {**counted, **cast("dict[str, int]", outcome.facts["metrics"])}},
    )


def previous_month(context: BuildContext, table: str) -> pd.DataFrame | None:
    """Give a table's month before; a month without rows is one that is not loaded."""
    frame = context.frames.get(f"{table}@-1")
    return None if frame is None or frame.empty else frame


def _plans(rows: pd.DataFrame, before: pd.DataFrame | None) -> pa.Table | None:
    """Give opening now and closing then for every plan of the two months, and the difference."""
    if before is None:
        return None
    both = pa.concat_tables([_stated(rows, "opening_aum_yuan", 1), _stated(before, "closing_aum_yuan", 2)])
    plans = both.group_by("plan_code").aggregate(
        [("opening", "sum"), ("closing", "sum"), ("difference", "sum")]
    )
    return plans.rename_columns(["plan_code", "opening", "closing", "difference"]).sort_by("plan_code")


def _stated(rows: pd.DataFrame, column: str, side: int) -> pa.Table:
    values = pc.fill_null(pc.cast(arrow(rows, column), TOTAL), pa.scalar(ZERO, TOTAL))
    nothing = pa.nulls(len(values), TOTAL)
    sides = (values, nothing, values) if side == 1 else (nothing, values, pc.negate(values))
    names = ["plan_code", "opening", "closing", "difference"]
    return pa.table([arrow(rows, "plan_code"), *sides], names=names)


def _off(plans: pa.Table) -> pa.Table:
    """Give the plans that differ by more than a cent, the largest difference first."""
    size = pc.abs(plans["difference"])
    off = plans.append_column("size", size).filter(pc.greater(size, pa.scalar(CENT)))
    return off.sort_by([("size", "descending"), ("plan_code", "ascending")])


def _comparisons(rows: pd.DataFrame, plans: pa.Table | None) -> Iterator[Comparison]:
    opening = total(arrow(rows, "opening_aum_yuan"))
    if plans is None:
        yield Comparison(_NAME, "all plans", None, opening, CENT, "the month before is not loaded")
        return
    off = _off(plans)
    note = f"{len(off)} of {len(plans)} plans differ"
    yield Comparison(_NAME, "all plans", total(plans["closing"]), opening, CENT, note)
    yield Comparison(_NAME, "number of plans that differ", ZERO, Decimal(len(off)), note=note)
    for plan in off.slice(0, _MOST_PLANS).to_pylist():
        code, closing, opening_now = plan["plan_code"], plan["closing"], plan["opening"]
        yield Comparison(
            _NAME, f"plan {code}", closing or ZERO, opening_now or ZERO, CENT, _story(closing, opening_now)
        )


def _story(closing: Decimal | None, opening: Decimal | None) -> str:
    if closing is None:
        return "the plan is new this month"
    return "the plan has no row this month" if opening is None else ""


def _warnings(context: BuildContext, plans: pa.Table | None) -> Iterator[str]:
    off = None if plans is None else _off(plans)
    if plans is None or off is None or not len(off):
        return
    first = off.slice(0, 1).to_pylist()[0]
    yield (
        f"opening assets differ from the closing ones of {context.period.previous()} for {len(off)} of "
        f"{len(plans)} plans; most for {first['plan_code']}: {first['difference']} yuan"
    )
