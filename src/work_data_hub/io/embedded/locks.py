"""File locks of the kernel: held by open descriptors, so a killed process lets go; standard library only."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_POLL_SECONDS = 0.01


def same_file(descriptor: int, path: Path) -> bool:
    """Say whether the path still leads to the file that was opened."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def try_lock(descriptor: int, mode: int) -> bool:
    """Take a lock if it is free now."""
    try:
        fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def open_lock(path: Path) -> int:
    """Open a lock file, private to its owner; children do not inherit it."""
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def acquire(path: Path, mode: int, patience: float) -> int | None:
    """Return a descriptor that holds the lock on the file now at that path, or None when time is up."""
    deadline = time.monotonic() + patience
    descriptor = open_lock(path)
    while True:
        if try_lock(descriptor, mode):
            if same_file(descriptor, path):
                return descriptor
            # the file was replaced while we waited: the lock of the old one means nothing
            os.close(descriptor)
            descriptor = open_lock(path)
            continue
        if time.monotonic() > deadline:
            os.close(descriptor)
            return None
        time.sleep(_POLL_SECONDS)


@contextmanager
def exclusive(path: Path, patience: float) -> Iterator[None]:
    """Hold the exclusive lock of a file for a block."""
    descriptor = acquire(path, fcntl.LOCK_EX, patience)
    if descriptor is None:
        raise TimeoutError(f"{path} was held for {patience:.0f} s")
    try:
        yield
    finally:
        os.close(descriptor)


def held_elsewhere(path: Path) -> bool:
    """Say whether somebody holds the exclusive lock of a file."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        return not try_lock(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)
