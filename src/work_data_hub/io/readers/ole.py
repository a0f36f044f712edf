"""What an OLE container holds, by its directory: an encrypted workbook, an old .xls, or something else."""

import struct
from typing import Final

SIGNATURE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_ENTRY: Final = 128
_LAST_SECTOR: Final = 0xFFFFFFFA
_MOST_SECTORS: Final = 4_096
_HEADER: Final = 512
_SECTOR_SIZES: Final = {9: 512, 12: 4096}
_FAT_LIST: Final = 76


def stream_names(data: bytes) -> frozenset[str]:
    """Give the names in the directory; what is damaged gives those found before the damage."""
    names: set[str] = set()
    try:
        size = _SECTOR_SIZES.get(struct.unpack_from("<H", data, 30)[0], _HEADER)
        (sector,) = struct.unpack_from("<I", data, 48)
        for _ in range(_MOST_SECTORS):
            if sector >= _LAST_SECTOR:
                break
            start = (sector + 1) * size
            names |= {_name(data, at) for at in range(start, start + size, _ENTRY)}
            sector = _next(data, sector, size)
    except struct.error:
        pass
    return frozenset(names - {""})


def _name(data: bytes, at: int) -> str:
    (length,) = struct.unpack_from("<H", data, at + 64)
    return data[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")


def _next(data: bytes, sector: int, size: int) -> int:
    """Look the following sector up in the allocation table, whose first 109 sectors the header lists."""
    table, place = divmod(sector, size // 4)
    if table >= (_HEADER - _FAT_LIST) // 4:
        return _LAST_SECTOR
    (table_sector,) = struct.unpack_from("<I", data, _FAT_LIST + 4 * table)
    following: int = struct.unpack_from("<I", data, (table_sector + 1) * size + 4 * place)[0]
    return following
