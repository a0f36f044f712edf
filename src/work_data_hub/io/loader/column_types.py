"""Arrow types as column types, one to one."""

from typing import Any, Final

import pyarrow as pa
import sqlalchemy as sa

from work_data_hub.domain.kernel.errors import ConfigurationError

_EXACT: Final[dict[pa.DataType, sa.types.TypeEngine[Any]]] = {
    pa.int64(): sa.BigInteger(),
    pa.int32(): sa.Integer(),
    pa.string(): sa.Text(),
    pa.timestamp("us", tz="UTC"): sa.DateTime(timezone=True),
    pa.date32(): sa.Date(),
    pa.bool_(): sa.Boolean(),
    pa.float64(): sa.Double(),
}


def column_type(dtype: pa.DataType) -> sa.types.TypeEngine[Any]:
    """Give the warehouse type of an Arrow type."""
    if pa.types.is_decimal128(dtype):
        return sa.Numeric(dtype.precision, dtype.scale)
    if dtype in _EXACT:
        return _EXACT[dtype]
    raise ConfigurationError(
        f"{dtype} has no type in the warehouse",
        expected="decimal128, " + ", ".join(str(known) for known in _EXACT),
        fix="give the column one of these types in its contract",
    )
