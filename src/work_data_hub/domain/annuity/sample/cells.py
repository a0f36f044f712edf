"""Cells of a sample sheet, and the many ways in which people write an amount, a rate or a month."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import numpy as np

from work_data_hub.domain.kernel.period import Period

TICKS_PER_YUAN: Final = 10_000
_RATE_DIGITS: Final = 6
_FULL_WIDTH: Final = str.maketrans("0123456789.-%", "０１２３４５６７８９．－％")
_SERIAL_EPOCH: Final = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class FormulaCell:
    """A formula with the value it had when the workbook was saved."""

    formula: str
    cached: float


@dataclass(frozen=True, slots=True)
class PercentCell:
    """A number shown with a percent sign."""

    fraction: float


Cell = str | float | date | FormulaCell | PercentCell | None
NumberForm = tuple[str, Callable[[int], Cell]]
MonthForm = tuple[str, Callable[[Period], Cell]]


def amount(ticks: int) -> Decimal:
    """Give ten-thousandths of a yuan as exact yuan."""
    return Decimal(ticks).scaleb(-4)


def _plain(ticks: int) -> str:
    return f"{amount(ticks):f}"


def _shifted(ticks: int, places: int) -> str:
    return f"{amount(ticks).scaleb(-places).normalize():f}"


def _noise(ticks: int) -> FormulaCell:
    # as 0.1 + 0.2 gives 0.30000000000000004: the neighbour of the true value, shown right in fifteen digits
    part = ticks // 3
    cached = float(np.nextafter(ticks / TICKS_PER_YUAN, np.inf))
    return FormulaCell(f"={_plain(part)}+{_plain(ticks - part)}", cached)


POSITIVE_FORMS: Final[tuple[NumberForm, ...]] = (
    ("number:text", _plain),
    ("number:thousands", lambda ticks: f"{amount(ticks):,f}"),
    ("number:yuan_sign", lambda ticks: f"¥{amount(ticks):,f}"),
    ("number:wide_yuan_sign", lambda ticks: f"￥{_plain(ticks)}"),
    ("number:spaces", lambda ticks: f" {_plain(ticks)} "),
    ("number:ideographic_space", lambda ticks: f"\u3000{_plain(ticks)}\u3000"),
    ("number:ten_thousands", lambda ticks: f"{_shifted(ticks, 4)}万"),
    ("number:hundred_millions", lambda ticks: f"{_shifted(ticks, 8)}亿"),
    ("number:full_width", lambda ticks: _plain(ticks).translate(_FULL_WIDTH)),
    ("number:float_noise", _noise),
)
NEGATIVE_FORMS: Final[tuple[NumberForm, ...]] = (
    ("number:negative_brackets", lambda ticks: f"({amount(-ticks):,f})"),
    ("number:negative_wide_brackets", lambda ticks: f"（{_plain(-ticks)}）"),
    ("number:trailing_minus", lambda ticks: f"{_plain(-ticks)}-"),
    ("number:negative_text", lambda ticks: f"{amount(ticks):,f}"),
    ("number:float_noise", _noise),
)


def _percent(ticks: int) -> str:
    return f"{Decimal(ticks).scaleb(2 - _RATE_DIGITS).normalize():f}%"


RATE_FORMS: Final[tuple[NumberForm, ...]] = (
    ("rate:percent_text", _percent),
    ("rate:wide_percent_sign", lambda ticks: _percent(ticks).replace("%", "％")),
    ("rate:full_width", lambda ticks: _percent(ticks).translate(_FULL_WIDTH)),
    ("rate:percent_format", lambda ticks: PercentCell(ticks / 10**_RATE_DIGITS)),
    ("rate:text", lambda ticks: f"{Decimal(ticks).scaleb(-_RATE_DIGITS):f}"),
)


def _serial(day: date) -> int:
    return (day - _SERIAL_EPOCH).days


def _yyyymm(period: Period) -> str:
    return f"{period.year}{period.month:02d}"


MONTH_FORMS: Final[tuple[MonthForm, ...]] = (
    ("month:text", _yyyymm),
    ("month:float_text", lambda period: f"{_yyyymm(period)}.0"),
    ("month:compact_day", lambda period: int(f"{_yyyymm(period)}15")),
    ("month:dashes", str),
    ("month:iso_day", lambda period: period.key),
    ("month:slashes", lambda period: f"{period.year}/{period.month:02d}"),
    ("month:chinese", lambda period: f"{period.year}年{period.month:02d}月"),
    ("month:chinese_day", lambda period: f"{period.year}年{period.month}月15日"),
    ("month:two_digit_year", lambda period: f"{period.year % 100}年{period.month:02d}月"),
    ("month:full_width", lambda period: _yyyymm(period).translate(_FULL_WIDTH)),
    ("month:full_width_chinese", lambda period: f"{period.year}年{period.month}月".translate(_FULL_WIDTH)),
    ("month:date_cell", lambda period: period.start),
    ("month:date_cell_last_day", lambda period: period.next().start - timedelta(days=1)),
    ("month:serial", lambda period: _serial(period.start)),
    ("month:serial_text", lambda period: str(_serial(period.start) + 14)),
    ("month:spaces", lambda period: f" {_yyyymm(period)}\u3000"),
)
# a blank, one by one in the ways people write it
NULL_TOKENS: Final[tuple[str, ...]] = ("-", "--", "—", "N/A", "NA", "无", "暂无", "null", "None", " ")
NAME_NULL_TOKENS: Final[tuple[str, ...]] = ("(空白)", "（空白）", "空白", "0", *NULL_TOKENS)
NO_COMPANY_TOKENS: Final[tuple[str, ...]] = ("N", "NA", "NONE", "NULL", "NAN", "n", "nan", "-")
