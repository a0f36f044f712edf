"""From a contract to frames: Arrow tables of exactly its schema, empty frames, and a stable identity."""

import hashlib
from datetime import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.errors import PermanentError


def with_stamps(contract: TableContract, frame: pd.DataFrame, run_id: str, at: datetime) -> pd.DataFrame:
    """Fill the stamps that say which run wrote a row and when, and put the columns in order."""
    values: dict[str, object] = {"run_id": run_id, "ingested_at": at, "scored_ts": at}
    stamps = {
        name: pd.Series(
            pa.array([value] * len(frame), contract.column(name).dtype),
            index=frame.index,
            dtype=pd.ArrowDtype(contract.column(name).dtype),
        )
        for name, value in values.items()
        if name in contract.column_names
    }
    return frame.assign(**stamps)[list(contract.column_names)]


def to_arrow(contract: TableContract, frame: pd.DataFrame) -> pa.Table:
    """Give the frame in the contract's columns and types; nothing is cast, a difference is an error."""
    missing = [name for name in contract.column_names if name not in frame.columns]
    if missing:
        raise PermanentError(
            f"{contract.qualified_name}: the frame lacks {', '.join(missing)}",
            fix="let the build fill every column of the contract",
        )
    arrays = [_column(contract, frame, field) for field in contract.arrow_schema]
    return pa.Table.from_arrays(arrays, schema=contract.arrow_schema)


def _column(contract: TableContract, frame: pd.DataFrame, field: pa.Field) -> pa.ChunkedArray:
    array = pa.array(frame[field.name], from_pandas=True)
    if pa.types.is_null(array.type):
        array = array.cast(field.type)
    if array.type != field.type:
        raise PermanentError(
            f"{contract.qualified_name}.{field.name} is {array.type} in the frame",
            expected=str(field.type),
            fix="give the column its contract type in the step that makes it",
        )
    return array


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """Give an Arrow table as a frame of Arrow-backed columns."""
    frame: pd.DataFrame = table.to_pandas(types_mapper=pd.ArrowDtype)
    return frame


def empty_frame(contract: TableContract) -> pd.DataFrame:
    """Give a frame without rows in the contract's types."""
    return to_pandas(contract.arrow_schema.empty_table())


def identity_hash(contract: TableContract, table: pa.Table) -> str:
    """Hash business and lineage columns in key order: equal content gives an equal hash in any row order."""
    keys = [(name, "ascending") for name in contract.primary_key]
    return identity_in_order(contract, table.take(pc.sort_indices(table, sort_keys=keys)))


def identity_in_order(contract: TableContract, ordered: pa.Table) -> str:
    """Hash business and lineage columns of rows that stand in key order."""
    digest = hashlib.sha256(",".join(contract.identity_columns).encode())
    for name in contract.identity_columns:
        digest_column(digest, ordered[name])
    return digest.hexdigest()


def digest_column(digest: "hashlib._Hash", column: pa.ChunkedArray) -> None:
    """Add a column's type, nulls and values to a hash; what lies in the slot of a null does not count."""
    values = column.combine_chunks()
    digest.update(f"{values.type}:{len(values)}:{values.null_count}".encode())
    if values.null_count:
        valid = values.is_valid()
        digest.update(np.packbits(np.asarray(valid)).tobytes())
        values = pc.if_else(valid, values, _blank(values.type))
    if pa.types.is_boolean(values.type):
        values = values.cast(pa.uint8())
    if pa.types.is_string(values.type):
        _digest_text(digest, values)
    elif len(values):
        width = values.type.bit_width // 8
        data = memoryview(values.buffers()[1])
        digest.update(data[values.offset * width : (values.offset + len(values)) * width])


def _blank(dtype: pa.DataType) -> pa.Scalar:
    """Give the value that stands in the place of a null."""
    if pa.types.is_string(dtype) or pa.types.is_boolean(dtype):
        return pa.scalar("" if pa.types.is_string(dtype) else False, dtype)
    return pa.Array.from_buffers(dtype, 1, [None, pa.py_buffer(bytes(dtype.bit_width // 8))])[0]


def _digest_text(digest: "hashlib._Hash", text: pa.StringArray) -> None:
    if len(text) == 0:
        return
    _, offset_buffer, data = text.buffers()
    offsets = np.frombuffer(offset_buffer, dtype=np.int32)[text.offset : text.offset + len(text) + 1]
    digest.update(np.diff(offsets).tobytes())
    if data is not None:
        digest.update(memoryview(data)[offsets[0] : offsets[-1]])
