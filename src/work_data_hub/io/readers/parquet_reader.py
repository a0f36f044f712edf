"""Reads Parquet files as one sheet: the names of the columns are row 1, every cell the text a workbook would give."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from work_data_hub.domain.kernel.errors import DamagedInputError, IntakeLimitError, Location
from work_data_hub.domain.kernel.sheets import SheetRead, SheetSpec
from work_data_hub.io.readers.assemble import assemble
from work_data_hub.io.readers.intake import Content
from work_data_hub.io.readers.limits import LIMITS, MIB, IntakeLimits
from work_data_hub.io.readers.raw_sheet import RawSheet, column_letter
from work_data_hub.io.readers.refusals import too_much
from work_data_hub.io.readers.texts import Texts, lengths
from work_data_hub.io.readers.typed_texts import is_text, no_cells, texts_of

_MARK: Final = b"PAR1"
_ENCRYPTED: Final = b"PARE"
_WHOLE: Final = "a Parquet file in one piece, without encryption, of columns that a sheet could hold"
_NOTHING: Final = -1
# a name that is not UTF-8 or a type that contradicts itself arrives as an error of the language
_FAULTS: Final = (pa.ArrowException, OSError, MemoryError, ArithmeticError, ValueError)


def read_parquet(content: Content, spec: SheetSpec, limits: IntakeLimits = LIMITS) -> SheetRead:
    """Give the file's rows as those of the spec's sheet; what its footer declares is judged before it is unpacked."""
    _judge_ends(content)
    with _library_edge(content.file):
        file = pq.ParquetFile(pa.BufferReader(content.data))
        schema = file.schema_arrow
        _judge_footer(file.metadata, len(schema), content.file, limits)
        _judge_types(schema, content.file)
        raw = RawSheet(
            file=content.file,
            sheet=spec.sheet,
            sheets_seen=(spec.sheet,),
            columns=tuple(_columns(content, schema, file.metadata.num_rows, limits)),
            first_column=0,
            row_numbers=np.arange(1, file.metadata.num_rows + 2),
        )
    return assemble(raw, spec)


def _columns(content: Content, schema: pa.Schema, rows: int, limits: IntakeLimits) -> Iterator[Texts]:
    """Give column by column; texts come as their distinct ones, so that repeating a long one costs nothing."""
    dictionaries = [field.name for field in schema if is_text(field.type)]
    source = pa.BufferReader(content.data)
    table = pq.ParquetFile(source, read_dictionary=dictionaries, page_checksum_verification=True).read()
    # damaged pages may point beyond their distinct texts, and the library does not look
    table.validate(full=True)
    for index, field in enumerate(schema):
        cells = table.column(index)
        if len(cells) != rows:
            raise _damaged("The file does not hold the rows that it declares.", Location(content.file))
        texts = texts_of(cells)
        where = Location(content.file, column=column_letter(index))
        if int(lengths(texts.values)[texts.codes[texts.codes != _NOTHING]].sum()) > limits.text_bytes:
            raise _too_much(
                "A column repeats too much text.", f"{limits.text_bytes // MIB} MiB of text", where
            )
        yield _under(field.name, texts)


def _under(name: str, texts: Texts) -> Texts:
    """Put the column's name above its cells."""
    values = pa.concat_arrays([pa.array([name or None], pa.string()), texts.values])
    codes = np.where(texts.codes == _NOTHING, _NOTHING, texts.codes + 1).astype(np.int32, copy=False)
    return Texts(values, np.concatenate([np.zeros(1, np.int32), codes]))


def _judge_ends(content: Content) -> None:
    data = content.data
    if data.startswith(_ENCRYPTED):
        raise _damaged("The file is encrypted.", Location(content.file))
    if len(data) <= 2 * len(_MARK) or not data.startswith(_MARK):
        raise _damaged("The file is no Parquet file, whatever its name says.", Location(content.file))
    if not data.endswith(_MARK):
        raise _damaged("The Parquet file is cut off, or has bytes after its end.", Location(content.file))


def _judge_footer(metadata: pq.FileMetaData, columns: int, file: str, limits: IntakeLimits) -> None:
    where = Location(file)
    if max(columns, metadata.num_columns) > limits.columns:
        raise _too_much(f"The file has {metadata.num_columns} columns.", f"{limits.columns}", where)
    if metadata.num_rows > limits.parquet_rows:
        raise _too_much(f"The file has {metadata.num_rows} rows.", f"{limits.parquet_rows} rows", where)
    if metadata.num_rows * metadata.num_columns > limits.parquet_cells:
        raise _too_much(
            f"The file has {metadata.num_rows} rows of {metadata.num_columns} cells.",
            f"{limits.parquet_cells} cells",
            where,
        )
    # of the row groups only: asking for a damaged column of one ends the process, not the call
    groups = [metadata.row_group(group) for group in range(metadata.num_row_groups)]
    unpacked = sum(group.total_byte_size for group in groups)
    if min((min(group.num_rows, group.total_byte_size) for group in groups), default=0) < 0 or (
        sum(group.num_rows for group in groups) != metadata.num_rows
    ):
        raise _damaged("The Parquet file's footer contradicts itself.", where)
    if unpacked > limits.total_bytes:
        raise _too_much(
            f"The file unpacks to {unpacked // MIB} MiB.", f"{limits.total_bytes // MIB} MiB", where
        )


def _judge_types(schema: pa.Schema, file: str) -> None:
    for index, field in enumerate(schema):
        if no_cells(field.type):
            raise _damaged(
                f"The column {field.name!r} holds {field.type}, which is no plain value.",
                Location(file, column=column_letter(index)),
            )


@contextmanager
def _library_edge(file: str) -> Iterator[None]:
    """Turn what the library throws at a damaged file into a refusal."""
    try:
        yield
    except _FAULTS as error:
        told = (str(error).splitlines() or [type(error).__name__])[0]
        raise _damaged(
            f"The Parquet file can't be read: {told.removesuffix('.')}.", Location(file)
        ) from error


def _too_much(what: str, most: str, where: Location) -> IntakeLimitError:
    fix = "Write the rows in several files and deliver them as one drop (on_ambiguous: together in its YAML)."
    return too_much(what, most, where, fix)


def _damaged(what: str, where: Location) -> DamagedInputError:
    return DamagedInputError(
        what,
        where=where,
        expected=_WHOLE,
        fix="Write the file again from where it was made, and put it into the landing folder again.",
    )
