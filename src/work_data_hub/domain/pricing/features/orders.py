"""The order feature pipeline: exact measures of each line as of its day, the same on every engine."""

from dataclasses import dataclass, replace
from typing import Final, Self

import narwhals as nw

from work_data_hub.domain.kernel.frame_adapter import FrameAdapter
from work_data_hub.domain.pricing.config import BuConfig, TrailingSpend
from work_data_hub.domain.pricing.features.windows import STRIDE, USED, Window, daily, measured

CUSTOMER: Final = Window("customer", "customer", ("discount", "used_value"), last_day="day")
PRODUCT: Final = Window("product", "product", ("discount",), ("used_price", USED))
PAIR: Final = Window("pair", "pair", ("discount",), ("discount", USED))
FAMILY: Final = Window("family", "family", ("discount",))
_WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class OrdersFeaturePipeline:
    """Measures of order and quote lines; frames are those of `numbers.whole_numbers`."""

    config: BuConfig
    past: FrameAdapter | None = None

    def fit(self, frame: FrameAdapter) -> Self:
        """Give a pipeline that knows these past lines; what is not usable does not count."""
        return replace(self, past=frame.filter(nw.col(USED) == 1))

    def transform(self, frame: FrameAdapter) -> FrameAdapter:
        """Give the measures of lines from earlier days and from each line's own order, by `row`."""
        pieces = {
            CUSTOMER.key: self._customer(frame),
            **{window.key: self._measured(frame, window) for window in (PRODUCT, PAIR, FAMILY)},
            "order": _order(frame),
        }
        result = frame.select("row", *pieces)
        for key, piece in pieces.items():
            result = result.join(piece, on=[key])
        return result

    def _customer(self, frame: FrameAdapter) -> FrameAdapter:
        days = daily(frame, self.past, CUSTOMER)
        known = measured(days, CUSTOMER).join(_week(days), on=[CUSTOMER.key])
        tier = self.config.segments.customer_tier
        if not isinstance(tier, TrailingSpend):
            return known
        spend = Window("spend", CUSTOMER.key, ("used_value",), days=tier.days)
        return known.join(measured(days, spend), on=[CUSTOMER.key])

    def _measured(self, frame: FrameAdapter, window: Window) -> FrameAdapter:
        return measured(daily(frame, self.past, window), window)


def _order(frame: FrameAdapter) -> FrameAdapter:
    """Count and add up the lines of an order or quote that were entered on one day."""
    return frame.groupby_agg(["order"], order_lines=nw.col("row").count(), order_value=nw.col("value").sum())


def _week(days: FrameAdapter) -> FrameAdapter:
    """Add up a customer's lines on the earlier days of an ISO week; days are counted from a Monday."""
    stamped, own = nw.col("customer"), (USED, "used_value")
    monday = stamped - stamped % STRIDE % _WEEK
    run = nw.col(*own).cum_sum().over("week", order_by="customer").name.suffix("_run")
    return (
        days.with_columns(week=monday)
        .select("customer", "asked", *own, run)
        .filter(nw.col("asked") == 1)
        .select(
            "customer",
            (nw.col("used_run") - nw.col(USED)).alias("week_lines"),
            (nw.col("used_value_run") - nw.col("used_value")).alias("week_value"),
        )
    )
