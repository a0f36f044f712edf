"""Finding the one file of a source and month below the landing root."""

from pathlib import Path

from work_data_hub.application.sources import FoundFile, SourceSpec
from work_data_hub.domain.kernel.period import Period
from work_data_hub.io.connectors.discovery import Discovery, Excluded, Tried
from work_data_hub.io.connectors.fingerprint import fingerprint
from work_data_hub.io.connectors.folders import Landing
from work_data_hub.io.connectors.matching import NameRules
from work_data_hub.io.connectors.selection import select
from work_data_hub.io.connectors.templates import fill, months_below
from work_data_hub.io.connectors.versions import Choice, choose


class FileConnector:
    """Finds files by folder templates, patterns and version folders."""

    def __init__(self, landing_root: Path) -> None:
        """Remember where to look; nothing is looked at yet."""
        self._landing = Landing(landing_root)

    def find(self, spec: SourceSpec, period: Period) -> FoundFile:
        """Give the month's one file with its fingerprint; none or several is refused with what there was."""
        chosen = select(spec, self.candidates(spec, period))
        content = fingerprint(chosen.path)
        return FoundFile(
            path=chosen.path,
            name=chosen.name,
            version=chosen.version,
            sha256=content.sha256,
            size_bytes=content.size_bytes,
            modified_at=content.modified_at,
        )

    def fingerprint(self, path: Path) -> str:
        """Give the SHA-256 of a file's content."""
        return fingerprint(path).sha256

    def months(self, spec: SourceSpec) -> tuple[Period, ...]:
        """Give the months that have a folder, in order."""
        self._landing.require()
        walks = (
            months_below(self._landing.root, template, self._landing.subfolders) for template in spec.folders
        )
        return tuple(sorted({period for walk in walks for period in walk}))

    def candidates(self, spec: SourceSpec, period: Period) -> Discovery:
        """Say what lies there: the first folder with a matching file wins, and there the version strategy."""
        self._landing.require()
        tried: list[Tried] = []
        excluded: list[Excluded] = []
        choice = Choice(None, "no folder holds a matching file", (), ())
        for template in spec.folders:
            relative = fill(template, period)
            folder = self._landing.look(self._landing.root / relative, NameRules.of(spec))
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
