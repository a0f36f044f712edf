"""Parts of a table as the lake's row filters."""

from collections.abc import Collection
from datetime import date
from typing import Any

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

from work_data_hub.domain.kernel.scope import Scope


def rows_of(scope: Scope) -> BooleanExpression:
    """Hold for the rows of a scope."""
    found: BooleanExpression = AlwaysTrue()
    for column, value in scope.values:
        found = And(found, _holds(EqualTo, column, value))
    if scope.before is not None:
        column, day = scope.before
        found = And(found, _holds(LessThan, column, day))
    return found


def rows_of_months(
    column: str, months: Collection[date | None], scope: Scope | None = None
) -> BooleanExpression:
    """Hold for the rows of these months within a scope; None stands for rows without a month."""
    days = {month for month in months if month is not None}
    found: BooleanExpression = _holds(In, column, days) if days else AlwaysFalse()
    found = Or(found, _holds(IsNull, column)) if None in months else found
    return And(rows_of(scope or Scope()), found)


def _holds(kind: Any, column: str, *values: object) -> BooleanExpression:
    # the library's models hide from type checkers what their constructors take
    found: BooleanExpression = kind(column, *values)
    return found
