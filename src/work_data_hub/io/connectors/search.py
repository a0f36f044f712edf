"""Looking for a source's files in its folders: the first one with a matching file wins, there the version."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from work_data_hub.application.sources import SourceSpec, VersionStrategy
from work_data_hub.domain.kernel.period import Period
from work_data_hub.io.connectors.discovery import Discovery, Excluded, Tried
from work_data_hub.io.connectors.folders import Landing
from work_data_hub.io.connectors.matching import NameRules
from work_data_hub.io.connectors.versions import Choice, choose


def search(
    landing: Landing,
    spec: SourceSpec,
    folders: Iterable[PurePosixPath],
    *,
    rules: NameRules,
    period: Period | None = None,
    hasty: bool = False,
) -> Discovery:
    """Say what lies in the folders; a hasty look leaves out what only people want to be told."""
    landing.require()
    # which lower versions were passed over is told to people who ask, and not looked up for a glance
    highest = hasty and spec.version_strategy is VersionStrategy.HIGHEST
    tried: list[Tried] = []
    excluded: list[Excluded] = []
    choice = Choice(None, "no folder holds a matching file", (), ())
    for relative in folders:
        folder = landing.look(landing.root / relative, rules, highest=highest)
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
        tried.append(Tried(relative.as_posix(), chosen.reason if chosen.passed_over else "no matching file"))
    return _discovery(spec, period, tried, excluded, choice)


def _discovery(
    spec: SourceSpec, period: Period | None, tried: list[Tried], excluded: list[Excluded], choice: Choice
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
