"""The cleaned rows of a sheet: the pipeline's result, with every row and every yuan accounted for."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import pandas as pd

from work_data_hub.domain.annuity.config import AnnuityConfig
from work_data_hub.domain.annuity.contracts import COMPANY_INDEX
from work_data_hub.domain.annuity.quality import company_layers, defaulted_branches, id_origins, null_ratios
from work_data_hub.domain.annuity.steps import AMOUNT_RULE, SheetRules, company_resolver, detail_pipeline
from work_data_hub.domain.kernel.build import BuildContext, InputRef
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.outcome import Comparison, Counts, Outcome
from work_data_hub.domain.pipelines.amounts import Amounts, differing
from work_data_hub.domain.pipelines.core import PipelineResult

_SHEET_ORDER: Final = ["file_id", "sheet", "row_number"]
LEARNT: Final = InputRef(COMPANY_INDEX, history=True)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a sheet's own rules say about its cleaned rows."""

    comparisons: tuple[Comparison, ...] = ()
    metrics: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def nothing_to_add(_data: pd.DataFrame, _accepted: pd.DataFrame) -> Judged:
    """Judge nothing beyond what every sheet is judged for."""
    return Judged()


@dataclass(frozen=True, slots=True)
class Detail:
    """A sheet's cleaned rows: from which bronze table, by which rules, judged how."""

    rows: TableContract
    contract: TableContract
    rules: SheetRules
    judge: Callable[[pd.DataFrame, pd.DataFrame], Judged] = nothing_to_add

    @property
    def inputs(self) -> tuple[InputRef, ...]:
        """Give what the build reads: the sheet's rows, and the company ids that earlier months taught."""
        return (InputRef(self.rows), LEARNT)

    def make(self, context: BuildContext) -> Outcome:
        """Clean the month's sheet rows; totals rows are skipped and used to check the sums."""
        config: AnnuityConfig = context.config
        rows = context.frame(self.rows.name)[list(self.rows.identity_columns)]
        rows = rows.sort_values(_SHEET_ORDER, ignore_index=True)
        data = rows[rows["row_kind"] == "data"]
        resolver = company_resolver(config, context.frames.get(LEARNT.name))
        result = detail_pipeline(self.rules, config, context.period, resolver).run(
            data, execution_id=context.execution_id, emit=context.emit
        )
        return self._outcome(config, rows, data, result)

    def _outcome(
        self, config: AnnuityConfig, rows: pd.DataFrame, data: pd.DataFrame, result: PipelineResult
    ) -> Outcome:
        accepted = result.output_data[list(self.contract.identity_columns)]
        amounts = Amounts.of(rows, self.rules.amount_sources, AMOUNT_RULE)
        stated, judged = amounts.workbook_totals(), self.judge(data, accepted)
        metrics = {**_metrics(config, accepted, result), **judged.metrics}
        return Outcome(
            accepted.reset_index(drop=True),
            Counts(
                read=len(rows),
                published=len(accepted),
                rejected=result.rejected_rows,
                skipped=len(rows) - len(data),
                discarded_values=int(metrics.get("source_company_id.unreadable", 0)),
            ),
            result.rejections,
            amounts.control_totals(accepted),
            (*stated, *judged.comparisons),
            (*result.warnings, *_stated_warnings(stated), *judged.warnings),
            {"metrics": metrics, "steps": result.metrics.table},
        )


def _metrics(config: AnnuityConfig, accepted: pd.DataFrame, result: PipelineResult) -> dict[str, float]:
    return {
        **{f"rejected.{rule}": n for rule, n in Counter(r.rule for r in result.rejections).items()},
        **id_origins(accepted),
        **company_layers(result.output_data),
        **null_ratios(accepted),
        "branch.defaulted_rows": defaulted_branches(accepted, config.mappings),
    }


def _stated_warnings(stated: tuple[Comparison, ...]) -> Iterator[str]:
    if wrong := differing(stated):
        first = wrong[0]
        yield (
            f"{len(wrong)} of {len(stated)} figures in the sheet's totals rows differ from the sum of "
            f"its rows; first {first.subject}: {first.expected} there, {first.actual} added up"
        )
