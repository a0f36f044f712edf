"""How long the shared texts are, and how much text a sheet becomes when every cell has its own."""

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from work_data_hub.domain.kernel.errors import Location
from work_data_hub.io.readers.container import Container
from work_data_hub.io.readers.limits import MIB
from work_data_hub.io.readers.refusals import damaged, too_much
from work_data_hub.io.readers.zip_directory import Member

_TEXT: Final = re.compile(rb"<(?:[^<>/:\s!?]+:)?si[\s/>]")
_MARKED: Final = re.compile(rb"""\st\s*=\s*["']s["']""")
_REFERENCE: Final = re.compile(rb"""\st\s*=\s*["']s["'][^<>]*>\s*<(?:\w+:)?v>\s*(\d{1,9})\s*<""")
_LONGEST_TAG: Final = 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class SharedTexts:
    """The bytes that each shared text takes in the file, markup included: never less than the text."""

    lengths: npt.NDArray[np.int64]
    exact: bool

    @property
    def longest(self) -> int:
        """Give the longest text's bytes."""
        return int(self.lengths.max()) if len(self.lengths) else 0


def measure_texts(container: Container, members: Sequence[Member]) -> SharedTexts:
    """Read the shared texts' part once, without keeping it."""
    starts, at, exact, limits = array("q"), 0, len(members) == 1, container.limits
    for member in members:
        if member.size > limits.strings_bytes:
            raise too_much(
                f"The shared texts take {member.size // MIB} MiB.",
                f"{limits.strings_bytes // MIB} MiB",
                Location(container.file),
            )
        for piece in whole_tags(container.blocks(member), container.file):
            exact = exact and b"<!" not in piece
            starts.extend(at + found.start() for found in _TEXT.finditer(piece))
            at += len(piece)
            if len(starts) > limits.strings:
                raise too_much(
                    "The workbook has too many shared texts.", f"{limits.strings}", Location(container.file)
                )
    return SharedTexts(np.diff(np.append(np.frombuffer(starts, np.int64), at)), exact)


def judge_text(container: Container, part: Member, cells: int, texts: SharedTexts, where: Location) -> None:
    """Refuse a sheet whose cells repeat long shared texts until they fill the memory."""
    most = container.limits.text_bytes
    if cells * texts.longest <= most:
        return
    total = 0
    for piece in whole_tags(container.blocks(part), container.file, b"<c "):
        total += _volume(piece, texts)
    if total > most:
        raise too_much(
            f"The sheet's cells repeat up to {total // MIB} MiB of shared text.",
            f"{most // MIB} MiB of text in a sheet",
            where,
        )


def _volume(piece: bytes, texts: SharedTexts) -> int:
    marked = len(_MARKED.findall(piece))
    if not marked:
        return 0
    found = (
        np.array(_REFERENCE.findall(piece), "S9").astype(np.int64) if texts.exact else np.zeros(0, np.int64)
    )
    known = found[found < len(texts.lengths)]
    # what is not written plainly counts as the longest there is
    return int(texts.lengths[known].sum()) + max(0, marked - len(found)) * texts.longest


def whole_tags(blocks: Iterable[bytes], file: str, mark: bytes = b"<") -> Iterator[bytes]:
    """Give the same bytes in pieces that end before a mark, so that none is cut off from what follows it."""
    kept = b""
    for block in blocks:
        piece = kept + block
        cut = piece.rfind(mark)
        kept = piece[cut:] if cut >= 0 else b""
        if len(kept) > _LONGEST_TAG:
            if b">" not in kept[:_LONGEST_TAG]:
                raise damaged("A part of the workbook holds a tag without an end.", file)
            cut, kept = len(piece), b""
        yield piece[:cut] if cut >= 0 else piece
    yield kept
