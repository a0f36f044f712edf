"""The members of a workbook, unpacked in blocks and counted: what is declared small can't become large."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

from work_data_hub.domain.kernel.errors import Location
from work_data_hub.io.readers.intake import Content
from work_data_hub.io.readers.limits import LIMITS, MIB, IntakeLimits
from work_data_hub.io.readers.refusals import damaged, too_much
from work_data_hub.io.readers.zip_directory import Member, key_of, read_directory

BLOCK: Final = 1 << 19
_FED: Final = 1 << 16
_HEAD_FED: Final = 1 << 13
HEAD: Final = 1 << 16
_RAW: Final = -15


@dataclass(frozen=True, slots=True, eq=False)
class Container:
    """A judged directory and the bytes it speaks of."""

    content: Content
    members: dict[str, Member]
    limits: IntakeLimits

    @classmethod
    def of(cls, content: Content, limits: IntakeLimits = LIMITS) -> Self:
        """Judge a file's directory."""
        return cls(content, read_directory(content.data, content.file, limits), limits)

    @property
    def file(self) -> str:
        """Give the name under which the file is spoken of."""
        return self.content.file

    def find(self, name: str) -> Member | None:
        """Give a member by its name; case and the kind of slash do not matter."""
        return self.members.get(key_of(name))

    def head(self, member: Member) -> bytes:
        """Give the first bytes of a member, unverified."""
        packed = self._packed(member)
        if not member.deflated:
            return bytes(packed[:HEAD])
        try:
            return zlib.decompressobj(_RAW).decompress(packed[:_HEAD_FED], HEAD)
        except zlib.error as error:
            raise self._flipped(member) from error

    def read(self, member: Member, most: int) -> bytes:
        """Give a whole member that is small by its nature."""
        if member.size > most:
            raise too_much(
                f"The member {member.name!r} unpacks to {member.size // MIB} MiB.",
                f"{most // MIB} MiB",
                Location(self.file),
            )
        return b"".join(self.blocks(member))

    def blocks(self, member: Member) -> Iterator[bytes]:
        """Unpack a member block by block; raises at the end, at the latest, when it is not as declared."""
        total = crc = 0
        try:
            for block in _inflated(self._packed(member)) if member.deflated else _cut(self._packed(member)):
                total += len(block)
                if total > member.size:
                    raise damaged(f"The member {member.name!r} is larger than it declares.", self.file)
                crc = zlib.crc32(block, crc)
                yield block
        except zlib.error as error:
            raise self._flipped(member) from error
        if total != member.size or crc != member.crc:
            raise self._flipped(member)

    def _packed(self, member: Member) -> memoryview:
        return memoryview(self.content.data)[member.start : member.start + member.packed]

    def _flipped(self, member: Member) -> Exception:
        return damaged(
            f"The member {member.name!r} is damaged: its bytes do not fit its check sum.",
            self.file,
            "Copy it again from where it was made",
        )


def _cut(packed: memoryview) -> Iterator[bytes]:
    return (bytes(packed[at : at + BLOCK]) for at in range(0, len(packed), BLOCK))


def _inflated(packed: memoryview) -> Iterator[bytes]:
    stream = zlib.decompressobj(_RAW)
    for at in range(0, len(packed), _FED):
        fed: bytes | memoryview = packed[at : at + _FED]
        while fed and not stream.eof:
            if block := stream.decompress(fed, BLOCK):
                yield block
            fed = stream.unconsumed_tail
    if not stream.eof:
        while block := stream.decompress(b"", BLOCK):
            yield block
        if not stream.eof:
            raise zlib.error("the packed bytes end too early")
