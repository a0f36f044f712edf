"""The one text normaliser: what counts as the same text, in cells, headers and names alike."""

import re
import unicodedata
from typing import Final

_INVISIBLE: Final = (
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    0xAD,
    0x61C,
    0x180E,
    0xFEFF,
)
_CONTROLS: Final = tuple(code for code in (*range(0x20), *range(0x7F, 0xA0)) if not chr(code).isspace())


def _half_width() -> dict[int, str]:
    """Width forms only: full NFKC would turn 10² into 102 and ① into 1."""
    narrow = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFF01, 0xFFEF)}
    return {code: text for code, text in narrow.items() if len(text) == 1}


_FOLDED: Final[dict[int, str | None]] = {
    **_half_width(),
    0x2212: "-",
    **dict.fromkeys((*_INVISIBLE, *_CONTROLS)),
}
# most texts hold none of these, and a search is three times as fast as a translation
_ANY_FOLDED: Final = re.compile(f"[{re.escape(''.join(map(chr, _FOLDED)))}]")
_ANY_SQUARE: Final = re.compile(r"[\[\]【】〔〕〖〗]")
_SQUARE_BRACKETS: Final = str.maketrans("[]【】〔〕〖〗", "()()()()")

NULL_TOKENS: Final = frozenset({"", "-", "--", "—", "——", "N/A", "NA", "无", "暂无", "NULL", "NONE"})
BLANK_NAMES: Final = NULL_TOKENS | {"(空白)", "空白", "0"}


def fold(text: str) -> str:
    """Fold width, drop what can't be seen, turn every run of white space into one space and trim."""
    return " ".join(_fold_characters(text).split())


def squash(text: str) -> str:
    """Fold and leave no white space at all."""
    # composing comes last, for white space may have stood before a combining mark
    return unicodedata.normalize("NFC", "".join(_fold_characters(text).split()))


def _fold_characters(text: str) -> str:
    folded = text.translate(_FOLDED) if _ANY_FOLDED.search(text) else text
    return unicodedata.normalize("NFC", folded)


def one_bracket(text: str) -> str:
    """Write every kind of square bracket as a round one."""
    return text.translate(_SQUARE_BRACKETS) if _ANY_SQUARE.search(text) else text


def normalise_header(text: str) -> str:
    """Make headers comparable: no white space, one width, one kind of bracket."""
    return one_bracket(squash(text))


def is_null_token(folded: str) -> bool:
    """Say whether a folded cell means that there is nothing."""
    return folded.upper() in NULL_TOKENS


def is_blank_name(folded: str) -> bool:
    """Say whether a folded cell names nobody."""
    return one_bracket(folded).upper() in BLANK_NAMES


_WHOLE_FLOAT: Final = re.compile(r"(\d+)\.0+", re.ASCII)


def drop_float_tail(text: str) -> str:
    """Undo what a spreadsheet does to codes made of digits: 12345.0 is 12345."""
    whole = _WHOLE_FLOAT.fullmatch(text)
    return whole.group(1) if whole else text
