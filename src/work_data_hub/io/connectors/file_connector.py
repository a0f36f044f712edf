"""Finding the one file of a source and month below the landing root."""

import zipfile
from pathlib import Path
from typing import Final

from work_data_hub.application.sources import FoundFile, Glance, SourceSpec, VersionStrategy
from work_data_hub.domain.kernel.period import Period
from work_data_hub.io.connectors.discovery import Candidate, Discovery, Excluded, Tried
from work_data_hub.io.connectors.faults import explained
from work_data_hub.io.connectors.fingerprint import Fingerprint, fingerprint
from work_data_hub.io.connectors.folders import Landing
from work_data_hub.io.connectors.matching import NameRules
from work_data_hub.io.connectors.selection import select
from work_data_hub.io.connectors.templates import fill, months_below
from work_data_hub.io.connectors.versions import Choice, choose

# what ends with the directory of a zip archive, so that a copy is not whole before its last bytes are there
_ARCHIVES: Final = (".xlsx", ".xlsm")


class FileConnector:
    """Finds files by folder templates, patterns and version folders."""

    def __init__(self, landing_root: Path) -> None:
        """Remember where to look; nothing is looked at yet."""
        self._landing = Landing(landing_root)
        self._contents: dict[Path, Fingerprint] = {}

    def find(self, spec: SourceSpec, period: Period) -> FoundFile:
        """Give the month's one file with its fingerprint; none or several is refused with what there was.

        A file is hashed once, and again when anything that the file system tells of it has changed.
        """
        chosen = select(spec, self.candidates(spec, period))
        content = self._content(chosen)
        return FoundFile(
            path=chosen.path,
            name=chosen.name,
            version=chosen.version,
            sha256=content.sha256,
            size_bytes=content.size_bytes,
            modified_at=content.modified_at,
        )

    def glance(self, spec: SourceSpec, period: Period) -> Glance:
        """Give the month's one file without opening it; none or several is refused as `find` refuses it."""
        chosen = select(spec, self._discover(spec, period, hasty=True))
        return Glance(
            chosen.path, chosen.name, chosen.identity.signature(str(chosen.path)), chosen.modified_at
        )

    def fingerprint(self, path: Path) -> str:
        """Give the SHA-256 of a file's content, read now."""
        return fingerprint(path).sha256

    def is_whole(self, path: Path) -> bool:
        """Say whether a workbook has its last bytes; other files don't tell."""
        if path.suffix.lower() not in _ARCHIVES:
            return True
        with explained(path), path.open("rb") as stream:
            return zipfile.is_zipfile(stream)

    def months(self, spec: SourceSpec) -> tuple[Period, ...]:
        """Give the months that have a folder, in order."""
        self._landing.require()
        walks = (
            months_below(self._landing.root, template, self._landing.subfolders) for template in spec.folders
        )
        return tuple(sorted({period for walk in walks for period in walk}))

    def candidates(self, spec: SourceSpec, period: Period) -> Discovery:
        """Say what lies there: the first folder with a matching file wins, and there the version strategy."""
        return self._discover(spec, period)

    def _discover(self, spec: SourceSpec, period: Period, *, hasty: bool = False) -> Discovery:
        self._landing.require()
        # which lower versions were passed over is told to people who ask, and not looked up for a glance
        highest = hasty and spec.version_strategy is VersionStrategy.HIGHEST
        tried: list[Tried] = []
        excluded: list[Excluded] = []
        choice = Choice(None, "no folder holds a matching file", (), ())
        for template in spec.folders:
            relative = fill(template, period)
            folder = self._landing.look(self._landing.root / relative, NameRules.of(spec), highest=highest)
            if folder is None:
                tried.append(Tried(relative.as_posix(), "no such folder"))
                continue
            excluded += folder.excluded
            chosen = choose(spec, folder)
            excluded += chosen.passed_over
            if chosen.candidates:
                tried.append(Tried(relative.as_posix(), f"{len(chosen.candidates)} matching"))
                choice = chosen
                break
            tried.append(
                Tried(relative.as_posix(), chosen.reason if chosen.passed_over else "no matching file")
            )
        return _discovery(spec, period, tried, excluded, choice)

    def _content(self, chosen: Candidate) -> Fingerprint:
        known = self._contents.get(chosen.path)
        if known is None or known.identity != chosen.identity:
            known = self._contents[chosen.path] = fingerprint(chosen.path)
        return known


def _discovery(
    spec: SourceSpec, period: Period, tried: list[Tried], excluded: list[Excluded], choice: Choice
) -> Discovery:
    return Discovery(
        domain=spec.domain,
        period=period,
        folders=tuple(tried),
        patterns=spec.patterns,
        version=choice.version,
        version_reason=choice.reason,
        candidates=choice.candidates,
        excluded=tuple(excluded),
        tied=choice.tied,
    )
