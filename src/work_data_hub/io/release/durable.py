"""Files and folders that survive a crash: written, flushed to the disk, then made visible at once."""

import os
from pathlib import Path


def write_durably(path: Path, text: str) -> None:
    """Write a new file, and have it on the disk."""
    with path.open("x", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def flush(path: Path) -> None:
    """Have a file or the names in a folder on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folders(path: Path, root: Path) -> None:
    """Make a folder below a root, and have each new name on the disk."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for folder in missing:
        if folder != root and root in folder.parents:
            flush(folder.parent)
