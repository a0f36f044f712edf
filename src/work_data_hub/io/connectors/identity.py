"""What tells, without reading it, that a file is still the one that was looked at before."""

import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

_FIRST: Final = datetime.min.replace(tzinfo=UTC)
_LAST: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Identity:
    """Which file it is, how long, and when content or attributes changed last."""

    device: int
    inode: int
    size_bytes: int
    modified_ns: int
    # moves with every write, even where somebody sets the time of modification back
    changed_ns: int

    @classmethod
    def of(cls, found: os.stat_result) -> "Identity":
        """Take it from what the file system tells."""
        return cls(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)

    def signature(self, name: str) -> str:
        """Give sixteen hex digits for this file under this name."""
        fields = (self.device, self.inode, self.size_bytes, self.modified_ns, self.changed_ns, name)
        return hashlib.blake2b(repr(fields).encode("utf-8", "backslashreplace"), digest_size=8).hexdigest()


def moment(found: os.stat_result) -> datetime:
    """Give when a file was modified; a time that no calendar holds is the nearest that one does."""
    try:
        return datetime.fromtimestamp(found.st_mtime, UTC)
    except (OverflowError, ValueError, OSError):
        return _LAST if found.st_mtime > 0 else _FIRST
