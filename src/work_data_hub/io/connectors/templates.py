"""Folder templates: writing a month into them, and reading months back from folder names."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Final

from work_data_hub.domain.kernel.period import Period

_VARIABLE: Final = re.compile(r"\{(YYYYMM|YYYY|MM)\}")
_MONTHS: Final = 12

Subfolders = Callable[[Path], Iterable[str]]


def fill(template: str, period: Period) -> PurePosixPath:
    """Write a month into a template.

    >>> fill("{YYYYMM}/{MM}", Period(2025, 1)).as_posix()
    '202501/01'
    """
    year, month = f"{period.year:04d}", f"{period.month:02d}"
    values = {"YYYYMM": year + month, "YYYY": year, "MM": month}
    return PurePosixPath(_VARIABLE.sub(lambda found: values[found[1]], template))


def months_below(root: Path, template: str, subfolders: Subfolders) -> Iterator[Period]:
    """Give the months for which the template's part up to its last variable is a folder; a drop's has none."""
    parts = PurePosixPath(template).parts
    last = max((index for index, part in enumerate(parts) if _VARIABLE.search(part)), default=None)
    if last is not None:
        yield from _walk(root, parts[: last + 1], {}, subfolders)


def _walk(
    folder: Path, parts: tuple[str, ...], known: Mapping[str, int], subfolders: Subfolders
) -> Iterator[Period]:
    if not parts:
        period = Period(known["year"], known["month"])
        if 1 <= period.month <= _MONTHS and period.year > 0:
            yield period
        return
    for name in subfolders(folder):
        read = _read(parts[0], name)
        if read is not None and all(known.get(unit, value) == value for unit, value in read.items()):
            yield from _walk(folder / name, parts[1:], {**known, **read}, subfolders)


def _read(part: str, name: str) -> Mapping[str, int] | None:
    """Read the variables of one part of a template from a folder name, or say that it does not answer."""
    form, units = _form(part)
    match = form.fullmatch(name)
    if match is None:
        return None
    found: dict[str, int] = {}
    for unit, text in zip(units, match.groups(), strict=True):
        for key, value in _values(unit, text):
            if found.setdefault(key, value) != value:
                return None
    return found


@lru_cache(maxsize=64)
def _form(part: str) -> tuple["re.Pattern[str]", tuple[str, ...]]:
    pieces = _VARIABLE.split(part)
    groups = [rf"(\d{{{len(unit)}}})" if at % 2 else re.escape(unit) for at, unit in enumerate(pieces)]
    return re.compile("".join(groups), re.ASCII), tuple(pieces[1::2])


def _values(unit: str, text: str) -> Iterator[tuple[str, int]]:
    if unit.startswith("YYYY"):
        yield "year", int(text[:4])
    if unit.endswith("MM"):
        yield "month", int(text[-2:])
