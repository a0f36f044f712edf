"""The cleaned scale rows of a month: the pipeline's result, with every row and every yuan accounted for."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

import pandas as pd

from work_data_hub.domain.annuity.config import AnnuityConfig
from work_data_hub.domain.annuity.contracts import SCALE_DETAIL, SCALE_ROWS
from work_data_hub.domain.annuity.quality import (
    defaulted_branches,
    id_origins,
    null_ratios,
    rate_units,
    unreadable_source_ids,
)
from work_data_hub.domain.annuity.reconcile import Amounts, differing, flows_within_rows
from work_data_hub.domain.annuity.steps import scale_pipeline
from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.outcome import Comparison, Counts, Outcome
from work_data_hub.domain.pipelines.core import PipelineResult

_SHEET_ORDER: Final = ["file_id", "sheet", "row_number"]
_OFF_ROWS: Final = "rows_off_by_more_than_a_cent"
_DROPPED_IDS: Final = "source_company_id.unreadable"


def make_scale_detail(context: BuildContext) -> Outcome:
    """Clean the month's sheet rows; totals rows are skipped and used to check the sums."""
    config: AnnuityConfig = context.config
    rows = context.frame("scale_rows")[list(SCALE_ROWS.identity_columns)]
    rows = rows.sort_values(_SHEET_ORDER, ignore_index=True)
    data = rows[rows["row_kind"] == "data"]
    result = scale_pipeline(config, context.period).run(
        data, execution_id=context.execution_id, emit=context.emit
    )
    accepted = result.output_data[list(SCALE_DETAIL.identity_columns)]
    amounts = Amounts.of(rows)
    totals_compared = amounts.workbook_totals()
    identity, off_rows = flows_within_rows(accepted)
    dropped = unreadable_source_ids(data)
    metrics = _metrics(config, data, accepted, result) | {_OFF_ROWS: off_rows, _DROPPED_IDS: dropped}
    return Outcome(
        accepted.reset_index(drop=True),
        Counts(
            read=len(rows),
            published=len(accepted),
            rejected=result.rejected_rows,
            skipped=len(rows) - len(data),
            discarded_values=dropped,
        ),
        result.rejections,
        amounts.control_totals(accepted),
        (*totals_compared, identity),
        (*result.warnings, *_warnings(totals_compared, identity, metrics)),
        {"metrics": metrics, "steps": result.metrics.table},
    )


def _metrics(
    config: AnnuityConfig, data: pd.DataFrame, accepted: pd.DataFrame, result: PipelineResult
) -> dict[str, float]:
    return {
        **{f"rejected.{rule}": n for rule, n in Counter(r.rule for r in result.rejections).items()},
        **id_origins(accepted),
        **null_ratios(accepted),
        "branch.defaulted_rows": defaulted_branches(accepted, config.mappings),
        "period_return.bare_above_one": rate_units(data, accepted).bare_above_one,
    }


def _warnings(
    totals_compared: tuple[Comparison, ...], identity: Comparison, metrics: Mapping[str, float]
) -> Iterator[str]:
    if wrong := differing(totals_compared):
        first = wrong[0]
        yield (
            f"{len(wrong)} of {len(totals_compared)} figures in the sheet's totals rows differ from the sum of "
            f"its rows; first {first.subject}: {first.expected} there, {first.actual} added up"
        )
    if off := int(metrics[_OFF_ROWS]):
        yield (
            f"{off:,} rows where opening + contributions - outflow + result is not closing; "
            f"in all {identity.difference} yuan"
        )
    if above := int(metrics["period_return.bare_above_one"]):
        yield f"{above} returns above 1 without a percent sign: are they percentages?"
    if dropped := int(metrics[_DROPPED_IDS]):
        yield f"{dropped} source company ids can't be read and were left out"
