"""From exact measures to features: one division and one logarithm, at the end, outside any engine."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.exact import Integers, scaled
from work_data_hub.domain.pricing.features.numbers import VALUE_DIGITS, day_numbers

Floats = npt.NDArray[np.float64]
_MILLION: Final = 10.0**6
_VALUES: Final = 10.0**VALUE_DIGITS


class Measures:
    """What an engine measured, in the order of the lines; what has no past is zero."""

    def __init__(self, frame: pd.DataFrame) -> None:
        """Take the pipeline's answer."""
        self._frame = frame
        self._order = np.argsort(_integers(frame, "row"))

    def __getitem__(self, name: str) -> Integers:
        """Give one measure."""
        return _integers(self._frame, name)[self._order]


def numeric_features(lines: pd.DataFrame, measures: Measures) -> dict[str, pa.Array]:
    """Give the numeric features of lines that have a list price and a quantity."""
    return {**_own(lines, measures), **_customer(lines, measures), **_goods(lines, measures)}


def _own(lines: pd.DataFrame, measures: Measures) -> dict[str, pa.Array]:
    return {
        "log_quantity": _log(_floats(lines, "quantity")),
        "log_list_price": _log(_floats(lines, "list_price")),
        "log_list_value": _log(_floats(lines, "list_value")),
        "order_lines": _count(measures["order_lines"]),
        "log_order_value": _log(measures["order_value"] / _VALUES),
        "cust_week_line_count": _count(measures["week_lines"] + measures["order_lines"]),
        "log_cust_week_value": _log((measures["week_value"] + measures["order_value"]) / _VALUES),
    }


def _customer(lines: pd.DataFrame, measures: Measures) -> dict[str, pa.Array]:
    last = measures["customer_last_day"]
    return {
        "cust_discount_365": _mean(measures, "customer"),
        "cust_lines_365": _count(measures["customer_lines"]),
        "log_cust_value_365": _log(measures["customer_used_value"] / _VALUES),
        "cust_recency_days": _present((day_numbers(lines) - last).astype(np.float64), last > 0),
    }


def _goods(lines: pd.DataFrame, measures: Measures) -> dict[str, pa.Array]:
    last_lines, last_price = measures["product_last_used"], measures["product_last_used_price"]
    # multiplied out, so that an unchanged price is a change of exactly nothing
    change = _over(
        scaled(arrow(lines, "list_price")) * last_lines.astype(np.float64) - last_price, last_price
    )
    pair_last = _over(measures["pair_last_discount"], measures["pair_last_used"]) / _MILLION
    return {
        "prod_discount_365": _mean(measures, "product"),
        "prod_lines_365": _count(measures["product_lines"]),
        "pair_discount_365": _mean(measures, "pair"),
        "pair_lines_365": _count(measures["pair_lines"]),
        "pair_last_discount": _present(pair_last, measures["pair_last_used"] > 0),
        "family_discount_365": _mean(measures, "family"),
        "list_price_change": _present(change, last_price > 0),
    }


def _mean(measures: Measures, name: str) -> pa.Array:
    lines = measures[f"{name}_lines"]
    return _present(_over(measures[f"{name}_discount"], lines) / _MILLION, lines > 0)


def _over(top: npt.NDArray[np.int64] | Floats, bottom: Integers) -> Floats:
    return np.asarray(top / np.where(bottom > 0, bottom, 1), np.float64)


def _log(values: Floats) -> pa.Array:
    there = values > 0
    return _present(np.log(np.where(there, values, 1.0)), there)


def _count(numbers: Integers) -> pa.Array:
    return pa.array(numbers.astype(np.float64))


def _present(values: Floats, there: npt.NDArray[np.bool_]) -> pa.Array:
    return pa.array(values, mask=~there)


def _floats(lines: pd.DataFrame, name: str) -> Floats:
    return np.asarray(arrow(lines, name).cast(pa.float64()).fill_null(0.0))


def _integers(frame: pd.DataFrame, name: str) -> Integers:
    return np.asarray(pc.cast(arrow(frame, name).fill_null(0), pa.int64()))
