"""The one text form of a cell: fifteen digits, no exponent, ISO dates; a text that reads the same is the same."""

from decimal import Decimal
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.io.readers.texts import Texts, as_flags, byte_from_end, lengths, matching

_STAMP: Final = r"^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(\.\d+)?$"
_DECIMAL: Final = r"^-?(0|[1-9]\d*)\.\d{0,8}[1-9]$"
_PLAIN: Final = r"^-?(0|[1-9]\d{0,14})(\.\d{0,8}[1-9])?$"
_NINE_DECIMALS: Final = r"^-?(0|[1-9]\d{0,5})\.\d{8}[1-9]$"
_HALFWAY: Final = r"^-?[1-9][\d.]{15}5$"
_STAMP_LENGTH: Final = 19
_FIFTEEN_AND_POINT: Final = 16
# the library keeps nine decimals of a number, so a shortened one is off by half of the ninth at most
_SHORTENED: Final = 6e-10
# a serial number below one is a time of day; the library puts it on the day before Excel's first
_NO_DAY: Final = "1899-12-31"


def canonical(texts: Texts) -> Texts:
    """Rewrite the distinct texts of a column into the canonical form."""
    return texts.with_values(_numbers(_stamps(_nothing(texts.values))))


def fifteen_digits(number: float) -> str:
    """Write a number as Excel shows it: at most fifteen significant digits and no exponent.

    >>> fifteen_digits(0.1 + 0.2), fifteen_digits(202411.0), fifteen_digits(1e-7), fifteen_digits(-0.0)
    ('0.3', '202411', '0.0000001', '0')
    """
    text = f"{number:.15g}"
    if "e" in text:
        return format(Decimal(text), "f")
    return "0" if text == "-0" else text


def loses_digits(texts: Texts) -> bool:
    """Say whether a column may hold numbers that the library's text conversion has cut short.

    A number that was cut to a whole one (1e-10 to 0) is not seen where it is alone in its column.
    """
    values, length = texts.values, lengths(texts.values)
    nine = (length >= len("0.123456789")) & (length <= len("-123456.123456789"))
    # the point stands before the nine decimals: cheaper to see than the whole pattern
    nine &= byte_from_end(values, len(".123456789")) == ord(".")
    # only where the rest is exactly one half do the nine decimals not tell which way to round
    half = (length == _FIFTEEN_AND_POINT + 1) | (length == _FIFTEEN_AND_POINT + 2)
    half &= as_flags(pc.ends_with(values, "5"))
    return bool(matching(values, nine, _NINE_DECIMALS).any() or matching(values, half, _HALFWAY).any())


def with_exact_numbers(texts: Texts, numbers: pa.Array) -> Texts:
    """Put the exact numbers in place of cells that are their shortened texts; other texts stay."""
    plain = as_flags(pc.match_substring_regex(texts.values, _PLAIN))
    shortened = pc.if_else(pa.array(plain), texts.values, pa.scalar(None, pa.string())).cast(pa.float64())
    shown = np.append(shortened.to_numpy(zero_copy_only=False), np.nan)[texts.codes]
    exact = numbers.to_numpy(zero_copy_only=False)
    same = np.abs(exact - shown) <= _SHORTENED + np.spacing(np.abs(exact))
    cells = texts.cells(np.arange(len(texts)))
    return Texts.encode(pc.replace_with_mask(cells, pa.array(same), numbers_written(pa.array(exact[same]))))


def numbers_written(numbers: pa.Array) -> pa.Array:
    """Write numbers in fifteen digits; the shortest text of a number is that, where it is not longer."""
    shortest = numbers.cast(pa.string())
    unsigned = lengths(shortest) - as_flags(pc.starts_with(shortest, "-"))
    odd = (unsigned > _FIFTEEN_AND_POINT) | as_flags(pc.equal(shortest, "-0"))
    odd |= as_flags(pc.match_substring(shortest, "e"))
    again = [fifteen_digits(number) for number in numbers.filter(pa.array(odd)).to_pylist()]
    return pc.replace_with_mask(shortest, pa.array(odd), pa.array(again, pa.string()))


def _nothing(values: pa.Array) -> pa.Array:
    nothing = pc.equal(values, "")
    return pc.if_else(nothing, pa.scalar(None, pa.string()), values) if pc.any(nothing).as_py() else values


def _stamps(values: pa.Array) -> pa.Array:
    stamp = matching(values, lengths(values) >= _STAMP_LENGTH, _STAMP)
    if not stamp.any():
        return values
    day = pc.utf8_slice_codeunits(values, 0, 10)
    time = pc.utf8_slice_codeunits(values, 11)
    with_time = pc.if_else(pc.equal(day, _NO_DAY), time, pc.binary_join_element_wise(day, time, "T"))
    written = pc.if_else(pc.ends_with(values, "00:00:00"), day, with_time)
    return pc.if_else(pa.array(stamp), written, values)


def _numbers(values: pa.Array) -> pa.Array:
    long = matching(values, lengths(values) > _FIFTEEN_AND_POINT, _DECIMAL)
    zero = as_flags(pc.equal(values, "-0"))
    odd = pa.array(long | zero)
    if not pc.any(odd).as_py():
        return values
    return pc.replace_with_mask(values, odd, numbers_written(values.filter(odd).cast(pa.float64())))
