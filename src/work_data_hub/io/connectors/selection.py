"""Exactly one file, or the files of a drop, or an error that lists what there was."""

from collections.abc import Iterator
from typing import Final

from work_data_hub.application.sources import OnAmbiguous, SourceSpec
from work_data_hub.domain.kernel.errors import AmbiguousCandidatesError, NoCandidateError
from work_data_hub.io.connectors.discovery import Candidate, Discovery
from work_data_hub.io.connectors.versions import TIE

_LISTED: Final = 20


def select(spec: SourceSpec, found: Discovery) -> Candidate:
    """Give the one candidate; none or several that the source's rule can't settle is refused."""
    if not found.candidates:
        raise _none(found)
    if len(found.candidates) == 1:
        return found.candidates[0]
    if found.tied or spec.on_ambiguous in (OnAmbiguous.ERROR, OnAmbiguous.TOGETHER):
        raise _several(found)
    if spec.on_ambiguous is OnAmbiguous.FIRST:
        return min(found.candidates, key=lambda file: file.name)
    return _by_time(spec, found)


def select_parts(spec: SourceSpec, found: Discovery) -> tuple[Candidate, ...]:
    """Give the files of a drop by name: the one, or all of the first suffix where they belong together."""
    if spec.on_ambiguous is not OnAmbiguous.TOGETHER or found.tied or len(found.candidates) < 2:  # noqa: PLR2004
        return (select(spec, found),)
    by_suffix = [
        [file for file in found.candidates if file.path.suffix.lower() == suffix] for suffix in spec.suffixes
    ]
    first = next(files for files in by_suffix if files)
    return tuple(sorted(first, key=lambda file: file.name))


def _by_time(spec: SourceSpec, found: Discovery) -> Candidate:
    newest_first = spec.on_ambiguous is OnAmbiguous.NEWEST
    ranked = sorted(found.candidates, key=lambda file: file.modified_at, reverse=newest_first)
    if abs(ranked[0].modified_at - ranked[1].modified_at) <= TIE:
        raise _several(found)
    return ranked[0]


def _several(found: Discovery) -> AmbiguousCandidatesError:
    lines = [f"{found.subject}: {len(found.candidates)} candidates"]
    lines += _some(f"{file.name} ({file.modified_at:%Y-%m-%d %H:%M:%S} UTC)" for file in found.candidates)
    if found.tied:
        lines.append(found.version_reason)
    choices = "newest, oldest or first" if found.period else "newest, oldest, first or together"
    return AmbiguousCandidatesError(
        "\n".join(lines),
        expected="exactly one file",
        fix="move the wrong file out of the folder; or, in the source's YAML, set version_strategy and version, "
        f"or on_ambiguous to {choices}",
        candidates=found.names,
        **found.about,
    )


def _none(found: Discovery) -> NoCandidateError:
    lines = [f"{found.subject}: no file found", "folders tried:"]
    lines += _some(f"{tried.folder}: {tried.outcome}" for tried in found.folders)
    lines += ["patterns:", *_some(found.patterns)]
    if found.excluded:
        lines += ["files seen:", *_some(f"{file.name}: {file.reason}" for file in found.excluded)]
    file = "month's file" if found.period else "file"
    return NoCandidateError(
        "\n".join(lines),
        expected="exactly one file in one of these folders, or in a version folder V1, V2, … of it",
        fix=f"put the {file} there, or correct folders and patterns in the source's YAML",
        candidates=(),
        folders=tuple(tried.folder for tried in found.folders),
        patterns=found.patterns,
        **found.about,
    )


def _some(lines: Iterator[str] | tuple[str, ...]) -> list[str]:
    listed = [f"  {line}" for line in lines]
    if len(listed) <= _LISTED:
        return listed
    return [*listed[:_LISTED], f"  and {len(listed) - _LISTED} more"]
