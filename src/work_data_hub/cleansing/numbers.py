"""Reading exact decimals by the declared unit of their column; the size of a number decides nothing."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from types import MappingProxyType
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.cleansing.column import text_cells
from work_data_hub.cleansing.rule import Rule, Unreadable, of_folded
from work_data_hub.domain.kernel.errors import ConfigurationError

_NUMBER: Final = re.compile(
    r"(?P<open>\()? ?(?P<sign>[+-])? ?(?P<currency>[¥$€£])? ?(?P<inner>[+-])? ?"
    r"(?P<whole>\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d*)(?P<part>\.\d*)?(?P<exponent>[eE][+-]?\d{1,3})?"
    r" ?(?P<mark>万元|亿元|万|亿|元|%)? ?(?P<trailing>-)? ?(?P<close>\))?",
    re.ASCII,
)
_WIDE: Final = pa.decimal128(38, 18)
_WIDE_SCALE: Final = 18
_WIDE_WHOLE: Final = 20


@dataclass(frozen=True, slots=True)
class Unit:
    """What a bare number and each mark are worth in powers of ten of what is stored."""

    name: str
    bare: int
    marks: Mapping[str, int]
    currency: bool
    example: str


def _amount(name: str, power: int, example: str) -> Unit:
    marks = {"元": 0, "万": 4, "万元": 4, "亿": 8, "亿元": 8}
    return Unit(name, 0, MappingProxyType({mark: p - power for mark, p in marks.items()}), True, example)


UNITS: Final[Mapping[str, Unit]] = MappingProxyType(
    {
        unit.name: unit
        for unit in (
            _amount("yuan", 0, "an amount in yuan such as 1,234.50, ¥1234.5, (1,234.50) or 3.2万"),
            _amount("10k_yuan", 4, "an amount in 万元 such as 1,234.5 or 0.3亿"),
            _amount("100m_yuan", 8, "an amount in 亿元 such as 12.5 or 3000万"),
            Unit("number", 0, MappingProxyType({"万": 4, "亿": 8}), False, "a number such as 1,234.5 or 3万"),
            Unit("fraction", 0, MappingProxyType({"%": -2}), False, "a fraction such as 0.055, or 5.5%"),
            Unit("percent", -2, MappingProxyType({"%": -2}), False, "a percentage such as 5.5 or 5.5%"),
        )
    }
)


def decimal_number(precision: int, scale: int, unit: str, *, name: str = "", description: str = "") -> Rule:
    """Make a rule that reads numbers of a unit into decimal(precision, scale), rounding half up once."""
    declared = _unit(unit)
    context = Context(prec=precision, rounding=ROUND_HALF_UP)
    step = Decimal(1).scaleb(-scale)

    def read(text: str) -> Decimal:
        try:
            return _exact(text, declared).quantize(step, context=context)
        except InvalidOperation as cause:
            raise Unreadable(f"does not fit decimal({precision},{scale})", declared.example) from cause

    return Rule(
        name or f"{unit}({precision},{scale})",
        "decimal",
        of_folded(read),
        description or declared.example,
        pa.decimal128(precision, scale),
        _plain_reader(precision, scale) if declared.bare == 0 else None,
    )


def _unit(name: str) -> Unit:
    if name not in UNITS:
        raise ConfigurationError(
            f"{name!r} is not a unit", expected=", ".join(UNITS), fix="declare one of the known units"
        )
    return UNITS[name]


def _exact(text: str, unit: Unit) -> Decimal:
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise Unreadable("is not a number", unit.example)
    whole, part = match["whole"], match["part"] or ""
    if not (whole or part[1:]) or not _sign_is_clear(match):
        raise Unreadable("is not a number", unit.example)
    digits = whole.replace(",", "").replace(" ", "") + part + (match["exponent"] or "")
    shift = _shift(match["mark"], match["currency"], unit)
    number = Decimal(digits).as_tuple()
    return Decimal((int(_is_negative(match)), number.digits, int(number.exponent) + shift))


def _shift(mark: str | None, currency: str | None, unit: Unit) -> int:
    if currency and not unit.currency:
        raise Unreadable(f"carries {currency}, but the column is in {unit.name}", unit.example)
    if mark is None:
        return unit.bare
    if mark not in unit.marks:
        raise Unreadable(f"carries {mark}, but the column is in {unit.name}", unit.example)
    return unit.marks[mark]


def _sign_is_clear(match: re.Match[str]) -> bool:
    signs = [match[name] for name in ("open", "sign", "inner", "trailing") if match[name]]
    return len(signs) <= 1 and bool(match["open"]) == bool(match["close"])


def _is_negative(match: re.Match[str]) -> bool:
    return bool(match["open"] or match["trailing"]) or "-" in (match["sign"], match["inner"])


def _plain_reader(precision: int, scale: int) -> Callable[[pa.Array], pa.Array] | None:
    # one digit of room, so that rounding up can't overflow; longer numbers take the careful way
    room = min(precision - scale - 1, _WIDE_WHOLE - 1)
    if room < 1 or scale > _WIDE_SCALE:
        return None
    pattern = rf"^-?[0-9]{{1,{room}}}(\.[0-9]{{1,{_WIDE_SCALE}}})?$"
    target = pa.decimal128(precision, scale)

    def read(cells: pa.Array) -> pa.Array:
        plain = pc.if_else(pc.match_substring_regex(cells, pattern), cells, pa.scalar(None, pa.string()))
        rounded = pc.round(pc.cast(plain, _WIDE), ndigits=scale, round_mode="half_towards_infinity")
        return pc.cast(rounded, target)

    return read


@dataclass(frozen=True, slots=True)
class UnitMix:
    """How a rate column is written: cells with a percent sign, bare ones, and bare ones above one."""

    percent_signed: int
    bare: int
    bare_above_one: int

    @property
    def suspicious(self) -> bool:
        """Say whether some bare numbers of a fraction column may be percentages."""
        return self.bare_above_one > 0


def flag_unit_mix(cells: pd.Series, fractions: pd.Series) -> UnitMix:
    """Count, for raw cells and the fractions read from them, what hints at a wrongly declared unit."""
    read = pa.array(fractions.array, from_pandas=True)
    signed = pc.and_(pc.match_substring_regex(text_cells(cells), "[%％]"), pc.is_valid(read))
    bare = pc.and_(pc.invert(signed), pc.is_valid(read))
    above = pc.and_(bare, pc.greater(pc.abs(read), pa.scalar(1)))
    return UnitMix(*(pc.sum(flags).as_py() or 0 for flags in (signed, bare, above)))
