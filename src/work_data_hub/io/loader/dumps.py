"""Back-up and restore of one database through PostgreSQL's own programs; passwords go by the environment alone."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg2

from work_data_hub.domain.kernel.errors import ConfigurationError, PermanentError, TransientError
from work_data_hub.io.embedded.binaries import newest_install
from work_data_hub.io.loader.urls import DatabaseUrl

_SAID_LINES: Final = 5
_PRIVATE: Final = 0o600


@dataclass(frozen=True, slots=True)
class Programs:
    """The folder of `pg_dump` and `pg_restore`; None takes them from the PATH."""

    folder: Path | None = None

    @classmethod
    def for_server(cls, url: DatabaseUrl) -> "Programs":
        """Give those of this machine, or where they are missing or older than the server, those of the wheel."""
        return cls() if _on_path() >= _server(url) else cls(newest_install() / "bin")

    def run(self, name: str, url: DatabaseUrl, *arguments: str) -> None:
        """Run a program to its end; its last words are the error."""
        program = str(self.folder / name) if self.folder else name
        bare = DatabaseUrl(url.sqlalchemy.set(password=None))
        command = [program, "--no-password", "--dbname", bare.libpq, *arguments]
        done = subprocess.run(command, env=_environment(url), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            said = done.stderr.strip().splitlines()[-_SAID_LINES:]
            raise PermanentError(
                "\n".join((f"{name} failed for {url}", *said)),
                fix="mend what its words say and run the same command again",
            )


def dump(url: str, target: Path) -> int:
    """Write a database into a new file, whole or not at all; give its size in bytes."""
    require_new([target])
    address = DatabaseUrl.parse(url)
    draft = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        draft.touch(mode=_PRIVATE)
    except OSError as error:
        raise ConfigurationError(
            f"{target} can't be written: {error.strerror}",
            expected="a folder of yours",
            fix="change its permissions, or name another folder",
        ) from error
    try:
        Programs.for_server(address).run("pg_dump", address, "--format=custom", f"--file={draft}")
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)
    return target.stat().st_size


def restore(url: str, source: Path) -> None:
    """Put back what a file holds, in one transaction: after a failure the database is as it was."""
    address = DatabaseUrl.parse(url)
    Programs.for_server(address).run(
        "pg_restore",
        address,
        "--clean",
        "--if-exists",
        "--no-owner",
        "--exit-on-error",
        "--single-transaction",
        str(source),
    )


def require_new(targets: Sequence[Path]) -> None:
    """Refuse to write over a back-up."""
    for target in targets:
        if target.exists():
            raise ConfigurationError(
                f"{target} is there already", expected="a folder without dumps", fix="name another folder"
            )


def _environment(url: DatabaseUrl) -> dict[str, str]:
    password = url.sqlalchemy.password
    return {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}


def _server(url: DatabaseUrl) -> int:
    try:
        with closing(psycopg2.connect(url.libpq)) as connection:
            return int(connection.server_version) // 10_000
    except psycopg2.OperationalError as error:
        raise TransientError(
            f"the server does not answer: {str(error).splitlines()[0]}",
            expected=f"a connection to {url}",
            fix="start the server, or correct the address",
        ) from error


def _on_path() -> int:
    """Give the major version of the programs on the PATH; 0 where there are none."""
    if not (shutil.which("pg_dump") and shutil.which("pg_restore")):
        return 0
    told = subprocess.run(["pg_dump", "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"\b(\d+)", told)
    return int(found[1]) if found else 0
