"""Order lines and open quotes of a month in one form, each fit for training or with the reason why not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd
import pyarrow as pa

from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.contract import Role
from work_data_hub.domain.kernel.frames import to_pandas
from work_data_hub.domain.kernel.outcome import ControlTotal, Counts, Outcome
from work_data_hub.domain.pipelines.amounts import ZERO, total
from work_data_hub.domain.pipelines.exact import scaled, total_of
from work_data_hub.domain.pricing.config import BuConfig, HubTable, PricingConfig, TrailingQuantile
from work_data_hub.domain.pricing.contracts.bronze import LOOKUPS, ORDERS, QUOTES
from work_data_hub.domain.pricing.contracts.silver import ORDER_LINE
from work_data_hub.domain.pricing.silver.cells import QUANTITY_DIGITS, RULES, read
from work_data_hub.domain.pricing.silver.filters import large_enough, of_the_unit
from work_data_hub.domain.pricing.silver.inputs import earlier_months
from work_data_hub.domain.pricing.silver.line_columns import line_columns, line_metrics
from work_data_hub.domain.pricing.silver.list_price import DailyPrices
from work_data_hub.domain.pricing.silver.lookups import Lookups
from work_data_hub.domain.pricing.silver.raw_lines import RawLines
from work_data_hub.domain.pricing.silver.typed_lines import QUOTE, TypedLines

Columns = Mapping[str, pa.Array]
_SOLD: Final = ("product_id", "order_date", "sell_price")


@dataclass(frozen=True, slots=True)
class _Part:
    """The lines of one source: what was read, what was skipped, what is published."""

    lines: TypedLines
    columns: Columns
    read: int
    warnings: tuple[str, ...]

    @property
    def skipped(self) -> int:
        return self.read - len(self.lines.raw)


def make_order_line(context: BuildContext) -> Outcome:
    """Type the month's lines of a business unit; rows that are no lines of it are skipped and counted."""
    config: PricingConfig = context.config
    unit = config.unit(context.member)
    lookups = Lookups.of(context.frames.get(LOOKUPS.name))
    parts = tuple(_parts(unit, context, lookups))
    frame = _frame([part.columns for part in parts])
    return Outcome(
        frame,
        Counts(
            read=sum(part.read for part in parts),
            published=len(frame),
            rejected=sum(int(part.lines.rejected.sum()) for part in parts),
            deduplicated=sum(int(part.lines.repeated.sum()) for part in parts),
            skipped=sum(part.skipped for part in parts),
        ),
        tuple(rejection for part in parts for rejection in part.lines.rejections),
        (_quantity_total(parts),),
        warnings=(
            *(told for part in parts for told in part.warnings),
            *lookups.warnings(unit.hops if parts else ()),
        ),
        facts={"metrics": {name: figure for part in parts for name, figure in _metrics(part).items()}},
    )


def orders_name(unit: BuConfig, months_ago: int = 0) -> str:
    """Name the frame that holds the orders of the month, or of one before it."""
    place = unit.data_paths.orders_table
    name = place.table.rpartition(".")[2] if isinstance(place, HubTable) else ORDERS.name
    return f"{name}@-{months_ago}" if months_ago else name


def _parts(unit: BuConfig, context: BuildContext, lookups: Lookups) -> Iterator[_Part]:
    daily = _daily_prices(unit, context, lookups)
    for name, kind in ((orders_name(unit), "order"), (QUOTES.name, QUOTE)):
        frame = context.frames.get(name)
        if frame is None:
            continue
        raw = RawLines.of(unit, frame, kind)
        taken = raw
        if kind != QUOTE:
            taken = taken.where(of_the_unit(unit, taken))
            taken = taken.where(large_enough(unit, taken, lookups))
        lines = TypedLines.of(unit, taken, lookups)
        if daily is not None:
            lines = _with_list_price(unit, lines, daily)
        lines = lines.judged(unit, context.period)
        absent = tuple(f"no {kind} has a cell under {header}" for header in raw.absent(unit))
        yield _Part(lines, line_columns(unit, lines, context.period), len(frame), absent)


def _with_list_price(unit: BuConfig, lines: TypedLines, daily: DailyPrices) -> TypedLines:
    rule = unit.columns.list_price
    if not isinstance(rule, TrailingQuantile):
        return lines
    return lines.with_list_price(daily.before(rule, lines.cells["product_id"], lines.cells["order_date"]))


def _daily_prices(unit: BuConfig, context: BuildContext, lookups: Lookups) -> DailyPrices | None:
    """Give the daily prices of the month and those before it, where the list price is made from them."""
    if not isinstance(unit.columns.list_price, TrailingQuantile):
        return None
    names = [orders_name(unit, ago) for ago in range(earlier_months(unit) + 1)]
    sales = [_sales(unit, context.frames[name], lookups) for name in names if name in context.frames]
    if not sales:
        return None
    columns = [pa.concat_arrays(arrays) for arrays in zip(*sales, strict=True)]
    return DailyPrices.of(
        *(read(cells, RULES[name]).column for cells, name in zip(columns, _SOLD, strict=True))
    )


def _sales(unit: BuConfig, frame: pd.DataFrame, lookups: Lookups) -> tuple[pa.Array, ...]:
    raw = RawLines.in_order(unit, frame)
    kept = pa.array(of_the_unit(unit, raw))
    return tuple(raw.column(unit.sources[name], lookups).filter(kept) for name in _SOLD)


def _frame(parts: Sequence[Columns]) -> pd.DataFrame:
    fields = [
        field for field in ORDER_LINE.arrow_schema if ORDER_LINE.column(field.name).role is not Role.STAMP
    ]
    schema = pa.schema(fields)
    tables = [pa.Table.from_arrays([part[name] for name in schema.names], schema=schema) for part in parts]
    return to_pandas(pa.concat_tables([schema.empty_table(), *tables]).combine_chunks())


def _quantity_total(parts: Sequence[_Part]) -> ControlTotal:
    read_quantities = [scaled(part.lines.cells["quantity"]) for part in parts]
    pairs = list(zip(parts, read_quantities, strict=True))
    return ControlTotal(
        "quantity",
        read=sum((total_of(found, QUANTITY_DIGITS) for found in read_quantities), ZERO),
        published=sum((total(part.columns["quantity"]) for part in parts), ZERO),
        rejected=sum((total_of(found[part.lines.rejected], QUANTITY_DIGITS) for part, found in pairs), ZERO),
        deduplicated=sum(
            (total_of(found[part.lines.repeated], QUANTITY_DIGITS) for part, found in pairs), ZERO
        ),
        unreadable_cells=sum(len(part.lines.failures["quantity"]) for part in parts),
    )


def _metrics(part: _Part) -> Mapping[str, float]:
    return {f"{part.lines.raw.kind}.skipped": part.skipped, **line_metrics(part.lines, part.columns)}
