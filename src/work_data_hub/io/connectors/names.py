"""File names as they are shown and kept: one Unicode form, and nothing in them that could fool a reader."""

import unicodedata
from typing import Final

_SPACE: Final = "Zs"


def normal(name: str) -> str:
    """Give a name in the Unicode form in which names are compared and kept."""
    return unicodedata.normalize("NFC", name)


def shown(name: str) -> str:
    r"""Give a name that is safe to print and to store; what can't be seen or decoded is written as an escape.

    >>> shown("a\nb \u202exslx")
    'a\\nb \\u202exslx'
    """
    name = normal(name)
    if name.isprintable() and "\\" not in name:
        return name
    return "".join(map(_shown, name))


def _shown(character: str) -> str:
    # the ideographic space is no "printable" character, and is usual in Chinese names
    if character != "\\" and (character.isprintable() or unicodedata.category(character) == _SPACE):
        return character
    return character.encode("unicode_escape").decode("ascii")
