"""The operating-system account the server runs under: our own, or an existing unprivileged one when we are root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from work_data_hub.domain.kernel.errors import ConfigurationError

_CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """Who runs the server and owns its files."""

    uid: int
    gid: int
    demoted: bool

    @property
    def demotion(self) -> dict[str, Any]:
        """Arguments that make a subprocess run under this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.demoted else {}

    def own(self, path: Path) -> None:
        """Hand a path of ours to the account."""
        if self.demoted:
            os.chown(path, self.uid, self.gid)

    def make_dir(self, path: Path) -> None:
        """Make sure a private folder of the account exists."""
        if not path.is_dir():
            path.mkdir(mode=0o700)
            self.own(path)

    def runs(self, *command: str) -> bool:
        """Say whether the account can run a command to a good end."""
        try:
            done = subprocess.run(
                command, capture_output=True, check=False, cwd="/", timeout=30, **self.demotion
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        return done.returncode == 0

    def reaches(self, folder: Path) -> bool:
        """Say whether the account can traverse the way to a folder."""
        return not self.demoted or self.runs("/bin/sh", "-c", 'cd "$1"', "sh", str(folder))


def server_account(base: Path | None = None) -> Account:
    """Return who owns the server's files already, else our own account, else an unprivileged one."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), demoted=False)
    if base is not None and base.exists() and (owner := base.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, demoted=True)
    return _unprivileged()


def _unprivileged() -> Account:
    for name in _CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, demoted=True)
    raise ConfigurationError(
        "PostgreSQL refuses to run as root, and this machine has no account to run it under.",
        expected=f"an account named {' or '.join(_CANDIDATES)}",
        fix="run as a normal user, add such an account, or set DATABASE_URL to an existing PostgreSQL.",
    )
