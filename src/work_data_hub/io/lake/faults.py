"""Faults of the lake as the kernel's errors: which may pass by themselves, and which will not."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from pyiceberg.exceptions import CommitFailedException, CommitStateUnknownException, ValidationException
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from work_data_hub.domain.kernel.errors import HubError, PermanentError, TransientError

_TRANSIENT_STATES: Final = ("08", "57P", "40001", "40P01", "53300", "55P03")
_PASSING_REFUSALS: Final = ("starting up", "shutting down", "in recovery", "too many clients")
_LOST_RACES: Final = (CommitFailedException, CommitStateUnknownException, ValidationException)
_FIXES: Final = {
    errno.ENOSPC: "free disk space below LAKE_ROOT",
    errno.EDQUOT: "free disk space below LAKE_ROOT",
    errno.EACCES: "let this user write below LAKE_ROOT",
    errno.EROFS: "let LAKE_ROOT be a folder that can be written",
    errno.ENOENT: "restore the files below LAKE_ROOT; nobody but the hub may remove them",
}


class LakeSchemaError(PermanentError):
    """A lake table has other columns than its contract, and the contract does not let it change."""


class SnapshotMissingError(PermanentError):
    """The snapshot that was asked for is not in the lake."""


@contextmanager
def translated(doing: str, table: str) -> Iterator[None]:
    """Turn faults of the catalog and of the files into the kernel's errors."""
    try:
        yield
    except HubError:
        raise
    except _LOST_RACES as error:
        raise TransientError(
            f"{doing}: somebody else changed {table}", fix="try again; let nobody but the hub write there"
        ) from error
    except SQLAlchemyError as error:
        raise _of_catalog(error, doing, table) from error
    except OSError as error:
        raise _of_files(error, doing, table) from error


def _of_catalog(error: SQLAlchemyError, doing: str, table: str) -> HubError:
    told = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    if _may_pass(error):
        return TransientError(
            f"{doing}: {told}", fix="try again; if it stays, look at the server's log", table=table
        )
    return PermanentError(f"{doing}: {told}", fix="correct LAKE_CATALOG_URL or its database", table=table)


def _may_pass(error: SQLAlchemyError) -> bool:
    if isinstance(error, PoolTimeoutError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "pgcode", None)
    if state is not None:
        return str(state).startswith(_TRANSIENT_STATES)
    told = str(error.orig)
    refused = "FATAL" in told and not any(phrase in told for phrase in _PASSING_REFUSALS)
    # terminated by an administrator is told as FATAL, too, but of a connection that was there
    return error.connection_invalidated or (
        isinstance(error, (OperationalError, InterfaceError)) and not refused
    )


def _of_files(error: OSError, doing: str, table: str) -> HubError:
    # a remote store gives no errno for what its network does
    if error.errno is None:
        return TransientError(
            f"{doing}: {error}", fix="try again; if it stays, look at LAKE_ROOT", table=table
        )
    return PermanentError(
        f"{doing}: {error}", fix=_FIXES.get(error.errno, "see that LAKE_ROOT can be used"), table=table
    )
