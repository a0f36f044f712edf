"""Monthly marts: the amounts of a fact by branch, product line and plan type, and their change."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.annuity.columns import change_name
from work_data_hub.domain.annuity.contracts.shapes import MART_KEY
from work_data_hub.domain.annuity.facts import previous_month
from work_data_hub.domain.kernel.build import BuildContext, InputRef
from work_data_hub.domain.kernel.contract import TOTAL, TableContract
from work_data_hub.domain.kernel.frames import to_pandas
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.pipelines.amounts import ZERO, arrow, passed_on

_GROUP: Final = MART_KEY


@dataclass(frozen=True)
class MonthlyMart:
    """A mart over a fact: its control totals are summed, and compared with the month before."""

    fact: TableContract
    contract: TableContract

    @property
    def inputs(self) -> tuple[InputRef, ...]:
        """Give what the build reads: the fact's month and the one before."""
        return (InputRef(self.fact), InputRef(self.fact, month_offset=-1, optional=True))

    @cached_property
    def sums(self) -> tuple[str, ...]:
        """Names of the summed amounts."""
        return self.contract.control_totals

    @cached_property
    def changes(self) -> Mapping[str, str]:
        """Name of the change column by amount."""
        names = {name: change_name(name) for name in self.sums}
        return {name: change for name, change in names.items() if change in self.contract.column_names}

    def make(self, context: BuildContext) -> Outcome:
        """Add up the fact by group; a group of last month that is gone stays with zeros, so that changes total."""
        rows, before = context.frame(self.fact.name), previous_month(context, self.fact.name)
        months = [self._this_month(rows), *([] if before is None else [self._month_before(before)])]
        groups = self._grouped(pa.concat_tables(months))
        mart = self._finished(groups, context, with_changes=before is not None)
        frame = to_pandas(mart)
        facts = {
            "compared_with": None if before is None else str(context.period.previous()),
            "metrics": {
                "groups": len(frame),
                "groups_gone_since_the_month_before": int((frame["detail_rows"] == 0).sum()),
            },
        }
        counts = Counts(read=len(rows), published=len(frame))
        return Outcome(frame, counts, totals=passed_on(rows, frame, self.sums), facts=facts)

    def _this_month(self, rows: pd.DataFrame) -> pa.Table:
        values = {name: pc.cast(arrow(rows, name), TOTAL) for name in self.sums}
        changes = {change: values[name] for name, change in self.changes.items()}
        return pa.table(_keys(rows) | {"plan_code": arrow(rows, "plan_code")} | values | changes)

    def _month_before(self, rows: pd.DataFrame) -> pa.Table:
        """Give the other month's rows: they count in no sum, and negatively in every change."""
        nothing = {name: pa.nulls(len(rows), TOTAL) for name in self.sums}
        changes = {
            change: pc.negate(pc.cast(arrow(rows, name), TOTAL)) for name, change in self.changes.items()
        }
        return pa.table(_keys(rows) | {"plan_code": pa.nulls(len(rows), pa.string())} | nothing | changes)

    def _grouped(self, rows: pa.Table) -> pa.Table:
        amounts = [*self.sums, *self.changes.values()]
        # a plan code is never null in the fact, so counting it counts this month's rows
        made = rows.group_by(list(_GROUP)).aggregate(
            [("plan_code", "count"), ("plan_code", "count_distinct"), *((name, "sum") for name in amounts)]
        )
        made = made.rename_columns([*_GROUP, "detail_rows", "plan_count", *amounts])
        return made.sort_by([(name, "ascending") for name in _GROUP])

    def _finished(self, groups: pa.Table, context: BuildContext, *, with_changes: bool) -> pa.Table:
        columns = {name: groups[name] for name in groups.column_names}
        for name in (*self.sums, *self.changes.values()):
            columns[name] = pc.fill_null(columns[name], pa.scalar(ZERO, TOTAL))
        if not with_changes:
            columns |= {change: pa.nulls(len(groups), TOTAL) for change in self.changes.values()}
        columns["period"] = pa.repeat(pa.scalar(context.period.start), len(groups))
        fields = [field for field in self.contract.arrow_schema if field.name in columns]
        return pa.table([columns[field.name] for field in fields], schema=pa.schema(fields))


def _keys(rows: pd.DataFrame) -> dict[str, pa.Array]:
    return {name: arrow(rows, name) for name in _GROUP}
