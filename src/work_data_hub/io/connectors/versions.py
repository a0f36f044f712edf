"""Choosing one version folder among V1, V2, … that hold a matching file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from work_data_hub.application.sources import SourceSpec, VersionStrategy
from work_data_hub.domain.kernel.errors import ConfigurationError
from work_data_hub.io.connectors.discovery import Candidate, Excluded
from work_data_hub.io.connectors.folders import Folder, number_of

TIE: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen in one month folder; `tied` where the rule can't tell versions apart."""

    version: str | None
    reason: str
    candidates: tuple[Candidate, ...]
    passed_over: tuple[Excluded, ...]
    tied: bool = False


def choose(spec: SourceSpec, folder: Folder) -> Choice:
    """Apply the source's version strategy; without a version folder the month folder itself counts."""
    if spec.version_strategy is VersionStrategy.MANUAL:
        return _manual(spec, folder)
    if not folder.versions:
        return _of(folder, (), "no version folder holds a matching file")
    if spec.version_strategy is VersionStrategy.HIGHEST:
        best = max(map(number_of, folder.versions))
        chosen = [name for name in sorted(folder.versions) if number_of(name) == best]
        return _of(folder, chosen, "highest version with a matching file")
    newest = max(map(_newest, folder.versions.values()))
    chosen = [name for name in sorted(folder.versions) if newest - _newest(folder.versions[name]) <= TIE]
    return _of(folder, chosen, "version whose matching file was changed last")


def _manual(spec: SourceSpec, folder: Folder) -> Choice:
    if spec.version is None:
        raise ConfigurationError(
            f"the source of {spec.domain} has the version strategy manual and no version",
            expected="a version folder such as V2",
            fix="set version, or another version_strategy",
        )
    if spec.version in folder.versions:
        return _of(folder, [spec.version], "set by hand")
    return Choice(
        None, f"{spec.version}, set by hand, holds no matching file", (), _passed(folder, (), spec.version)
    )


def _of(folder: Folder, chosen: Sequence[str], reason: str) -> Choice:
    if len(chosen) > 1:
        told = f"{' and '.join(chosen)} can't be told apart: {reason}"
        found = tuple(file for name in chosen for file in folder.versions[name].matching)
        return Choice(None, told, found, _passed(folder, chosen, told), tied=True)
    if not chosen:
        return Choice(None, reason, tuple(folder.matching), ())
    passed = _passed(folder, chosen, chosen[0])
    return Choice(chosen[0], reason, tuple(folder.versions[chosen[0]].matching), passed)


def _passed(folder: Folder, chosen: Sequence[str], instead: str) -> tuple[Excluded, ...]:
    others = [folder.versions[name] for name in sorted(folder.versions) if name not in chosen]
    files = [file for inner in (folder, *others) for file in inner.matching]
    return tuple(Excluded(file.name, f"passed over for {instead}") for file in files)


def _newest(folder: Folder) -> datetime:
    return max(file.modified_at for file in folder.matching)
