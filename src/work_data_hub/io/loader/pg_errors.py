"""Driver faults as the kernel's errors: which may pass by themselves, and what is known about the others."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from adbc_driver_manager import AdbcStatusCode, Error

from work_data_hub.domain.kernel.errors import HubError, PermanentError, TransientError

_TRANSIENT_STATES: Final = ("08", "57P", "40001", "40P01", "53300", "55P03", "25P03", "25P04")
_CANCELLED: Final = "57014"
_PASSING_REFUSALS: Final = ("starting up", "shutting down", "in recovery", "too many clients", "reserved for")
_UNKNOWN_HOST: Final = "could not translate host name"
_PASSING_DNS: Final = "temporary failure"
_KEYED_STATES: Final = ("23505", "23503", "21000")
_FIXES: Final = {
    "21000": "let each key occur once in the rows",
    "22003": "the value has more digits than the column; reject the row, or widen the contract by a migration",
    "22021": "text holds a character PostgreSQL can't store, such as NUL; refuse it in the reader",
    "22P03": "give the column the type of its contract",
    "23502": "fill the column, or declare it nullable in the contract",
    "23503": "publish the referenced table first",
    "23505": "let each key occur once in the rows",
    "23514": "reject values outside the closed list before publishing",
    "28": "correct user and password in DATABASE_URL",
    "3D000": "create the database, or correct DATABASE_URL",
    "42501": "grant the right to this role",
    "42P01": "run `wdh db upgrade`",
    "42703": "run `wdh db upgrade`",
    "53100": "free disk space on the database server",
}


def translate(error: Error, doing: str, table: str | None = None) -> HubError:
    """Give the kernel's error for a driver fault; rows' contents and secrets stay out of its message."""
    state, facts = _state(error), _facts(error)
    transient = is_transient(error)
    primary = facts.get("MESSAGE_PRIMARY") or str(error).partition("\n")[0]
    detail = facts.get("MESSAGE_DETAIL") if state in _KEYED_STATES else None
    kind = TransientError if transient else PermanentError
    return kind(
        f"{doing}: {primary}" + (f" ({detail})" if detail else ""),
        expected="a PostgreSQL server that answers" if transient else None,
        fix="try again; if it stays, look at the server's log" if transient else _fix(state, str(error)),
        table=table,
        constraint=facts.get("CONSTRAINT_NAME"),
        column=facts.get("COLUMN_NAME"),
        sqlstate=state,
    )


@contextmanager
def translated(doing: str, table: str | None = None) -> Iterator[None]:
    """Turn driver faults of the block into the kernel's errors."""
    try:
        yield
    except Error as error:
        raise translate(error, doing, table) from error


def is_transient(error: Error) -> bool:
    """Say whether the same call may succeed later."""
    state, text = _state(error), str(error).lower()
    if state == _CANCELLED:
        return "timeout" in text
    if state is not None:
        return state.startswith(_TRANSIENT_STATES)
    if error.status_code == AdbcStatusCode.TIMEOUT:
        return True
    return error.status_code == AdbcStatusCode.IO and _connection_may_return(text)


def _connection_may_return(text: str) -> bool:
    # libpq gives no SQLSTATE when a connection is refused or breaks
    if "failed to connect" not in text:
        return True
    if "fatal:" in text:
        return any(phrase in text for phrase in _PASSING_REFUSALS)
    return _UNKNOWN_HOST not in text or _PASSING_DNS in text


def _state(error: Error) -> str | None:
    state = error.sqlstate
    return state if state and state.strip("\x00") else None


def _facts(error: Error) -> dict[str, str]:
    return {
        name.removeprefix("PG_DIAG_"): value.decode(errors="replace")
        for name, value in ((_text(key), content) for key, content in error.details or ())
    }


def _text(key: str | bytes) -> str:
    return key.decode() if isinstance(key, bytes) else key


def _fix(state: str | None, text: str) -> str:
    if state is None and "failed to connect" in text.lower():
        return "correct host, user, password and database in DATABASE_URL"
    known = (fix for prefix, fix in _FIXES.items() if state and state.startswith(prefix))
    return next(known, "correct the statement or the data it writes")
