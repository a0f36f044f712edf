"""Typed columns as texts in the canonical form: what a workbook of the same values would give."""

from collections.abc import Callable
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.io.readers.canonical import canonical, numbers_written
from work_data_hub.io.readers.texts import Texts

# fractions of a second in groups of three digits, as the workbook library writes them
_NO_FRACTION: Final = r"\.0+(Z?)$"
_ZERO_GROUPS: Final = r"(\.(?:\d{3})+?)(?:000)+(Z?)$"
_ZEROS: Final = r"(\.\d*?)0+$"
_NOTHING: Final = -1
_TEXT: Final = (
    *(pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view),
    *(pa.types.is_binary, pa.types.is_large_binary),
)
_PLAIN: Final = (pa.types.is_integer, pa.types.is_boolean, pa.types.is_decimal, pa.types.is_floating)
_TIMES: Final = (pa.types.is_date, pa.types.is_timestamp, pa.types.is_time, pa.types.is_null)


def is_text(dtype: pa.DataType) -> bool:
    """Say whether a column holds texts, as far as its type tells."""
    return any(test(dtype) for test in _TEXT)


def no_cells(dtype: pa.DataType) -> bool:
    """Say whether no cell of a sheet could hold a type's values."""
    value = dtype.value_type if pa.types.is_dictionary(dtype) else dtype
    return not any(test(value) for test in (*_TEXT, *_PLAIN, *_TIMES))


def texts_of(cells: pa.ChunkedArray) -> Texts:
    """Give a column as texts; nulls and what is no number are empty cells.

    Raises pyarrow's errors for texts that are not UTF-8.
    """
    encoded = cells.unify_dictionaries() if pa.types.is_dictionary(cells.type) else _encoded(cells)
    whole = encoded.combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = pa.concat_arrays(whole.chunks)
    codes = whole.indices.fill_null(_NOTHING).cast(pa.int32()).to_numpy(zero_copy_only=False)
    return _written(Texts(whole.dictionary, codes.astype(np.int32, copy=False)))


def _encoded(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    dtype = cells.type
    if pa.types.is_null(dtype) or pa.types.is_string_view(dtype):
        cells = cells.cast(pa.string())
    elif pa.types.is_decimal(dtype) and dtype.bit_width < pa.decimal128(1).bit_width:
        cells = cells.cast(pa.decimal128(dtype.precision, dtype.scale))
    return cells.dictionary_encode()


def _written(typed: Texts) -> Texts:
    dtype = typed.values.type
    write = next((write for test, write in _WRITERS if test(dtype)), None)
    if write is None:
        raise pa.ArrowTypeError(f"{dtype} has no text form")
    texts = typed.with_values(write(typed.values))
    # texts and moments are read as a workbook's; what is written of a number is exact and stays so
    return canonical(texts) if is_text(dtype) or pa.types.is_timestamp(dtype) else texts


def _text(values: pa.Array) -> pa.Array:
    text = values.cast(pa.string())
    # the library does not look whether what is declared as text is UTF-8
    text.validate(full=True)
    return text


def _float(values: pa.Array) -> pa.Array:
    # a short float is meant as the shortest number that it is written as
    exact = (
        values
        if values.type == pa.float64()
        else values.cast(pa.float32()).cast(pa.string()).cast(pa.float64())
    )
    return numbers_written(pc.if_else(pc.is_nan(exact), pa.scalar(None, pa.float64()), exact))


def _decimal(values: pa.Array) -> pa.Array:
    text = values.cast(pa.string())
    return pc.replace_substring_regex(pc.replace_substring_regex(text, r"\.0+$", ""), _ZEROS, r"\1")


def _moment(values: pa.Array) -> pa.Array:
    dtype = values.type
    if pa.types.is_timestamp(dtype) and dtype.tz:
        in_utc = values.cast(pa.timestamp(dtype.unit, "UTC")).cast(pa.string())
        values = pc.replace_substring(in_utc, " ", "T")
    text = pc.replace_substring_regex(values.cast(pa.string()), _NO_FRACTION, r"\1")
    return pc.replace_substring_regex(text, _ZERO_GROUPS, r"\1\2")


def _plain(values: pa.Array) -> pa.Array:
    return values.cast(pa.string())


def _day(values: pa.Array) -> pa.Array:
    return values.cast(pa.date32()).cast(pa.string())


_WRITERS: Final[tuple[tuple[Callable[[pa.DataType], bool], Callable[[pa.Array], pa.Array]], ...]] = (
    (is_text, _text),
    (pa.types.is_floating, _float),
    (pa.types.is_decimal, _decimal),
    (pa.types.is_date, _day),
    (pa.types.is_timestamp, _moment),
    (pa.types.is_time, _moment),
    (pa.types.is_integer, _plain),
    (pa.types.is_boolean, _plain),
)
