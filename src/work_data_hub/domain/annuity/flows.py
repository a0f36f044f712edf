"""The monthly mart: assets and flows by branch, product line and plan type, and their change."""

from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.annuity.contracts import AUM_FLOW_MONTHLY
from work_data_hub.domain.annuity.facts import previous_month
from work_data_hub.domain.annuity.reconcile import ZERO, arrow, total
from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.contract import TOTAL
from work_data_hub.domain.kernel.frames import to_pandas
from work_data_hub.domain.kernel.outcome import ControlTotal, Counts, Outcome

SUMS: Final = AUM_FLOW_MONTHLY.control_totals
CHANGES: Final = {
    name: change
    for name in SUMS
    if (change := name.replace("_yuan", "_change_yuan")) in AUM_FLOW_MONTHLY.column_names
}
_GROUP: Final = ("branch_code", "product_line_code", "plan_type")


def make_aum_flow_monthly(context: BuildContext) -> Outcome:
    """Add up the fact by group; a group of last month that is gone stays with zeros, so that changes total."""
    rows, before = context.frame("scale_fact"), previous_month(context, "scale_fact")
    months = [_this_month(rows), *([] if before is None else [_month_before(before)])]
    mart = _finished(_grouped(pa.concat_tables(months)), context, with_changes=before is not None)
    frame = to_pandas(mart)
    totals = tuple(
        ControlTotal(name, read=total(arrow(rows, name)), published=total(mart[name])) for name in SUMS
    )
    facts = {
        "compared_with": None if before is None else str(context.period.previous()),
        "metrics": {
            "groups": len(frame),
            "groups_gone_since_the_month_before": int((frame["detail_rows"] == 0).sum()),
        },
    }
    return Outcome(frame, Counts(read=len(rows), published=len(frame)), totals=totals, facts=facts)


def _this_month(rows: pd.DataFrame) -> pa.Table:
    values = {name: pc.cast(arrow(rows, name), TOTAL) for name in SUMS}
    changes = {change: values[name] for name, change in CHANGES.items()}
    return pa.table(_keys(rows) | {"plan_code": arrow(rows, "plan_code")} | values | changes)


def _month_before(rows: pd.DataFrame) -> pa.Table:
    """Give the other month's rows: they count in no sum, and negatively in every change."""
    nothing = {name: pa.nulls(len(rows), TOTAL) for name in SUMS}
    changes = {change: pc.negate(pc.cast(arrow(rows, name), TOTAL)) for name, change in CHANGES.items()}
    return pa.table(_keys(rows) | {"plan_code": pa.nulls(len(rows), pa.string())} | nothing | changes)


def _keys(rows: pd.DataFrame) -> dict[str, pa.Array]:
    return {name: arrow(rows, name) for name in _GROUP}


def _grouped(rows: pa.Table) -> pa.Table:
    amounts = [*SUMS, *CHANGES.values()]
    # a plan code is never null in the fact, so counting it counts this month's rows
    made = rows.group_by(list(_GROUP)).aggregate(
        [("plan_code", "count"), ("plan_code", "count_distinct"), *((name, "sum") for name in amounts)]
    )
    made = made.rename_columns([*_GROUP, "detail_rows", "plan_count", *amounts])
    return made.sort_by([(name, "ascending") for name in _GROUP])


def _finished(groups: pa.Table, context: BuildContext, *, with_changes: bool) -> pa.Table:
    columns = {name: groups[name] for name in groups.column_names}
    for name in (*SUMS, *CHANGES.values()):
        columns[name] = pc.fill_null(columns[name], pa.scalar(ZERO, TOTAL))
    if not with_changes:
        columns |= {change: pa.nulls(len(groups), TOTAL) for change in CHANGES.values()}
    columns["period"] = pa.repeat(pa.scalar(context.period.start), len(groups))
    fields = [field for field in AUM_FLOW_MONTHLY.arrow_schema if field.name in columns]
    return pa.table([columns[field.name] for field in fields], schema=pa.schema(fields))
