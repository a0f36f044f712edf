"""From what PostgreSQL and the system say to an error with a way out."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from work_data_hub.domain.kernel.errors import ConfigurationError, HubError, PermanentError, TransientError

_LINES_SHOWN = 12
_DISK_FULL = ("No space left on device", "Check free disk space", "Disk quota exceeded")


class LaunchError(Exception):
    """The server did not come up; holds what it wrote."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines

    def mentions(self, *phrases: str) -> bool:
        """Say whether the server wrote one of these phrases."""
        return any(phrase in line for line in self.lines for phrase in phrases)

    @property
    def port_taken(self) -> bool:
        """Somebody else took the port between the choice and the bind."""
        return self.mentions("Address already in use", "could not create any TCP/IP sockets")

    @property
    def still_in_use(self) -> bool:
        """Processes of a killed server have not ended yet."""
        return self.mentions("is still in use", 'lock file "postmaster.pid" already exists')


def explain(what: str, lines: list[str], folder: Path) -> HubError:
    """Make the error for a failed initdb or start."""
    shown = "\n".join(lines[-_LINES_SHOWN:]) or "(nothing was written)"
    text = f"{what} It wrote:\n{shown}"
    if any(phrase in line for line in lines for phrase in _DISK_FULL):
        return _disk_full(text, folder)
    if any("ermission denied" in line for line in lines):
        return ConfigurationError(
            text, fix=f"give this user write access to {folder}, or set WDH_HOME to a folder it owns."
        )
    return PermanentError(
        text, fix=f"remove the cause named above; {folder} holds the data, `wdh db start` tries again."
    )


@contextmanager
def explained(home: Path) -> Iterator[None]:
    """Turn faults of the file system around the home into errors with a way out."""
    try:
        yield
    except TimeoutError as error:
        raise TransientError(
            f"Another process is still starting or stopping the embedded Postgres: {error}",
            fix="try again; `wdh db status` shows the state.",
        ) from error
    except OSError as error:
        where = error.filename or home
        what = f"The embedded Postgres can't use {where}: {error.strerror or error}."
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise _disk_full(what, home) from error
        raise ConfigurationError(
            what,
            expected=f"a folder this user can write to (WDH_HOME is {home})",
            fix="set WDH_HOME to a folder this user owns, or give DATABASE_URL an existing PostgreSQL.",
        ) from error


def _disk_full(what: str, folder: Path) -> PermanentError:
    return PermanentError(
        what,
        fix=f"free space on the file system of {folder}, or set WDH_HOME to a folder on another one (≥ 500 MB).",
    )
