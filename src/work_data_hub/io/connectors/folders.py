"""Looking into folders below the landing root, and never out of it."""

import errno
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from work_data_hub.domain.kernel.errors import ConfigurationError, InputRefusedError, Location
from work_data_hub.io.connectors.discovery import Candidate, Excluded
from work_data_hub.io.connectors.faults import explained
from work_data_hub.io.connectors.matching import NameRules, normal

_VERSION: Final = re.compile(r"V\d+", re.ASCII)


@dataclass(slots=True)
class Folder:
    """Matching and other files of one folder, and of its version folders that hold a matching file."""

    matching: list[Candidate] = field(default_factory=list)
    excluded: list[Excluded] = field(default_factory=list)
    versions: dict[str, "Folder"] = field(default_factory=dict)


class Landing:
    """The landing root as a place to look."""

    def __init__(self, root: Path) -> None:
        """Remember where; nothing is looked at yet."""
        self.root = root.absolute()

    def require(self) -> None:
        """Refuse to look for files where there is no landing folder."""
        with explained(self.root):
            there = self.root.is_dir()
        if not there:
            raise ConfigurationError(
                f"the landing folder {self.root} does not exist",
                where=Location(file=str(self.root)),
                expected="a folder with a folder for each month",
                fix="make it, or set LANDING_ROOT to where the files fall",
            )

    def subfolders(self, folder: Path) -> tuple[str, ...]:
        """Give the names of a folder's folders."""
        return tuple(sorted(entry.name for entry in _entries(folder) or () if _is_folder(entry)))

    def look(self, folder: Path, rules: NameRules) -> Folder | None:
        """Look into a month's folder and its version folders; None where there is no such folder."""
        self._guard(folder)
        entries = _entries(folder)
        if entries is None:
            return None
        found = self._files(entries, rules, version=None)
        for entry in sorted(entries, key=lambda entry: entry.name):
            if _VERSION.fullmatch(entry.name) and _is_folder(entry):
                inner = Path(entry.path)
                self._guard(inner)
                files = self._files(_entries(inner) or (), rules, version=entry.name)
                found.excluded += files.excluded
                if files.matching:
                    found.versions[entry.name] = files
        return found

    def name(self, path: Path) -> str:
        """Give a path below the landing root."""
        return normal(path.relative_to(self.root).as_posix())

    def _files(
        self, entries: tuple["os.DirEntry[str]", ...], rules: NameRules, *, version: str | None
    ) -> Folder:
        found = Folder()
        for entry in sorted(entries, key=lambda entry: normal(entry.name)):
            path = Path(entry.path)
            objection = rules.objection(entry.name)
            if objection is None and not _is_file(entry):
                objection = "not a file, or a link to nothing"
            if objection is None:
                self._guard(path)
                found.matching.append(self._candidate(path, version))
            elif not _is_folder(entry):
                found.excluded.append(Excluded(self.name(path), objection))
        return found

    def _candidate(self, path: Path, version: str | None) -> Candidate:
        with explained(path):
            known = path.stat()
        changed = datetime.fromtimestamp(known.st_mtime, UTC)
        return Candidate(path, self.name(path), version, known.st_size, changed)

    def _guard(self, path: Path) -> None:
        if Path(os.path.realpath(path)).is_relative_to(os.path.realpath(self.root)):
            return
        raise InputRefusedError(
            f"{self.name(path)} is a link out of the landing folder",
            where=Location(file=str(path)),
            expected=f"files and folders that lie below {self.root}",
            fix="put the file itself there, or set LANDING_ROOT to the folder that the link leads to",
        )


def _entries(folder: Path) -> tuple["os.DirEntry[str]", ...] | None:
    with explained(folder):
        try:
            with os.scandir(folder) as entries:
                return tuple(entries)
        except (FileNotFoundError, NotADirectoryError):
            return None


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    return _answer(entry, entry.is_dir)


def _is_file(entry: "os.DirEntry[str]") -> bool:
    return _answer(entry, entry.is_file)


def _answer(entry: "os.DirEntry[str]", ask: Callable[[], bool]) -> bool:
    with explained(Path(entry.path)):
        try:
            return ask()
        except OSError as error:
            if error.errno == errno.ELOOP:
                return False
            raise
