"""A file's bytes, read once, within the limit of size, and the hash that says which content they are."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from work_data_hub.domain.kernel.errors import InputChangedError, Location
from work_data_hub.io.readers.limits import LIMITS, MIB, IntakeLimits
from work_data_hub.io.readers.refusals import too_much, unreadable


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of one file as they were at one moment."""

    file: str
    data: bytes
    sha256: str


def read_content(path: Path, file: str, sha256: str | None, limits: IntakeLimits = LIMITS) -> Content:
    """Read a file once; raises InputChangedError where it is not the content that was announced."""
    try:
        with path.open("rb") as stream:
            data = stream.read(limits.file_bytes + 1)
    except OSError as error:
        raise unreadable(error, file) from error
    if len(data) > limits.file_bytes:
        raise too_much("The file is too large.", f"{limits.file_bytes // MIB} MiB", Location(file))
    found = hashlib.sha256(data).hexdigest()
    if sha256 is not None and found != sha256:
        raise InputChangedError(
            "The file is not the one that was found: its content changed before it was read.",
            where=Location(file),
            expected=f"content with SHA-256 {sha256}, and it has {found}",
            fix="Wait until nobody writes to the file any more, then run again.",
            announced=sha256,
            found=found,
        )
    return Content(file, data, found)
