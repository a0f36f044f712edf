"""How an XML part begins: its encoding, and that it declares no types or entities."""

import re
from typing import Final

from work_data_hub.io.readers.refusals import damaged

_BOM_8: Final = b"\xef\xbb\xbf"
_WIDE: Final = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_BARE_WIDE: Final = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
_DECLARED: Final = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""")
# white space, comments and instructions may stand before the root, and nothing else
_BEFORE_ROOT: Final = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
_ROOT: Final = re.compile(r"<[^\W\d]")
_UTF_8: Final = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
XML_SUFFIXES: Final = (".xml", ".rels", ".vml")


def refuse_declarations(head: bytes, part: str, file: str) -> None:
    """Refuse a part, read or not, that begins with a document type or an entity."""
    text = head.decode(_encoding(head), "replace").lstrip("\ufeff")
    if text[_end_of_prolog(text) :].startswith("<!"):
        raise damaged(f"The part {part!r} declares a document type or entities.", file)


def require_plain(head: bytes, part: str, file: str) -> None:
    """Refuse a part that the parser will read unless it is UTF-8, and its root stands near its begin."""
    refuse_declarations(head, part, file)
    declared = _DECLARED.match(head.removeprefix(_BOM_8))
    encoding = declared.group(1).decode("latin-1").lower() if declared else "utf-8"
    if _encoding(head) != "utf-8" or encoding not in _UTF_8:
        raise damaged(f"The part {part!r} is not written in UTF-8.", file)
    text = head.decode("utf-8", "replace").lstrip("\ufeff")
    if not _ROOT.match(text, _end_of_prolog(text)):
        raise damaged(f"The part {part!r} is no XML.", file)


def _encoding(head: bytes) -> str:
    marks = (*_WIDE, *_BARE_WIDE)
    return next((encoding for mark, encoding in marks if head.startswith(mark)), "utf-8")


def _end_of_prolog(text: str) -> int:
    found = _BEFORE_ROOT.match(text)
    return found.end() if found else 0
