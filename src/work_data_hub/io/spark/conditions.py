"""The lake's row filters as Spark's conditions."""

from typing import TYPE_CHECKING, Any

from pyiceberg.expressions import (
    AlwaysFalse,
    AlwaysTrue,
    And,
    BooleanExpression,
    EqualTo,
    In,
    IsNull,
    LessThan,
    Or,
)
from pyiceberg.expressions.literals import DateLiteral, Literal
from pyiceberg.utils.datetime import days_to_date

from work_data_hub.domain.kernel.errors import PermanentError

if TYPE_CHECKING:
    from pyspark.sql import Column


def condition(rows: BooleanExpression) -> "Column":
    """Give the condition that holds for the same rows."""
    from pyspark.sql import functions

    match rows:
        case AlwaysTrue():
            return functions.lit(True)
        case AlwaysFalse():
            return functions.lit(False)
        case And(left=left, right=right):
            return condition(left) & condition(right)
        case Or(left=left, right=right):
            return condition(left) | condition(right)
        case IsNull() | EqualTo() | LessThan() | In():
            return _of_column(rows)
    raise PermanentError(
        f"Spark is given no condition for {rows}",
        expected="equal to, less than, one of, is null",
        fix="read the rows with the engine pandas",
    )


def _of_column(rows: Any) -> "Column":
    from pyspark.sql import functions

    found: Column
    column = functions.col(f"`{rows.term.name}`")
    match rows:
        case EqualTo():
            found = column == _value(rows.literal)
        case LessThan():
            found = column < _value(rows.literal)
        case In():
            found = column.isin([_value(one) for one in rows.literals])
        case _:
            found = column.isNull()
    return found


def _value(literal: Literal[Any]) -> Any:
    return days_to_date(literal.value) if isinstance(literal, DateLiteral) else literal.value
