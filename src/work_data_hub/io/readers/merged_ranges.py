"""The merged ranges of one sheet, read from the tail of its XML without looking at the cells."""

import posixpath
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.parsers import expat

_WORKBOOK: Final = "xl/workbook.xml"
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"
_CELLS_TAG: Final = re.compile(rb"sheetData\s*>")
_OVERLAP: Final = 64
_CHUNK: Final = 1 << 20
_RANGE: Final = re.compile(rb"""mergeCell\s[^>]*?ref\s*=\s*["']([A-Z]+)(\d+):([A-Z]+)(\d+)["']""")


@dataclass(frozen=True, slots=True)
class MergedRange:
    """A merged range, counted from zero, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


def merged_ranges(path: Path, sheet: str) -> tuple[MergedRange, ...]:
    """Give the merged ranges of a sheet; empty where the file keeps its parts in unusual places."""
    with zipfile.ZipFile(path) as archive:
        part = _sheet_part(archive, sheet)
        return () if part is None else tuple(map(_range, _RANGE.findall(_tail(archive, part))))


def _sheet_part(archive: zipfile.ZipFile, sheet: str) -> str | None:
    names = set(archive.namelist())
    if not {_WORKBOOK, _RELATIONS} <= names:
        return None
    relations = _elements(archive.read(_RELATIONS), "Relationship")
    targets = {attributes.get("Id"): attributes.get("Target", "") for attributes in relations}
    for attributes in _elements(archive.read(_WORKBOOK), "sheet"):
        if attributes.get("name") == sheet:
            relation = next((value for key, value in attributes.items() if key.endswith(":id")), None)
            part = posixpath.normpath(posixpath.join("/xl", targets.get(relation, ""))).lstrip("/")
            return part if part in names else None
    return None


def _elements(document: bytes, name: str) -> list[Mapping[str, str]]:
    found: list[Mapping[str, str]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == name:
            found.append(attributes)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.Parse(document, True)
    return found


def _tail(archive: zipfile.ZipFile, part: str) -> bytes:
    """Give what follows the cells; nothing where no end of the cells is found."""
    kept = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            window = kept + chunk
            for tag in _CELLS_TAG.finditer(window):
                opened = window.rfind(b"<", 0, tag.start())
                if window.startswith(b"</", opened):
                    return window[tag.end() :] + stream.read()
            kept = window[-_OVERLAP:]
    return b""


def _range(ends: tuple[bytes, bytes, bytes, bytes]) -> MergedRange:
    left, top, right, bottom = ends
    return MergedRange(int(top) - 1, _column(left), int(bottom) - 1, _column(right))


def _column(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - ord("A") + 1
    return index - 1
