"""Keys of scopes read back: the member and the month that a line of a ledger is about."""

import re
from datetime import date
from typing import Final

from work_data_hub.domain.kernel.scope import WHOLE, Scope

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def month_of_key(scope_key: str) -> date | None:
    """Give the month that a scope's key ends with.

    >>> month_of_key("bu_id=BU1,period=2025-11-01"), month_of_key("bu_id=BU1"), month_of_key("all")
    (datetime.date(2025, 11, 1), None, None)
    """
    day = scope_key.rpartition(",")[2].partition("=")[2]
    return date.fromisoformat(day) if _DAY.fullmatch(day) else None


def member_of_key(scope_key: str) -> str | None:
    """Give the member that a scope's key begins with.

    >>> member_of_key("bu_id=BU1,period=2025-11-01"), member_of_key("period=2025-11-01")
    ('BU1', None)
    """
    name = scope_key.partition(",")[0].partition("=")[2]
    return None if not name or _DAY.fullmatch(name) else name


def without_member(scope_key: str) -> str:
    """Give the key that all members' scopes of this kind share.

    >>> without_member("bu_id=BU1,period=2025-11-01"), without_member("bu_id=BU1"), without_member("all")
    ('period=2025-11-01', 'all', 'all')
    """
    if member_of_key(scope_key) is None:
        return scope_key
    return scope_key.partition(",")[2] or WHOLE


def whole_of_key(scope_key: str) -> str:
    """Give the key of all months of the table, or of its member, that a month's key belongs to.

    >>> whole_of_key("bu_id=BU1,period=2025-11-01"), whole_of_key("period=2025-11-01")
    ('bu_id=BU1', 'all')
    """
    return scope_key.rpartition(",")[0] or WHOLE


def month_in(scope: Scope, column: str | None) -> date | None:
    """Give the month that a scope names, where it names one."""
    found = dict(scope.values).get(column or "period")
    return found if isinstance(found, date) else None


def without_month(scope: Scope, column: str | None) -> Scope:
    """Give all months of the table, or of its member, that a scope belongs to."""
    return Scope(tuple(value for value in scope.values if value[0] != (column or "period")))
