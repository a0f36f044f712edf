"""Order lines as whole numbers, ready for any engine: ids as codes stamped with a day, amounts scaled, no texts."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.errors import InputRefusedError, Location
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.exact import Integers, scaled
from work_data_hub.domain.pricing.config import UNKNOWN
from work_data_hub.domain.pricing.features.discounts import discounts
from work_data_hub.domain.pricing.features.windows import STRIDE

Flags = npt.NDArray[np.bool_]
# a Monday; days are counted from it
FIRST_DAY: Final = date(1900, 1, 1)
_EPOCH: Final = date(1970, 1, 1).toordinal() - FIRST_DAY.toordinal()
_LAST: Final = date(2200, 1, 1).toordinal() - FIRST_DAY.toordinal()
_IDS: Final = ("customer_id", "product_id", "product_family")
# values are in ten-thousandths, of millionths that contracts have
_PER_VALUE: Final = 100
VALUE_DIGITS: Final = 4
_LIMIT: Final = float(np.iinfo(np.int64).max)


@dataclass(frozen=True, slots=True)
class Numbers:
    """New lines and past ones in whole numbers, by the same codes."""

    lines: pd.DataFrame
    past: pd.DataFrame


def whole_numbers(lines: pd.DataFrame, past: pd.DataFrame) -> Numbers:
    """Give both in whole numbers; `row` is the place of a new line among them."""
    sizes, codes = _codes(lines, past)
    customers, products, families = (codes[name] for name in _IDS)
    keys = {
        "customer": customers,
        "product": products,
        "pair": customers * sizes["product_id"] + products,
        "family": families,
    }
    new = {
        "row": np.arange(len(lines)),
        **_stamped(keys, 0, lines),
        "order": _order_codes(lines) * STRIDE + day_numbers(lines),
        "value": values(lines),
        **_amounts(lines),
    }
    return Numbers(_frame(new), _frame(_stamped(keys, len(lines), past) | _amounts(past)))


def _frame(columns: dict[str, Integers]) -> pd.DataFrame:
    """Give a frame in the order of pairs: rows of a key that lie together are grouped in half the time."""
    order = np.argsort(columns["pair"], kind="stable")
    return pd.DataFrame({name: pd.array(numbers[order], dtype="Int64") for name, numbers in columns.items()})


def day_numbers(lines: pd.DataFrame) -> Integers:
    """Give the order's days as numbers; days that the stamped keys can't hold are refused."""
    days = _known(lines, "order_date").cast(pa.date32()).view(pa.int32()).to_numpy() + np.int64(_EPOCH)
    wrong = np.flatnonzero((days < 0) | (days >= _LAST))
    if len(wrong):
        value = str(arrow(lines, "order_date")[int(wrong[0])])
        raise InputRefusedError(
            "an order date is out of range",
            where=Location(column="order_date", value=value),
            expected="a day from 1900 to 2199",
            fix="correct the date in its source",
        )
    found: Integers = days
    return found


def values(lines: pd.DataFrame) -> Integers:
    """Give list values in ten-thousandths, rounded half up; nothing there is zero."""
    millionths = scaled(arrow(lines, "list_value"))
    return (millionths + _PER_VALUE // 2) // _PER_VALUE


def usable(lines: pd.DataFrame) -> Flags:
    """Say which lines count in past discounts: sold ones with a discount, and of these what the lines call usable."""
    counts = pc.and_(pc.equal(arrow(lines, "line_kind"), "order"), pc.is_valid(discounts(lines)))
    told = arrow(lines, "usable") if "usable" in lines.columns else pc.is_valid(arrow(lines, "list_value"))
    return np.asarray(pc.and_(counts, told).fill_null(False), np.bool_)


def _amounts(lines: pd.DataFrame) -> dict[str, Integers]:
    used = usable(lines).astype(np.int64)
    value, price = values(lines), scaled(arrow(lines, "list_price"))
    for name, amounts in (("list_value", value), ("list_price", price)):
        _small_enough(name, amounts)
    return {
        "used": used,
        "discount": scaled(discounts(lines)) * used,
        "used_value": value * used,
        "used_price": price * used,
    }


def _small_enough(name: str, amounts: Integers) -> None:
    if np.abs(amounts, dtype=np.float64).sum() >= _LIMIT:
        raise InputRefusedError(
            f"the sum of {name} is too large for exact sums",
            where=Location(column=name),
            fix="correct the amounts in their source",
        )


def _codes(lines: pd.DataFrame, past: pd.DataFrame) -> tuple[dict[str, int], dict[str, Integers]]:
    sizes, codes = {}, {}
    for name in _IDS:
        found = [_texts(frame, name) for frame in (lines, past)]
        encoded = pa.concat_arrays(found).dictionary_encode()
        sizes[name], codes[name] = len(encoded.dictionary), encoded.indices.to_numpy().astype(np.int64)
    return sizes, codes


def _texts(lines: pd.DataFrame, name: str) -> pa.Array:
    if name == "product_family":
        return arrow(lines, name).cast(pa.string()).fill_null(UNKNOWN)
    return _known(lines, name).cast(pa.string())


def _order_codes(lines: pd.DataFrame) -> Integers:
    orders = _known(lines, "order_id").dictionary_encode().indices.to_numpy().astype(np.int64)
    quotes = np.asarray(pc.equal(_known(lines, "line_kind"), "quote"))
    coded: Integers = orders * 2 + quotes
    return coded


def _known(lines: pd.DataFrame, name: str) -> pa.Array:
    found = arrow(lines, name)
    if found.null_count:
        raise InputRefusedError(
            f"{found.null_count} lines have no {name}",
            where=Location(column=name),
            expected="a value on every line",
            fix="complete the column in its source",
        )
    return found


def _stamped(keys: dict[str, Integers], start: int, lines: pd.DataFrame) -> dict[str, Integers]:
    days = day_numbers(lines)
    return {name: codes[start : start + len(lines)] * STRIDE + days for name, codes in keys.items()}
