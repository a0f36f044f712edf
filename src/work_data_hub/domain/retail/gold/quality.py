"""The quality of every day of orders: one row per day, table and check, with its threshold."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

import numpy as np
import pyarrow as pa

from work_data_hub.domain.kernel.build import BuildContext, InputRef
from work_data_hub.domain.kernel.outcome import Comparison, Counts, Outcome
from work_data_hub.domain.retail.config import RetailConfig
from work_data_hub.domain.retail.contracts.gold import ORDERS_DAILY, QUALITY_RESULTS, SALES_DAILY
from work_data_hub.domain.retail.contracts.silver import SALES_LINE
from work_data_hub.domain.retail.frames.outcomes import Values, rows_of
from work_data_hub.domain.retail.frames.shaping import day_number, day_of
from work_data_hub.domain.retail.gold.day_checks import BAND, DayCheck, band_check, gold_checks, line_checks
from work_data_hub.domain.retail.gold.raw_fates import PLACE
from work_data_hub.domain.retail.gold.raw_lines import RAW_INPUTS, raw_brands

_DAILY: Final = ("order_date", "source_system", "region", "gmv_paid_eur")
QUALITY_RESULTS_INPUTS: Final = (
    *RAW_INPUTS,
    InputRef(
        SALES_LINE,
        columns=(
            *PLACE,
            "source_system",
            "order_id",
            "line_number",
            "sku",
            "customer_id",
            "order_date",
            "fx_rate",
        ),
    ),
    InputRef(SALES_DAILY, columns=("order_date", "source_system", "product_sk")),
    InputRef(ORDERS_DAILY, columns=_DAILY),
    InputRef(ORDERS_DAILY, month_offset=-1, optional=True, columns=_DAILY),
)
_NAMED: Final = 5


def make_quality_results(context: BuildContext) -> Outcome:
    """Make a row of every day, table and check of the month; failing days differ and warn, the band never does."""
    checks = tuple(_checks(context))
    rows = rows_of(QUALITY_RESULTS, *(_rows(context, check) for check in checks))
    judged = [check for check in checks if not check.informational]
    return Outcome(
        rows,
        Counts(sum(len(check.days) for check in checks), len(rows)),
        comparisons=tuple(_comparison(check) for check in judged),
        warnings=tuple(_warning(check) for check in judged if check.failing.any()),
        facts={"metrics": _metrics(checks)},
    )


def _checks(context: BuildContext) -> Iterator[DayCheck]:
    config: RetailConfig = context.config
    sales, thresholds = context.frame(SALES_LINE.name), config.mappings.thresholds
    for brand in raw_brands(context.frames, sales, config.mappings):
        yield from line_checks(f"{SALES_LINE.qualified_name}:{brand.system}", brand, thresholds)
    for contract, keys in ((SALES_DAILY, ("product_sk",)), (ORDERS_DAILY, ("region",))):
        yield from gold_checks(contract.qualified_name, context.frame(contract.name), keys)
    before = context.frames.get(f"{ORDERS_DAILY.name}@-1")
    daily = context.frame(ORDERS_DAILY.name)
    yield from band_check(ORDERS_DAILY.qualified_name, daily, before, thresholds)


def _rows(context: BuildContext, check: DayCheck) -> Mapping[str, Values]:
    count = len(check.days)
    return {
        "period": np.full(count, day_number(context.period.start)),
        "checked_day": check.days,
        "table_name": pa.repeat(pa.scalar(check.table), count),
        "check_name": pa.repeat(pa.scalar(check.name), count),
        "value": check.values,
        "threshold": pa.nulls(count, pa.float64())
        if check.threshold is None
        else np.full(count, float(check.threshold)),
        "passed": ~check.failing,
    }


def _comparison(check: DayCheck) -> Comparison:
    failing = [str(day_of(day)) for day in check.days[check.failing][:_NAMED]]
    return Comparison(
        f"days_failing_{check.name}",
        check.table,
        Decimal(0),
        Decimal(int(check.failing.sum())),
        note=f"first days: {', '.join(failing)}" if failing else "",
    )


def _warning(check: DayCheck) -> str:
    failing = check.days[check.failing]
    worst = float(np.abs(check.values[check.failing] - float(check.threshold or 0)).max())
    return (
        f"{check.table} {check.name}: {len(failing)} of {len(check.days)} days fail, from {day_of(failing[0])}; "
        f"furthest from the threshold {check.threshold}: {worst:.4f}"
    )


def _metrics(checks: Sequence[DayCheck]) -> dict[str, int]:
    bands = [check for check in checks if check.name == BAND]
    return {
        "results": sum(len(check.days) for check in checks),
        "failing_results": sum(int(check.failing.sum()) for check in checks if not check.informational),
        "days_out_of_band": sum(int(check.failing.sum()) for check in bands),
        "days_with_a_band": sum(len(check.days) for check in bands),
    }
