"""Drops: files below the landing root that belong to no month, found and read."""

from collections import defaultdict
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Final

from work_data_hub.application.sources import FoundFile, Glance, SourceSpec
from work_data_hub.domain.kernel.errors import AmbiguousCandidatesError, ConfigurationError
from work_data_hub.domain.kernel.sheets import DropPart, DropSpec
from work_data_hub.io.connectors.contents import Contents, glanced, is_whole
from work_data_hub.io.connectors.discovery import Discovery
from work_data_hub.io.connectors.folders import Landing
from work_data_hub.io.connectors.matching import NameRules
from work_data_hub.io.connectors.search import search
from work_data_hub.io.connectors.selection import select_parts
from work_data_hub.io.readers.drop_reader import read_drop
from work_data_hub.io.readers.limits import LIMITS, IntakeLimits

# hidden files, and those that programs lay beside a file that is open
_NEVER: Final = (".*", "~$*")


class DropFolder:
    """Finds drops by folders, patterns and version folders, and reads their sheets."""

    def __init__(self, landing_root: Path, limits: IntakeLimits = LIMITS) -> None:
        """Remember where to look; nothing is looked at yet."""
        self._landing = Landing(landing_root)
        self._contents = Contents()
        self._limits = limits

    def parts(self, spec: SourceSpec) -> tuple[FoundFile, ...]:
        """Give the drop's files by name with their fingerprints; a content that is there twice is refused."""
        found = tuple(self._contents.found(chosen) for chosen in select_parts(spec, self.candidates(spec)))
        _refuse_doubles(spec, found)
        return found

    def glance(self, spec: SourceSpec) -> tuple[Glance, ...]:
        """Give the drop's files without opening them; none or too many are refused as `parts` refuses them."""
        return tuple(map(glanced, select_parts(spec, self._discover(spec, hasty=True))))

    def is_whole(self, path: Path) -> bool:
        """Say whether a file has its last bytes, as far as its form tells."""
        return is_whole(path)

    def fingerprint(self, path: Path) -> str:
        """Give the SHA-256 of a file's content, read now."""
        return self._contents.sha256(path)

    def read(self, file: FoundFile, spec: DropSpec) -> tuple[DropPart, ...]:
        """Give the sheets of a file that belong to the drop; a content that changed is an InputChangedError."""
        sheets = read_drop(file.path, spec, file_name=file.name, sha256=file.sha256, limits=self._limits)
        return tuple(DropPart(file.file_id, file.name, sheet) for sheet in sheets)

    def candidates(self, spec: SourceSpec) -> Discovery:
        """Say what lies there: the first folder with a matching file wins, and there the version strategy."""
        return self._discover(spec)

    def _discover(self, spec: SourceSpec, *, hasty: bool = False) -> Discovery:
        if not spec.is_drop:
            raise ConfigurationError(
                f"a source of {spec.domain} is no drop: its folders tell a month",
                expected="folders without {YYYYMM}, {YYYY} and {MM}",
                fix="read it month by month, or take the month out of its folders in the source's YAML",
            )
        rules = NameRules.of(spec)
        rules = replace(rules, exclude=(*rules.exclude, *_NEVER))
        return search(self._landing, spec, map(PurePosixPath, spec.folders), rules=rules, hasty=hasty)


def _refuse_doubles(spec: SourceSpec, found: tuple[FoundFile, ...]) -> None:
    """Refuse a copy of a file beside it: its rows would be there twice."""
    names = defaultdict(list)
    for file in found:
        names[file.sha256].append(file.name)
    doubled = next((same for same in names.values() if len(same) > 1), None)
    if doubled is not None:
        raise AmbiguousCandidatesError(
            f"{spec.domain} drop: {' and '.join(doubled)} hold the same content",
            expected="files of which each holds other rows",
            fix="move the copy out of the folder",
            candidates=tuple(doubled),
        )
