"""The directory of a workbook's container, judged before anything in it is unpacked."""

import io
import struct
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from work_data_hub.domain.kernel.errors import Location
from work_data_hub.io.readers.limits import MIB, RATIO_FROM, IntakeLimits
from work_data_hub.io.readers.refusals import damaged, protected, too_much

_END: Final = b"PK\x05\x06"
_END_SIZE: Final = 22
_LOCATOR: Final = b"PK\x06\x07"
_LOCATOR_SIZE, _END_64_SIZE = 20, 56
_COMMENT: Final = 65_535
_ENTRY_BYTES: Final = 256
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_LOCAL_SIGNATURE: Final = b"PK\x03\x04"
_ENCRYPTED, _SIZES_FOLLOW, _UTF_8 = 0x1, 0x8, 0x800
# an unknown version of the format arrives as a kind of RuntimeError
_BAD_DIRECTORY = (zipfile.BadZipFile, RuntimeError, struct.error, ValueError, OverflowError, EOFError)


@dataclass(frozen=True, slots=True)
class Member:
    """One member: where its bytes lie, and what the directory declares about them."""

    name: str
    start: int
    packed: int
    size: int
    crc: int
    deflated: bool


def key_of(name: str) -> str:
    """Give the form in which two names of one member are equal."""
    return name.replace("\\", "/").casefold()


def read_directory(data: bytes, file: str, limits: IntakeLimits) -> dict[str, Member]:
    """Give the members by key; raises InputRefusedError for a directory that is beyond limits or lies."""
    declared = _judge_end(data, file, limits)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries, start = archive.infolist(), archive.start_dir
    except _BAD_DIRECTORY as error:
        raise damaged(f"The workbook's directory can't be read: {error}.", file) from error
    if len(entries) > limits.members:
        raise too_much(f"The workbook has {len(entries)} members.", f"{limits.members}", Location(file))
    if len(entries) != declared or not entries:
        raise damaged("The workbook's directory does not hold what it declares.", file)
    for entry in entries:
        _judge_entry(entry, file, limits)
    total = sum(entry.file_size for entry in entries)
    if total > limits.total_bytes:
        raise too_much(
            f"The workbook unpacks to {total // MIB} MiB.", f"{limits.total_bytes // MIB} MiB", Location(file)
        )
    members = [_located(data, entry, file) for entry in entries]
    _judge_places(members, entries, start, file)
    return _by_key(members, file)


def _judge_end(data: bytes, file: str, limits: IntakeLimits) -> int:
    """Give how many members the end of the file declares."""
    at = data.rfind(_END, max(0, len(data) - _END_SIZE - _COMMENT))
    if at < 0 or at + _END_SIZE > len(data):
        raise damaged("The workbook is cut off.", file, "Copy it again in full")
    (count, size, _, comment) = struct.unpack_from("<HLLH", data, at + 10)
    if at + _END_SIZE + comment != len(data):
        raise damaged("The workbook has bytes after its end, or is cut off.", file, "Copy it again in full")
    locator = at - _LOCATOR_SIZE
    if locator >= _END_64_SIZE and data.startswith(_LOCATOR, locator):
        (count, size) = struct.unpack_from("<QQ", data, locator - _END_64_SIZE + 32)
    if size > limits.members * _ENTRY_BYTES:
        raise too_much("The workbook's directory is too large.", f"{limits.members} members", Location(file))
    return int(count)


def _judge_entry(entry: zipfile.ZipInfo, file: str, limits: IntakeLimits) -> None:
    name = entry.filename
    path = PurePosixPath(name.replace("\\", "/"))
    if entry.orig_filename != name or path.is_absolute() or ".." in path.parts or ":" in name:
        raise damaged(f"The workbook has a member with the unsafe name {entry.orig_filename!r}.", file)
    if entry.flag_bits & _ENCRYPTED:
        raise protected(f"The member {name!r} is encrypted.", file, "Save it without password")
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise damaged(f"The member {name!r} is packed in a way that workbooks do not use.", file)
    if entry.file_size > limits.sheet_bytes:
        raise too_much(
            f"The member {name!r} unpacks to {entry.file_size // MIB} MiB.",
            f"{limits.sheet_bytes // MIB} MiB",
            Location(file),
        )
    if entry.file_size > max(RATIO_FROM, limits.ratio * entry.compress_size):
        raise too_much(
            f"The member {name!r} unpacks to {entry.file_size // max(1, entry.compress_size)} times its size.",
            f"{limits.ratio} times for a member above {RATIO_FROM // MIB} MiB",
            Location(file),
        )


def _located(data: bytes, entry: zipfile.ZipInfo, file: str) -> Member:
    """Find a member's bytes; what stands before them must say the same as the directory."""
    at = entry.header_offset
    if at < 0 or at + _LOCAL.size > len(data):
        raise damaged(f"The member {entry.filename!r} lies outside the file.", file, "Copy it again in full")
    (signature, _, flags, method, _, _, crc, packed, size, name, extra) = _LOCAL.unpack_from(data, at)
    written = data[at + _LOCAL.size : at + _LOCAL.size + name]
    same = (
        signature == _LOCAL_SIGNATURE
        and written == entry.orig_filename.encode("utf-8" if entry.flag_bits & _UTF_8 else "cp437")
        and (method, flags & _ENCRYPTED) == (entry.compress_type, 0)
        and (flags & _SIZES_FOLLOW or _agree(entry, crc, packed, size))
    )
    if not same:
        raise damaged(f"The member {entry.filename!r} is not what the directory says.", file)
    return Member(
        entry.filename,
        at + _LOCAL.size + name + extra,
        entry.compress_size,
        entry.file_size,
        entry.CRC,
        entry.compress_type == zipfile.ZIP_DEFLATED,
    )


def _agree(entry: zipfile.ZipInfo, crc: int, packed: int, size: int) -> bool:
    # all ones: the size stands in an extra field, which only the directory is asked for
    unsaid = 0xFFFFFFFF
    return crc == entry.CRC and packed in {entry.compress_size, unsaid} and size in {entry.file_size, unsaid}


def _judge_places(
    members: Iterable[Member], entries: Iterable[zipfile.ZipInfo], directory: int, file: str
) -> None:
    starts = sorted(entry.header_offset for entry in entries)
    following = dict(zip(starts, [*starts[1:], directory], strict=True))
    for member, entry in zip(members, entries, strict=True):
        if member.start + member.packed > following[entry.header_offset]:
            raise damaged(f"The member {member.name!r} overlaps what follows it.", file)


def _by_key(members: list[Member], file: str) -> dict[str, Member]:
    found = {key_of(member.name): member for member in members}
    if len(found) < len(members):
        keys = [key_of(member.name) for member in members]
        doubled = next(key for key in keys if keys.count(key) > 1)
        raise damaged(f"The workbook has the member {doubled!r} twice.", file)
    return found
