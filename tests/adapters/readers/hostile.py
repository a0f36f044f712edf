"""Workbooks that nobody should open without a guard, each with the words in which it is refused."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from work_data_hub.domain.kernel.errors import (
    DamagedInputError,
    EmptyInputError,
    HeaderMissingError,
    HubError,
    IntakeLimitError,
    ProtectedInputError,
    SheetMissingError,
    UncomputedFormulaError,
)
from work_data_hub.domain.kernel.sheets import SheetColumn, SheetSpec

SHEET: Final = "规模明细"
SPEC: Final = SheetSpec(
    SHEET,
    (
        SheetColumn("month", ("月度",), required=True),
        SheetColumn("customer_name", ("客户名称",), forward_fill=True),
        SheetColumn("closing_assets", ("期末资产规模",), required=True),
    ),
)
MIB: Final = 1 << 20
MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PART: Final = "xl/worksheets/sheet1.xml"
WORKBOOK: Final = "xl/workbook.xml"
RELATIONS: Final = "xl/_rels/workbook.xml.rels"
TEXTS: Final = "xl/sharedStrings.xml"
Parts = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Entry:
    """One member as it is written: its packed bytes, and what the two headers say about them."""

    name: str
    packed: bytes
    size: int
    crc: int
    method: int = zipfile.ZIP_DEFLATED
    flags: int = 0
    local_name: str | None = None
    local_size: int | None = None


def entry(name: str, content: bytes) -> Entry:
    """Give an honest member."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    packed = packer.compress(content) + packer.flush()
    return Entry(name, packed, len(content), zlib.crc32(content))


def archive(*entries: Entry) -> bytes:
    """Write a container, lies included."""
    body, directory = b"", b""
    for made in entries:
        name, local = made.name.encode(), (made.local_name or made.name).encode()
        size = made.size if made.local_size is None else made.local_size
        flags = made.flags | 0x800
        head = (20, flags, made.method, 0, 0, made.crc, len(made.packed))
        directory += struct.pack(
            "<4s6H3L5H2L", b"PK\1\2", 20, *head, made.size, len(name), 0, 0, 0, 0, 0, len(body)
        )
        directory += name
        body += struct.pack("<4s5H3L2H", b"PK\3\4", *head, size, len(local), 0) + local + made.packed
    count = len(entries)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(directory), len(body), 0)
    return body + directory + end


@cache
def template() -> Mapping[str, bytes]:
    """Give the parts of a small honest workbook."""
    import xlsxwriter

    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    page = book.add_worksheet(SHEET)
    page.write_row(0, 0, ("月度", "客户名称", "期末资产规模"))
    page.write_row(1, 0, (202411, "甲公司", 1.5))
    book.close()
    with zipfile.ZipFile(made) as source:
        return {name: source.read(name) for name in source.namelist()}


def book(changed: Mapping[str, bytes | None] | None = None) -> bytes:
    """Give the workbook with parts put in, changed, or left out."""
    parts = {**template(), **(changed or {})}
    return archive(*(entry(name, content) for name, content in parts.items() if content is not None))


def text(address: str, word: str) -> str:
    """Write a cell with a text of its own."""
    return f'<c r="{address}" t="inlineStr"><is><t>{word}</t></is></c>'


HEADER: Final = f'<row r="1">{text("A1", "月度")}{text("B1", "客户名称")}{text("C1", "期末资产规模")}</row>'
ROW: Final = '<row r="2"><c r="A2"><v>202411</v></c><c r="C2"><v>1.5</v></c></row>'


def document(rows: str, before: str = "", after: str = "", prolog: str = "") -> bytes:
    """Write a sheet's XML."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{prolog}<worksheet xmlns="{MAIN}">{before}'
        f"<sheetData>{rows}</sheetData>{after}</worksheet>"
    ).encode()


def sheet(rows: str, before: str = "", after: str = "", prolog: str = "") -> bytes:
    """Give the workbook with another sheet."""
    return book({PART: document(rows, before, after, prolog)})


def part(name: str, old: bytes, new: bytes) -> bytes:
    """Give the workbook with words of a part exchanged."""
    assert old in template()[name]
    return book({name: template()[name].replace(old, new)})


def bomb(declared: int | None) -> bytes:
    """Give 600 MB of sheet in a file of 1 MB, with the true size or a lie in its headers."""
    packer, begin = zlib.compressobj(9, zlib.DEFLATED, -15), document(HEADER + ROW)[: -len("</worksheet>")]
    first = packer.compress(begin) + packer.flush(zlib.Z_FULL_FLUSH)
    # blocks that stand alone are packed once and written six hundred times
    again = packer.compress(b" " * MIB) + packer.flush(zlib.Z_FULL_FLUSH)
    packed, size = first + again * 600 + packer.flush(), len(begin) + 600 * MIB
    parts = [entry(name, content) for name, content in template().items() if name != PART]
    return archive(*parts, Entry(PART, packed, size if declared is None else declared, 0))


def many_texts() -> bytes:
    """Give five million shared texts of little."""
    texts = "".join(f"<si><t>{number}</t></si>" for number in range(10_000)) * 500
    return book({TEXTS: f'<sst xmlns="{MAIN}">{texts}</sst>'.encode()})


def repeated_text() -> bytes:
    """Give one long shared text that a hundred thousand cells repeat: gigabytes once each cell has its own."""
    word = "长" * 32_000
    texts = f'<?xml version="1.0"?><sst xmlns="{MAIN}"><si><t>{word}</t></si></sst>'.encode()
    rows = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(3, 100_000))
    return book({TEXTS: texts, PART: document(HEADER + ROW + rows)})


def far_corner() -> bytes:
    """Give a cell in each of two far corners: the room between them is what costs."""
    return sheet(HEADER + ROW + '<row r="1000000"><c r="ALL1000000"><v>1</v></c></row>')


def scattered() -> bytes:
    """Give the same corner hidden from a quick look: no address on the cell, and single quotes."""
    return sheet(f"{HEADER}{ROW}<row r='900000'><c r='ABC900000'><v>1</v></c><c><v>2</v></c></row>")


def laughs(root: bytes) -> bytes:
    """Give nested entities in front of a root."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    doctype = f'<!DOCTYPE x [<!ENTITY e0 "ha">{entities}]>'.encode()
    return b'<?xml version="1.0" encoding="UTF-8"?>' + doctype + root.partition(b"?>")[2]


def ole(*streams: str) -> bytes:
    """Write an OLE container whose directory names streams."""
    head = bytearray(512)
    head[:8] = bytes.fromhex("d0cf11e0a1b11ae1")
    struct.pack_into("<3H", head, 26, 3, 0xFFFE, 9)
    struct.pack_into("<2L", head, 44, 1, 1)
    struct.pack_into("<L", head, 76, 0)
    fat = struct.pack("<128L", 0xFFFFFFFD, 2, 0xFFFFFFFE, *([0xFFFFFFFF] * 125))
    names = ["Root Entry", "one", "two", "three", *streams]
    entries = b"".join(_ole_entry(name) for name in names).ljust(1024, b"\0")
    return bytes(head) + fat + entries


def _ole_entry(name: str) -> bytes:
    written = name.encode("utf-16-le") + b"\0\0"
    return written.ljust(64, b"\0") + struct.pack("<H", len(written)) + bytes(62)


def flipped() -> bytes:
    """Give the workbook with one bit of its sheet turned, and its size kept."""
    made = next(entry(n, c) for n, c in template().items() if n == PART)
    rest = [entry(name, content) for name, content in template().items() if name != PART]
    return archive(*rest, replace(made, crc=made.crc ^ 1))


def with_member(**lies: object) -> bytes:
    """Give the workbook with one member more, which lies."""
    honest = [entry(name, content) for name, content in template().items()]
    fields = {"name": "xl/more.xml", "packed": b"", "size": 0, "crc": 0, **lies}
    return archive(*honest, Entry(**fields))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Case:
    """A hostile file, the error it ends in, and a word of the message."""

    make: Callable[[], bytes]
    error: type[HubError]
    word: str
    row: int | None = None
    column: str | None = None


def of(make: Callable[[], bytes], error: type[HubError], word: str, **place: object) -> Case:
    """Write a case in one line."""
    return Case(make, error, word, **place)  # type: ignore[arg-type]


# letters in no order, as a real text of a megabyte would be
LONG: Final = "".join(chr(0x4E00 + number * 7919 % 20_011) for number in range(350_000))
D, L, P = DamagedInputError, IntakeLimitError, ProtectedInputError
CASES: Final[Mapping[str, Case]] = {
    "empty": of(lambda: b"", D, "not a workbook"),
    "text": of(lambda: b"month,assets\n", D, "not a workbook"),
    "password": of(lambda: ole("EncryptionInfo", "EncryptedPackage"), P, "protected by a password"),
    "xls": of(lambda: ole("Workbook"), D, "old .xls"),
    "old xls": of(lambda: ole("Book"), D, "old .xls"),
    "some ole": of(lambda: ole("WordDocument"), D, "password, or is an old .xls"),
    "ole of nothing": of(lambda: ole()[:600], D, "old .xls"),
    "cut off": of(lambda: book()[:-30], D, "cut off"),
    "half": of(lambda: book()[:2000], D, "cut off"),
    "bytes after the end": of(lambda: book() + b"more", D, "after its end"),
    "bit flipped": of(flipped, D, "check sum"),
    "zip bomb": of(lambda: bomb(None), L, "unpacks to"),
    "zip bomb with a lie": of(lambda: bomb(900), D, "larger than it declares"),
    "zip bomb just under": of(lambda: bomb(400 * MIB), L, "times its size"),
    "many members": of(lambda: archive(*(Entry(f"m{n}", b"", 0, 0, 0) for n in range(10_001))), L, "members"),
    "endless directory": of(
        lambda: archive(*(Entry("x" * 60_000 + str(n), b"", 0, 0, 0) for n in range(50))), L, "directory"
    ),
    "empty archive": of(archive, D, "does not hold"),
    "doubled member": of(lambda: with_member(name="XL/Workbook.xml"), D, "twice"),
    "encrypted member": of(lambda: with_member(flags=1), P, "encrypted"),
    "unknown packing": of(lambda: with_member(method=12), D, "packed in a way"),
    "absolute member": of(lambda: with_member(name="/etc/passwd"), D, "unsafe name"),
    "climbing member": of(lambda: with_member(name="xl/../../x.xml"), D, "unsafe name"),
    "backward slashes": of(lambda: with_member(name="..\\x.xml"), D, "unsafe name"),
    "lying local name": of(lambda: with_member(local_name="xl/less.xml"), D, "not what the directory"),
    "lying local size": of(lambda: with_member(local_size=7), D, "not what the directory"),
    "no content types": of(lambda: book({"[Content_Types].xml": None}), D, "[Content_Types].xml"),
    "no relations": of(lambda: book({"_rels/.rels": None}), D, "_rels/.rels"),
    "no workbook": of(lambda: book({WORKBOOK: None}), D, WORKBOOK),
    "no workbook relations": of(lambda: book({RELATIONS: None}), D, RELATIONS),
    "no sheet part": of(lambda: book({PART: None}), D, "lacks the part"),
    "no shared texts": of(lambda: book({TEXTS: None}), D, "string index"),
    "binary workbook": of(lambda: book({WORKBOOK: None, "xl/workbook.bin": b"x"}), D, ".xlsb"),
    "document": of(lambda: archive(entry("word/document.xml", b"<w/>")), D, "text document"),
    "xml bomb in the workbook": of(lambda: book({WORKBOOK: laughs(template()[WORKBOOK])}), D, "entities"),
    "xml bomb in the sheet": of(lambda: book({PART: laughs(template()[PART])}), D, "entities"),
    "xml bomb in the texts": of(lambda: book({TEXTS: laughs(template()[TEXTS])}), D, "entities"),
    "xml bomb in a part nobody reads": of(
        lambda: book({"docProps/app.xml": laughs(b"?><x/>")}), D, "entities"
    ),
    "xml bomb in wide letters": of(
        lambda: book({"customXml/item1.xml": laughs(b"?><x/>").decode().encode("utf-16")}), D, "entities"
    ),
    "external entity": of(
        lambda: sheet(HEADER + ROW, prolog='<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'),
        D,
        "entities",
    ),
    "wide letters": of(lambda: book({PART: template()[PART].decode().encode("utf-16")}), D, "UTF-8"),
    "another encoding": of(lambda: part(PART, b"UTF-8", b"GB18030"), D, "UTF-8"),
    "no utf-8": of(lambda: part(PART, b"<v>202411</v>", b"<v>\xff\xfe</v>"), D, "can't be read"),
    "far corner": of(far_corner, L, "reaches over"),
    "far corner, hidden": of(scattered, L, "reaches over"),
    "row beyond the last": of(
        lambda: sheet('<row r="1"><c r="A9999999"><v>1</v></c></row>'), L, "row 9999999"
    ),
    "column beyond the last": of(
        lambda: sheet(HEADER + ROW + '<row r="3"><c r="XFD3"><v>1</v></c></row>'),
        L,
        "column XFD",
        row=3,
        column="XFD",
    ),
    "row number of twenty digits": of(
        lambda: sheet(f'<row r="1"><c r="A{"9" * 20}"><v>1</v></c></row>'), D, "cell address"
    ),
    "row zero": of(lambda: sheet('<row r="0"><c r="A0"><v>1</v></c></row>'), L, "row 0"),
    "column of sixteen letters": of(
        lambda: sheet(f'<row r="1"><c r="{"A" * 16}1"><v>1</v></c></row>'), D, "cell address"
    ),
    "doubled cell": of(
        lambda: sheet(HEADER + ROW + ROW.replace("1.5", "2.5")), D, "stands twice", row=2, column="A"
    ),
    "unknown shared text": of(
        lambda: sheet(HEADER + ROW + '<row r="3"><c r="A3" t="s"><v>99</v></c></row>'), D, "string index"
    ),
    "unknown type": of(
        lambda: sheet(HEADER + ROW + '<row r="3"><c r="A3" t="zz"><v>9</v></c></row>'), D, "can't be read"
    ),
    "many shared texts": of(many_texts, L, "too many shared texts"),
    "one long text repeated": of(repeated_text, L, "shared text"),
    "text of a megabyte": of(
        lambda: sheet(HEADER + ROW + f'<row r="3">{text("B3", LONG)}</row>'),
        D,
        "too long",
        row=3,
        column="B",
    ),
    "nul": of(
        lambda: sheet(HEADER + ROW + f'<row r="3">{text("B3", "a_x0000_b")}</row>'),
        D,
        "NUL",
        row=3,
        column="B",
    ),
    "nul as an entity": of(
        lambda: sheet(HEADER + f'<row r="2">{text("B2", "a&#0;b")}</row>'), D, "can't be read"
    ),
    "broken xml": of(lambda: sheet(HEADER + '<row r="2"><c r="A2"><v>1</c></row>'), D, "can't be read"),
    "broken workbook xml": of(lambda: part(WORKBOOK, b"</sheets>", b"</sheet>"), D, "is damaged"),
    "two sheets of one name": of(
        lambda: part(WORKBOOK, b"<sheets>", f'<sheets><sheet name="{SHEET}" sheetId="7"/>'.encode()),
        D,
        "two sheets",
    ),
    "another sheet": of(lambda: part(WORKBOOK, SHEET.encode(), "别的".encode()), SheetMissingError, "别的"),
    "no header": of(lambda: sheet(ROW), HeaderMissingError, "月度"),
    "merged header": of(
        lambda: sheet(
            f'<row r="1">{text("A1", "月度")}</row>{ROW}',
            after='<mergeCells count="1"><mergeCell ref="A1:C1"/></mergeCells>',
        ),
        HeaderMissingError,
        "期末资产规模",
    ),
    "no cells": of(lambda: sheet(""), EmptyInputError, "empty"),
    "overlapping merges": of(
        lambda: sheet(
            HEADER + '<row r="2"><c r="A2"><v>1</v></c>' + text("B2", "甲") + '<c r="C2"><v>1</v></c></row>'
            '<row r="3"><c r="A3"><v>1</v></c></row><row r="4"><c r="A4"><v>1</v></c></row>',
            after='<mergeCells><mergeCell ref="B2:B4"/><mergeCell ref="B3:B4"/></mergeCells>',
        ),
        D,
        "overlap",
        row=3,
        column="B",
    ),
    "formulas nobody computed": of(
        lambda: sheet(HEADER + '<row r="2"><c r="A2"><v>202411</v></c><c r="C2"><f>1+1</f><v></v></c></row>'),
        UncomputedFormulaError,
        "formulas",
        column="C",
    ),
}
