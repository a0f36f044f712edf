"""The order features of a month, and of any lines: what a learner may see of a line, as of its day."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.build import BuildContext, InputRef
from work_data_hub.domain.kernel.contract import Role
from work_data_hub.domain.kernel.frame_adapter import FrameEngine, PandasFrameAdapter
from work_data_hub.domain.kernel.frames import to_pandas
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.exact import scaled
from work_data_hub.domain.pricing.config import UNKNOWN, BuConfig, TrailingSpend
from work_data_hub.domain.pricing.contracts.feature import ORDER_FEATURES
from work_data_hub.domain.pricing.contracts.shapes import QUANTITY
from work_data_hub.domain.pricing.contracts.silver import ORDER_LINE
from work_data_hub.domain.pricing.features.bands import quantity_bands, spend_tiers
from work_data_hub.domain.pricing.features.calendar import iso_weeks, months
from work_data_hub.domain.pricing.features.discounts import discounts
from work_data_hub.domain.pricing.features.figures import Measures, numeric_features
from work_data_hub.domain.pricing.features.numbers import VALUE_DIGITS, day_numbers, usable, whole_numbers
from work_data_hub.domain.pricing.features.orders import OrdersFeaturePipeline
from work_data_hub.domain.pricing.features.required import (
    REQUIRED_SCORING,
    REQUIRED_TRAINING,
    check_scoring,
    check_training,
)

_SCHEMA: Final = pa.schema(
    [
        field
        for field in ORDER_FEATURES.arrow_schema
        if ORDER_FEATURES.column(field.name).role is not Role.STAMP
    ]
)
_TEXTS: Final = ("line_kind", "order_id", "order_line_id", "customer_id", "product_id", "country")
_SEGMENTS: Final = ("region", "product_family", "customer_tier")
_OUTCOME: Final = ("discount_pct", "usable")
_HISTORY: Final = InputRef(ORDER_LINE, history=True, columns=(*REQUIRED_TRAINING, *_OUTCOME))
ORDER_FEATURES_INPUTS: Final = (
    InputRef(ORDER_LINE, columns=(*REQUIRED_SCORING, *_SEGMENTS, "unit_cost", *_OUTCOME)),
    _HISTORY,
)


def make_order_features(context: BuildContext) -> Outcome:
    """Make the features of a month's lines; the past is what other months and earlier days of this one tell."""
    lines = context.frame(ORDER_LINE.name)
    config = context.config.unit(context.member)
    rows = order_features(lines, context.frames.get(_HISTORY.name), config, context.engine)
    published = len(rows)
    metrics = {
        "orders": int((rows["line_kind"] == "order").sum()),
        "quotes": int((rows["line_kind"] == "quote").sum()),
        "usable": int(rows["usable"].sum()),
        "without_price_or_quantity": len(lines) - published,
    }
    counts = Counts(read=len(lines), published=published, skipped=len(lines) - published)
    return Outcome(rows, counts, facts={"metrics": metrics})


def order_features(
    lines: pd.DataFrame,
    past: pd.DataFrame | None,
    config: BuConfig,
    engine: FrameEngine = PandasFrameAdapter.from_pandas,
) -> pd.DataFrame:
    """Give the features of orders and quotes that have a list price and a positive quantity.

    Both frames have the columns and types of order lines; a sell price of the lines themselves is not needed.
    """
    check_scoring(lines.columns, config)
    past = lines.iloc[:0] if past is None else past
    if len(past):
        check_training(past.columns)
    fit = lines[_fit(lines)].reset_index(drop=True)
    if fit.empty:
        return to_pandas(_SCHEMA.empty_table())
    numbers = whole_numbers(fit, past)
    pipeline = OrdersFeaturePipeline(config)
    if len(past):
        pipeline = pipeline.fit(engine(numbers.past))
    measures = Measures(pipeline.transform(engine(numbers.lines)).to_pandas())
    columns = _line_columns(fit, config) | _tier(fit, measures, config) | numeric_features(fit, measures)
    return to_pandas(pa.Table.from_arrays([columns[name] for name in _SCHEMA.names], schema=_SCHEMA))


def _fit(lines: pd.DataFrame) -> npt.NDArray[np.bool_]:
    price, quantity = scaled(arrow(lines, "list_price")), scaled(arrow(lines, "quantity"))
    return (price > 0) & (quantity > 0)


def _line_columns(lines: pd.DataFrame, config: BuConfig) -> dict[str, pa.Array]:
    rows, days = len(lines), day_numbers(lines)
    taken = ("order_date", "list_price", "quantity", "list_value", "negotiated")
    month = months(days)
    return {
        **{name: arrow(lines, name) for name in (*_TEXTS, *taken)},
        **{name: arrow(lines, name).fill_null(UNKNOWN) for name in ("product_family", "region")},
        "bu_id": pa.repeat(config.bu_id, rows),
        "period": month,
        "order_month": month,
        "order_week": iso_weeks(days),
        "qty_band": quantity_bands(
            scaled(arrow(lines, "quantity")), QUANTITY.scale, config.segments.qty_band
        ),
        **_outcome(lines),
    }


def _outcome(lines: pd.DataFrame) -> dict[str, pa.Array]:
    """Give what is known only after the sale, for those who train; and the cost, where it is told."""
    used, cost = pa.array(usable(lines)), ORDER_FEATURES.column("unit_cost").dtype
    told = discounts(lines)
    return {
        "unit_cost": arrow(lines, "unit_cost")
        if "unit_cost" in lines.columns
        else pa.nulls(len(lines), cost),
        "usable": used,
        "discount_pct": pc.if_else(used, told, pa.scalar(None, told.type)),
    }


def _tier(lines: pd.DataFrame, measures: Measures, config: BuConfig) -> dict[str, pa.Array]:
    rule = config.segments.customer_tier
    if isinstance(rule, TrailingSpend):
        return {"customer_tier": spend_tiers(measures["spend_used_value"], VALUE_DIGITS, rule)}
    return {"customer_tier": arrow(lines, "customer_tier").fill_null(UNKNOWN)}
