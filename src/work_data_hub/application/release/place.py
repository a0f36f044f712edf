"""Where a release lies and what its files are called."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath, PurePosixPath
from typing import Final

from work_data_hub.application.release.version import VERSION_FORM, Version

ROOT: Final = PurePosixPath("release/gold")
MARKER: Final = "_SUCCESS"
MANIFEST: Final = "release_manifest.json"
POINTER: Final = "current.json"
TABLE_FORM: Final = r"[a-z_][a-z0-9_]{0,62}"
_FOLDER: Final = re.compile(rf"(?P<day>\d{{4}}/\d\d/\d\d)/v(?P<version>{VERSION_FORM})")
_DEPTH: Final = 4


@dataclass(frozen=True, slots=True)
class Place:
    """One version of one table, released on one day."""

    table: str
    day: date
    version: Version

    @classmethod
    def within(cls, table: str, folder: str) -> "Place | None":
        """Read a folder below the table's, as 2025/11/21/v1.0.0; None for any other."""
        match = _FOLDER.fullmatch(folder)
        if match is None or not re.fullmatch(TABLE_FORM, table):
            return None
        try:
            day = date.fromisoformat(match["day"].replace("/", "-"))
        except ValueError:
            return None
        return cls(table, day, Version.parse(match["version"]))

    @classmethod
    def of(cls, path: PurePath) -> "Place | None":
        """Read the last parts of a path; None where they do not say table, day and version."""
        parts = path.parts[-_DEPTH - 1 :]
        return cls.within(parts[0], "/".join(parts[1:])) if len(parts) == _DEPTH + 1 else None

    @property
    def folder(self) -> str:
        """The folder below the table's."""
        return f"{self.day:%Y/%m/%d}/v{self.version}"

    @property
    def path(self) -> PurePosixPath:
        """The folder below the release root."""
        return ROOT / self.table / self.folder

    def part(self, number: int) -> str:
        """Name a file, counted from 1."""
        return f"{self.table}_{self.day:%Y%m%d}_v{self.version}_part-{number:05d}.parquet"
