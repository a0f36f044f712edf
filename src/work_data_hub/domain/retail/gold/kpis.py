"""Each KPI of a month as the raw lines would give it and as the orders give it, and why they differ."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import pandas as pd
import pyarrow as pa

from work_data_hub.domain.kernel.build import BuildContext, InputRef
from work_data_hub.domain.kernel.outcome import Comparison, Counts, Outcome
from work_data_hub.domain.pipelines.amounts import arrow, total
from work_data_hub.domain.retail.config import EURO, RetailConfig
from work_data_hub.domain.retail.contracts.gold import KPI_RAW_VS_SILVER, ORDER_FACT
from work_data_hub.domain.retail.contracts.shapes import KPI
from work_data_hub.domain.retail.contracts.silver import SALES_LINE
from work_data_hub.domain.retail.frames.outcomes import rows_of
from work_data_hub.domain.retail.gold.kpi_figures import (
    NO_ORDERS,
    OrderFigures,
    RawFigures,
    local,
    order_figures,
)
from work_data_hub.domain.retail.gold.kpi_reasons import Story, customers_reason, orders_reason
from work_data_hub.domain.retail.gold.order_rows import ORDER_COLUMNS, OrderRows
from work_data_hub.domain.retail.gold.raw_fates import FATES, KEPT, PLACE
from work_data_hub.domain.retail.gold.raw_lines import RAW_INPUTS, RawLines, raw_brands
from work_data_hub.domain.retail.rules.methods import methods_record

KPI_RAW_VS_SILVER_INPUTS: Final = (
    *RAW_INPUTS,
    InputRef(
        SALES_LINE, columns=(*PLACE, "source_system", "line_type", "item_kind", "quantity", "amount_local")
    ),
    InputRef(ORDER_FACT, columns=ORDER_COLUMNS),
)


@dataclass(frozen=True, slots=True)
class _Brand:
    """A brand's month: its raw lines, its sales lines, the figures of both."""

    system: str
    raw: RawLines
    before: RawFigures
    after: OrderFigures
    sales: pd.DataFrame
    story: Story
    margin: str


@dataclass(frozen=True, slots=True)
class _Kpi:
    name: str
    unit: str
    raw: Decimal | int | None
    silver: Decimal | int | None
    reason: str


def make_kpi_raw_vs_silver(context: BuildContext) -> Outcome:
    """Make a row of every brand and KPI of the month; kept raw amounts must tie with the sales lines'."""
    config: RetailConfig = context.config
    orders = context.frame(ORDER_FACT.name)
    rows = None if orders.empty else OrderRows.of(orders)
    brands = _brands(context, rows)
    kpis = [(brand.system, kpi) for brand in brands for kpi in _kpis(brand)]
    columns = {
        "period": pa.repeat(pa.scalar(context.period.start), len(kpis)),
        "source_system": pa.array([system for system, _ in kpis], pa.string()),
        "kpi": pa.array([kpi.name for _, kpi in kpis], pa.string()),
        "unit": pa.array([kpi.unit for _, kpi in kpis], pa.string()),
        **_figures([kpi for _, kpi in kpis]),
        "reason": pa.array([kpi.reason for _, kpi in kpis], pa.string()),
    }
    frame = rows_of(KPI_RAW_VS_SILVER, columns)
    return Outcome(
        frame,
        Counts(sum(brand.before.lines for brand in brands), len(frame)),
        comparisons=tuple(_comparison(brand) for brand in brands),
        facts={
            "metrics": {key: count for brand in brands for key, count in _fates(brand)},
            "methods": rows.methods(config) if rows else methods_record(config, {}),
        },
    )


def _brands(context: BuildContext, rows: OrderRows | None) -> list[_Brand]:
    config: RetailConfig = context.config
    figures = order_figures(rows, config) if rows else {}
    margins = rows.margins(config) if rows else {}
    day = config.mappings.valuation.valuation_date
    brands = []
    for brand in raw_brands(context.frames, context.frame(SALES_LINE.name), config.mappings):
        raw, after = RawLines.of(brand), figures.get(brand.system, NO_ORDERS)
        currency = config.mappings.brands[brand.system].currency
        story = Story.of(raw, brand.sales, currency, after.rate, day)
        said = margins.get(brand.system, "no orders")
        brands.append(_Brand(brand.system, raw, RawFigures.of(raw), after, brand.sales, story, said))
    return brands


def _kpis(brand: _Brand) -> Iterator[_Kpi]:
    raw, silver, story = brand.before, brand.after, brand.story
    yield _Kpi("lines", "lines", raw.lines, len(brand.sales), story.lines())
    yield _Kpi("orders", "orders", raw.orders, silver.orders, orders_reason(raw, silver))
    yield _Kpi("customers", "customers", raw.customers, silver.customers, customers_reason(raw, silver))
    yield _Kpi("units", "units", raw.units, silver.units, story.units())
    apart = "raw: every negative quantity; silver: cancelled products alone"
    yield _Kpi("return_units", "units", raw.return_units, silver.return_units, apart)
    yield from _money_kpis(brand)
    rates = (
        "raw: all negative quantities by all positive ones; silver: cancelled products by units of sale lines"
    )
    yield _Kpi("return_rate", "share", raw.return_rate, silver.return_rate, rates)


def _money_kpis(brand: _Brand) -> Iterator[_Kpi]:
    raw, silver, story = brand.before, brand.after, brand.story
    by = story.converted
    mixed = "the raw lines mix sales with returns, fees and adjustments"
    reasons = {
        "gmv": (raw.gmv, silver.euros(silver.paid), story.amounts()),
        "gmv_list": (raw.listed, silver.euros(silver.listed), f"sale lines at list prices; {by}"),
        "gmv_paid": (raw.delivered, silver.euros(silver.paid), f"sale lines as paid; {by}"),
        "returns": (
            raw.returns,
            silver.euros(silver.returns),
            f"raw: every negative quantity; silver: cancelled products alone; {by}",
        ),
        "net_revenue": (None, silver.euros(silver.paid - silver.returns), f"{mixed}; {by}"),
        "fees": (None, silver.euros(silver.fees), f"{mixed}; refunds taken off; {by}"),
        "aov": (
            raw.aov,
            silver.euros(silver.paid, silver.orders),
            f"raw: all amounts by all invoice numbers; silver: GMV paid by orders; {by}",
        ),
        "margin": (None, silver.margin, f"the raw lines hold no margin; {brand.margin}"),
    }
    unit = EURO if story.currency == EURO else f"{EURO}; raw in {story.currency}"
    for name, (before, after, reason) in reasons.items():
        yield _Kpi(name, unit, before, after, reason)


def _figures(kpis: list[_Kpi]) -> dict[str, pa.Array]:
    exact = [(_decimal(kpi.raw), _decimal(kpi.silver)) for kpi in kpis]
    deltas = [None if raw is None or silver is None else silver - raw for raw, silver in exact]
    columns = {"raw": [raw for raw, _ in exact], "silver": [silver for _, silver in exact], "delta": deltas}
    return {name: pa.array(figures, KPI) for name, figures in columns.items()}


def _decimal(figure: Decimal | int | None) -> Decimal | None:
    return None if figure is None else Decimal(figure)


def _comparison(brand: _Brand) -> Comparison:
    """Hold the raw amounts of kept lines, read anew, against the sales lines' own."""
    kept = brand.raw.fate == KEPT
    amounts = brand.raw.amount if brand.raw.delivered is None else brand.raw.delivered
    expected = local(int(amounts[kept].sum()))
    return Comparison(
        "raw_amount_of_sales_lines", brand.system, expected, total(arrow(brand.sales, "amount_local"))
    )


def _fates(brand: _Brand) -> Iterator[tuple[str, int]]:
    for fate, name in FATES.items():
        yield f"{name}_lines.{brand.system}", int((brand.raw.fate == fate).sum())
