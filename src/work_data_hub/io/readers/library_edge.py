"""The edge to the workbook library: whatever it throws becomes a typed refusal."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import fastexcel
import pyarrow as pa

from work_data_hub.domain.kernel.errors import Location
from work_data_hub.io.readers.refusals import damaged

# the class that a panic of the library arrives as can't be imported, and is no Exception
_PANIC: Final = "PanicException"
_PREFIXES: Final = ("calamine error: ", "Xlsx error: ")


@contextmanager
def library_edge(where: Location) -> Iterator[None]:
    """Turn errors and panics of the library into DamagedInputError."""
    try:
        yield
    except (fastexcel.FastExcelError, pa.ArrowException, MemoryError) as error:
        raise damaged(f"The workbook can't be read: {_first_line(error)}.", where) from error
    except BaseException as error:
        if type(error).__name__ != _PANIC:
            raise
        raise damaged(
            f"The workbook can't be read: the library broke off ({_first_line(error)}).", where
        ) from error


def _first_line(error: BaseException) -> str:
    line = (str(error).splitlines() or [type(error).__name__])[0]
    for prefix in _PREFIXES:
        line = line.removeprefix(prefix)
    return line.removesuffix(".")
