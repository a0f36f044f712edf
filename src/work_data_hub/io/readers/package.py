"""Which member of a workbook is its list of sheets, which one each sheet, and which hold texts and styles."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

from work_data_hub.domain.kernel.errors import Location
from work_data_hub.io.readers.container import Container
from work_data_hub.io.readers.prolog import XML_SUFFIXES, refuse_declarations, require_plain
from work_data_hub.io.readers.refusals import damaged, too_much
from work_data_hub.io.readers.zip_directory import Member

_TYPES, _ROOT_RELATIONS = "[Content_Types].xml", "_rels/.rels"
_USUAL: Final = {"/sharedStrings": "xl/sharedStrings.xml", "/styles": "xl/styles.xml"}
_OTHER_FORMATS: Final = {
    "xl/workbook.bin": "an .xlsb workbook",
    "content.xml": "an OpenDocument file",
    "word/document.xml": "a text document",
    "ppt/presentation.xml": "a presentation",
}
Attributes = Mapping[str, str]
Relations = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True, eq=False)
class Package:
    """The parts of a workbook that the parser reads; a sheet's part may be missing."""

    container: Container
    sheets: Mapping[str, Member | None]
    strings: tuple[Member, ...]


def open_package(container: Container) -> Package:
    """Judge everything but the sheets' cells and the shared texts."""
    for member in container.members.values():
        if member.name.lower().endswith(XML_SUFFIXES):
            refuse_declarations(container.head(member), member.name, container.file)
    _read(container, _TYPES)
    root = _relations(container, _ROOT_RELATIONS, "")
    workbooks = {target for kind, target in root.values() if kind.endswith("/officeDocument")}
    if len(workbooks) != 1:
        raise damaged("The workbook does not say which of its parts is its list of sheets.", container.file)
    workbook = workbooks.pop()
    folder, _, name = workbook.rpartition("/")
    document = _read(container, workbook)
    relations = _relations(container, posixpath.join(folder, "_rels", f"{name}.rels"), folder)
    for style in _of_kind(container, relations, "/styles"):
        container.read(style, container.limits.frame_bytes)
    return Package(
        container,
        dict(_sheets(container, document, workbook, relations)),
        _of_kind(container, relations, "/sharedStrings"),
    )


def _of_kind(container: Container, relations: Relations, kind: str) -> tuple[Member, ...]:
    """Give the parts that are related as of a kind, and the one that has the kind's usual name."""
    names = {target for found, target in relations.values() if found.endswith(kind)} | {_USUAL[kind]}
    members = {member.name: member for name in names if (member := container.find(name))}
    for member in members.values():
        require_plain(container.head(member), member.name, container.file)
    return tuple(members.values())


def _sheets(
    container: Container, document: bytes, part: str, relations: Relations
) -> Iterator[tuple[str, Member | None]]:
    seen: set[str] = set()
    for attributes in _elements(container, document, "sheet", part):
        name = attributes.get("name", "")
        if name in seen:
            raise damaged(f"The workbook has two sheets {name!r}.", container.file)
        seen.add(name)
        relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
        _, target = relations.get(relation, ("", ""))
        yield name, container.find(target)


def _relations(container: Container, part: str, folder: str) -> dict[str, tuple[str, str]]:
    """Give kind and target by id; the parser takes targets that begin with xl/ from the root, and so do we."""
    found = {}
    for attributes in _elements(container, _read(container, part), "Relationship", part):
        target = attributes.get("Target", "")
        if attributes.get("TargetMode") != "External":
            base = "" if target.startswith(("/", "xl/")) else folder
            path = posixpath.normpath(posixpath.join(base, target.lstrip("/")))
            found[attributes.get("Id", "")] = (attributes.get("Type", ""), path)
    return found


def _read(container: Container, name: str) -> bytes:
    member = container.find(name)
    if member is None:
        other = next((kind for part, kind in _OTHER_FORMATS.items() if container.find(part)), None)
        what = f"The file is {other}, not an .xlsx." if other else f"The workbook lacks its part {name!r}."
        raise damaged(what, container.file)
    content = container.read(member, container.limits.frame_bytes)
    require_plain(content, name, container.file)
    return content


def _elements(container: Container, document: bytes, name: str, part: str) -> list[Attributes]:
    found: list[Attributes] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == name:
            found.append(attributes)
            if len(found) > container.limits.members:
                raise too_much(
                    f"The part {part!r} lists too much.",
                    f"{container.limits.members} entries",
                    Location(container.file),
                )

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    try:
        parser.Parse(document, True)
    except (expat.ExpatError, ValueError) as error:
        raise damaged(f"The part {part!r} is damaged: {error}.", container.file) from error
    return found
