"""Looking into folders below the landing root, and never out of it."""

import errno
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from work_data_hub.domain.kernel.errors import (
    ConfigurationError,
    InputRefusedError,
    Location,
    TransientError,
)
from work_data_hub.io.connectors.discovery import Candidate, Excluded
from work_data_hub.io.connectors.faults import explained
from work_data_hub.io.connectors.identity import Identity, moment
from work_data_hub.io.connectors.matching import NameRules
from work_data_hub.io.connectors.names import normal, shown

_VERSION: Final = re.compile(r"V\d+", re.ASCII)

Answer = TypeVar("Answer")
Entry = os.DirEntry[str]


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
                expected="a folder in which the folders of the sources lie",
                fix="make it, or set LANDING_ROOT to where the files fall",
            )

    def subfolders(self, folder: Path) -> tuple[str, ...]:
        """Give the names of a folder's folders; a folder behind a link out of the landing root has none."""
        if not self._inside(folder):
            return ()
        return tuple(sorted(entry.name for entry in _entries(folder) or () if _is_folder(entry)))

    def look(self, folder: Path, rules: NameRules, *, highest: bool = False) -> Folder | None:
        """Look into a month's folder and its version folders; None where there is no such folder.

        With `highest`, versions below the highest one that holds a matching file are not opened.
        """
        self._guard(folder)
        entries = _entries(folder)
        if entries is None:
            return None
        below = self.name(folder)
        found = self._files(below, entries, rules, version=None)
        for entry in self._versions(entries):
            if highest and found.versions and number_of(entry.name) < max(map(number_of, found.versions)):
                break
            inside = _entries(entry.path) or ()
            files = self._files(_join(below, entry.name), inside, rules, version=entry.name)
            found.excluded += files.excluded
            if files.matching:
                found.versions[entry.name] = files
        return found

    def name(self, path: Path) -> str:
        """Give a path below the landing root, as it is shown and kept."""
        return shown(path.relative_to(self.root).as_posix())

    def _versions(self, entries: Iterable[Entry]) -> list[Entry]:
        versions = [entry for entry in entries if _VERSION.fullmatch(entry.name) and _is_folder(entry)]
        for entry in versions:
            self._guard_entry(entry)
        return sorted(versions, key=lambda entry: (-number_of(entry.name), entry.name))

    def _files(
        self, below: str, entries: Iterable[Entry], rules: NameRules, *, version: str | None
    ) -> Folder:
        found = Folder()
        for entry in sorted(entries, key=lambda entry: normal(entry.name)):
            name = _join(below, shown(entry.name))
            objection = rules.objection(entry.name)
            if objection is None and not _is_file(entry):
                objection = "not a file, or a link to nothing"
            if objection is None:
                self._guard_entry(entry)
                found.matching.append(_candidate(entry, name, version))
            elif not _is_folder(entry):
                found.excluded.append(Excluded(name, objection))
        return found

    def _guard_entry(self, entry: Entry) -> None:
        # its folder has been looked at, so nothing but a link of its own can lead out
        if entry.is_symlink():
            self._guard(Path(entry.path))

    def _guard(self, path: Path) -> None:
        if self._inside(path):
            return
        raise InputRefusedError(
            f"{self.name(path)} is a link out of the landing folder",
            where=Location(file=shown(str(path))),
            expected=f"files and folders that lie below {self.root}",
            fix="put the file itself there, or set LANDING_ROOT to the folder that the link leads to",
        )

    def _inside(self, path: Path) -> bool:
        return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(self.root))


def _join(below: str, name: str) -> str:
    return name if below == "." else f"{below}/{name}"


def number_of(version: str) -> int:
    """Give the number of a version folder."""
    return int(version[1:])


def _candidate(entry: Entry, name: str, version: str | None) -> Candidate:
    known = _asked(entry.path, entry.stat)
    return Candidate(Path(entry.path), name, version, known.st_size, moment(known), Identity.of(known))


def _entries(folder: Path | str) -> tuple[Entry, ...] | None:
    try:
        return _asked(folder, lambda: _listed(folder))
    except TransientError as error:
        cause = error.__cause__
        if isinstance(cause, (FileNotFoundError, NotADirectoryError)) or _is_circle(cause):
            return None
        raise


def _listed(folder: Path | str) -> tuple[Entry, ...]:
    with os.scandir(folder) as entries:
        return tuple(entries)


def _is_folder(entry: Entry) -> bool:
    return _answer(entry, entry.is_dir)


def _is_file(entry: Entry) -> bool:
    return _answer(entry, entry.is_file)


def _answer(entry: Entry, ask: Callable[[], bool]) -> bool:
    try:
        return _asked(entry.path, ask)
    except TransientError as error:
        if _is_circle(error.__cause__):
            return False
        raise


def _asked(path: Path | str, ask: Callable[[], Answer]) -> Answer:
    """Ask the file system; saying which path it was costs only where the answer is a fault."""
    try:
        return ask()
    except OSError:
        with explained(path):
            raise


def _is_circle(cause: BaseException | None) -> bool:
    return isinstance(cause, OSError) and cause.errno == errno.ELOOP
