"""Features of lines the slow way: every line looks at every other one, with Python's own numbers and calendar."""

import math
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from tests.unit.pricing.features.order_rows import Row

Told = dict[str, Any]
YEAR = timedelta(365)


def is_fit(line: Row) -> bool:
    """Say whether a line has features."""
    return bool(line["list_price"] and line["list_price"] > 0 and line["quantity"] > 0)


def features(lines: Sequence[Row], past: Sequence[Row] = ()) -> list[Told]:
    """Give the features of the fit lines."""
    fit = [line for line in lines if is_fit(line)]
    used = [line for line in (*past, *lines) if line["usable"] and line["line_kind"] == "order"]
    return [_features(line, fit, used) for line in fit]


def _features(line: Row, fit: Sequence[Row], used: Sequence[Row]) -> Told:
    day: date = line["order_date"]
    earlier = [other for other in used if other["order_date"] < day]
    own = [o for o in fit if all(o[k] == line[k] for k in ("line_kind", "order_id", "order_date"))]
    mine = _like(earlier, line, "customer_id")
    week = [o for o in mine if o["order_date"].isocalendar()[:2] == day.isocalendar()[:2]]
    goods = _like(earlier, line, "product_id")
    pair = _like(mine, line, "product_id")
    family = [o for o in earlier if (o["product_family"] or "?") == (line["product_family"] or "?")]
    last_price = _mean(_last(goods), lambda o: o["list_price"])
    return {
        "log_quantity": _log(line["quantity"]),
        "log_list_price": _log(line["list_price"]),
        "log_list_value": _log(line["list_value"]),
        "order_lines": len(own),
        "log_order_value": _log(_value(own)),
        "cust_week_line_count": len(own) + len(week),
        "log_cust_week_value": _log(_value(own) + _value(week)),
        "cust_discount_365": _discount(_year(mine, day)),
        "cust_lines_365": len(_year(mine, day)),
        "log_cust_value_365": _log(_value(_year(mine, day))),
        "cust_recency_days": (day - max(o["order_date"] for o in mine)).days if mine else None,
        "prod_discount_365": _discount(_year(goods, day)),
        "prod_lines_365": len(_year(goods, day)),
        "pair_discount_365": _discount(_year(pair, day)),
        "pair_lines_365": len(_year(pair, day)),
        "pair_last_discount": _discount(_last(pair)),
        "family_discount_365": _discount(_year(family, day)),
        "list_price_change": float(Fraction(line["list_price"]) / last_price - 1) if last_price else None,
    }


def spend(line: Row, lines: Sequence[Row], days: int) -> Decimal:
    """Give what the customer of a line bought in the days before it."""
    day: date = line["order_date"]
    used = [o for o in _like(lines, line, "customer_id") if o["usable"]]
    return _value([o for o in used if day - timedelta(days) <= o["order_date"] < day])


def _like(lines: Sequence[Row], line: Row, key: str) -> list[Row]:
    return [other for other in lines if other[key] == line[key]]


def _year(lines: Sequence[Row], day: date) -> list[Row]:
    return [other for other in lines if day - YEAR <= other["order_date"]]


def _last(lines: Sequence[Row]) -> list[Row]:
    last = max((other["order_date"] for other in lines), default=None)
    return [other for other in lines if other["order_date"] == last]


def _value(lines: Sequence[Row]) -> Decimal:
    places = Decimal("0.0001")
    return sum((o["list_value"].quantize(places, ROUND_HALF_UP) for o in lines), Decimal(0))


def _discount(lines: Sequence[Row]) -> float | None:
    mean = _mean(lines, lambda o: o["discount_pct"])
    return None if mean is None else float(mean)


def _mean(lines: Sequence[Row], read: Callable[[Row], Decimal]) -> Fraction | None:
    return Fraction(sum((read(o) for o in lines), Decimal(0))) / len(lines) if lines else None


def _log(value: Decimal) -> float | None:
    return math.log(value) if value > 0 else None
