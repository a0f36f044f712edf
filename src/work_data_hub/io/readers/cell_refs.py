"""Cell addresses in a block of sheet XML, taken apart eight bytes at a time: no loop over cells."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]

# a cell's tag up to the end of its address: <c r="XFD1048576"
REACH: Final = 24
COLUMN_BITS: Final = 14
_WORD: Final = np.dtype("<u8")
_ATTRIBUTE: Final = np.uint64(int.from_bytes(b' r="', "little"))
_FIRST_FOUR: Final = np.uint64(0xFFFFFFFF)
_ONE, _SEVEN, _BYTE, _FULL = np.uint64(1), np.uint64(7), np.uint64(0xFF), np.uint8(64)
_AT, _LETTERS = np.uint64(ord("A") - 1), np.uint64(26)
_ZEROS: Final = np.uint64(0x3030303030303030)
_ABOVE_NINE: Final = np.uint64(0x7676767676767676)
_HIGH_BITS: Final = np.uint64(0x8080808080808080)
_QUOTE: Final = np.uint64(ord('"') ^ ord("0"))
_PAIRS: Final = (np.uint64(10), np.uint64(8), np.uint64(0x00FF00FF00FF00FF))
_FOURS: Final = (np.uint64(100), np.uint64(16), np.uint64(0x0000FFFF0000FFFF))
_EIGHTS: Final = (np.uint64(10_000), np.uint64(32), np.uint64(0xFFFFFFFF))


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """What a block says: is it written plainly, row << 14 | column of its cells, does it hold formulas."""

    plain: bool
    keys: Words
    formulas: bool


def read_block(data: bytes) -> Block:
    """Take the addresses of cells that start before the last REACH bytes; Excel's own way of writing only."""
    text = np.frombuffer(data, np.uint8)
    first, second = text[: -REACH + 1], text[1 : -REACH + 2]
    opened, c_named = first == ord("<"), second == ord("c")
    formulas = bool((opened & (second == ord("f"))).any())
    words: Any = np.ndarray((len(data) - 7,), _WORD, data, 0, (1,))
    after_colon = (first == ord(":")) & c_named
    opened &= c_named
    cells = np.flatnonzero(opened)
    head = words[cells + 2]
    longer = (head & _BYTE) > _AT
    if longer.any():
        # cols and its like begin with the same letter
        cells, head = cells[~longer], head[~longer]
    if _names_a_cell(words, after_colon) or not ((head & _FIRST_FOUR) == _ATTRIBUTE).all():
        return Block(plain=False, keys=head[:0], formulas=formulas)
    columns, letters, in_alphabet = _columns(head)
    rows, in_digits = _rows(words[cells + 6 + letters])
    return Block(in_alphabet and in_digits, (rows << np.uint64(COLUMN_BITS)) | columns, formulas)


def _names_a_cell(words: Words, after_colon: npt.NDArray[np.bool_]) -> bool:
    if not after_colon.any():
        return False
    return bool(((words[np.flatnonzero(after_colon) + 2] & _BYTE) <= _AT).any())


def _columns(head: Words) -> tuple[Words, Any, bool]:
    """Give the columns counted from zero, how many letters each has, and whether all are plain."""
    one, two = (head >> np.uint64(32)) & _BYTE, (head >> np.uint64(40)) & _BYTE
    is_two, columns, plain = two > _AT, one - _AT - np.uint64(1), _in_alphabet(one)
    if not is_two.any():
        return columns, 1, plain
    three = (head >> np.uint64(48)) & _BYTE
    is_three = is_two & (three > _AT)
    plain = plain and _in_alphabet(two[is_two]) and _in_alphabet(three[is_three])
    columns += np.uint64(1)
    columns = np.where(is_two, columns * _LETTERS + two - _AT, columns)
    columns = np.where(is_three, columns * _LETTERS + three - _AT, columns)
    plain = plain and bool((columns <= 1 << COLUMN_BITS).all())
    return columns - np.uint64(1), 1 + is_two.astype(np.int64) + is_three, plain


def _in_alphabet(letters: Words) -> bool:
    return bool(((letters > _AT) & (letters <= _AT + _LETTERS)).all())


def _rows(words: Words) -> tuple[Words, bool]:
    """Read the digits at the begin of each word; plain are one to seven of them before a quote."""
    digits = words ^ _ZEROS
    beyond = ((digits + _ABOVE_NINE) | digits) & _HIGH_BITS
    lowest = beyond & (~beyond + _ONE)
    # the mask below the first other byte, and eight bits for each digit
    below = (lowest >> _SEVEN) - _ONE
    bits = np.bitwise_count(below)
    value = (digits & below) << (_FULL - bits).astype(np.uint64)
    plain = bool(lowest.all() and bits.all() and (((digits >> bits) & _BYTE) == _QUOTE).all())
    for times, shift, mask in (_PAIRS, _FOURS, _EIGHTS):
        value = (value * times + (value >> shift)) & mask
    return value, plain and bool(value.all())
