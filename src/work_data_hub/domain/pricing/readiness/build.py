"""The readiness report of a business unit: figures of its order lines, and the scenario that follows from them."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from work_data_hub.domain.kernel.build import BuildContext, InputRef
from work_data_hub.domain.kernel.contract import Role
from work_data_hub.domain.kernel.frames import to_pandas
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.pipelines.exact import Integers
from work_data_hub.domain.pricing.config import BuConfig, PricingConfig
from work_data_hub.domain.pricing.contracts.gold import SCENARIO_READINESS
from work_data_hub.domain.pricing.contracts.silver import ORDER_LINE
from work_data_hub.domain.pricing.readiness.contracts import CONTRACTS
from work_data_hub.domain.pricing.readiness.scenario import LAPSED_DAYS, Figures, scenario_of

SCENARIO_READINESS_INPUTS: Final = (
    InputRef(
        ORDER_LINE,
        columns=(
            *("line_kind", "order_id", "order_date", "quote_id", "quantity", "unit_cost", "usable"),
            *("product_family", "region", "customer_tier"),
        ),
    ),
)
# families with fewer orders say nothing about where orders are mapped
_LEAST_ORDERS: Final = 30


class Finding(NamedTuple):
    """One figure with its unit and its meaning."""

    name: str
    measured: float | None
    unit: str
    meaning: str


def make_scenario_readiness(context: BuildContext) -> Outcome:
    """Measure what a business unit's lines allow; the report is the same whatever the order of the rows."""
    config: PricingConfig = context.config
    unit = config.unit(context.member)
    lines = context.frame(ORDER_LINE.name)
    figures = _figures(lines)
    scenario = scenario_of(figures)
    findings = [*_size(lines), *_mapping(figures), *_quality(unit, lines), _verdict(scenario)]
    frame = _frame(unit, findings, scenario)
    metrics = {found.name: found.measured for found in findings if found.measured is not None}
    counts = Counts(read=len(lines), published=len(frame))
    return Outcome(frame, counts, facts={"scenario": scenario, "metrics": metrics})


def _figures(lines: pd.DataFrame) -> Figures:
    orders = _orders(lines)
    mapped = orders["quote_id"].notna()
    families = mapped.groupby(orders["product_family"]).agg(["mean", "size"])
    shares = families.loc[families["size"] >= _LEAST_ORDERS, "mean"].astype(float)
    overall = float(mapped.mean()) if len(mapped) else 0.0
    won, lost = _outcomes(lines, set(orders["quote_id"].dropna()))
    return Figures(
        overall,
        float(shares.min()) if len(shares) else overall,
        float(shares.max()) if len(shares) else overall,
        won,
        lost,
    )


def _orders(lines: pd.DataFrame) -> pd.DataFrame:
    """Give one row per order: its quote where one of its lines names one, and the family that comes first in order."""
    sold = lines[lines["line_kind"] == "order"]
    return sold.groupby("order_id", sort=True).agg({"quote_id": "min", "product_family": "min"})


def _outcomes(lines: pd.DataFrame, named: set[str]) -> tuple[int, int]:
    """Count the quotes that an order names, and those that none names though they are old."""
    sold = lines.loc[lines["line_kind"] == "order", "order_date"]
    quotes = lines[lines["line_kind"] == "quote"].groupby("order_id")["order_date"].min()
    won = quotes.index.isin(named)
    if not len(sold):
        return int(won.sum()), 0
    lapsed = quotes < sold.max() - timedelta(days=LAPSED_DAYS)
    return int(won.sum()), int((~won & np.asarray(lapsed, bool)).sum())


def _size(lines: pd.DataFrame) -> Iterator[Finding]:
    sold = lines[lines["line_kind"] == "order"]
    quotes = lines[lines["line_kind"] == "quote"]
    yield Finding("order_lines", len(sold), "lines", "order lines, usable or not")
    yield Finding("usable_lines", int(sold["usable"].sum()), "lines", "lines that a model may learn from")
    yield Finding("orders", sold["order_id"].nunique(), "orders", "orders, which are all wins")
    yield Finding("quotes", quotes["order_id"].nunique(), "quotes", "open quotes that were delivered")
    months = _months(sold["order_date"].min(), sold["order_date"].max()) if len(sold) else 0
    yield Finding("history_months", months, "months", "months from the first order to the last")


def _months(first: date, last: date) -> int:
    return sum(1 for _ in Period.of(first).until(Period.of(last)))


def _mapping(figures: Figures) -> Iterator[Finding]:
    yield Finding(
        "mapped_orders", figures.mapped, "share of orders", "orders that name the quote they came from"
    )
    yield Finding(
        "mapped_lowest", figures.lowest_mapped, "share of orders", "the same in the family where it is lowest"
    )
    yield Finding(
        "mapped_highest",
        figures.highest_mapped,
        "share of orders",
        "the same in the family where it is highest",
    )
    yield Finding("quotes_won", figures.won, "quotes", "quotes that an order names")
    yield Finding(
        "quotes_lost",
        figures.lost,
        "quotes",
        f"quotes that no order names, more than {LAPSED_DAYS} days before the last order",
    )
    share = figures.lost / figures.decided if figures.decided else None
    yield Finding("loss_share", share, "share of decided quotes", "quotes lost among those with an outcome")


def _quality(unit: BuConfig, lines: pd.DataFrame) -> Iterator[Finding]:
    usable = lines[lines["usable"].astype(bool)]
    sizes = _segment_sizes(unit, usable)
    least = unit.guardrails.min_lines
    thin = float((sizes < least).mean()) if len(sizes) else None
    yield Finding(
        "thin_lines",
        thin,
        "share of usable lines",
        f"lines in segments of fewer than {least} lines; a tier that a rule gives is left out",
    )
    cost = float(usable["unit_cost"].notna().mean()) if len(usable) else None
    yield Finding(
        "cost_lines", cost, "share of usable lines", "lines with a cost, on which a margin floor can stand"
    )


def _segment_sizes(unit: BuConfig, usable: pd.DataFrame) -> Integers:
    """Give for each line how many lines its segment has."""
    floors = [float(floor) for floor in unit.segments.qty_band.floors]
    keys = usable[["product_family", "region", "customer_tier"]].fillna("")
    keys = keys.assign(band=np.searchsorted(floors, usable["quantity"].astype(float), side="right"))
    codes = keys.groupby(list(keys.columns), sort=False).ngroup().to_numpy(np.int64)
    sizes: Integers = np.bincount(codes, minlength=1)[codes].astype(np.int64)
    return sizes


def _verdict(scenario: str) -> Finding:
    contract = CONTRACTS[scenario]
    built = "" if contract.built else f" What is run is scenario A; {scenario} is not built."
    told = f"{scenario}: {contract.data}. It allows {contract.allows}.{built}"
    return Finding("scenario", None, "scenario", told)


def _frame(unit: BuConfig, findings: list[Finding], scenario: str) -> pd.DataFrame:
    columns: Mapping[str, list[object]] = {
        "bu_id": [unit.bu_id] * len(findings),
        "finding": [found.name for found in findings],
        "measured": [found.measured for found in findings],
        "unit": [found.unit for found in findings],
        "meaning": [found.meaning for found in findings],
        "scenario": [scenario] * len(findings),
    }
    fields = [
        f for f in SCENARIO_READINESS.arrow_schema if SCENARIO_READINESS.column(f.name).role is not Role.STAMP
    ]
    return to_pandas(pa.table([pa.array(columns[f.name], f.type) for f in fields], schema=pa.schema(fields)))
