"""The keeper: one small process that stops the server when nobody holds a lease; standard library only.

It is started with `python -I`, holds `keeper.lock` through an inherited descriptor, and sleeps on `lease.lock`.
"""

import fcntl
import os
import shutil
import sys
import time
from pathlib import Path

from work_data_hub.io.embedded import detach, locks, postmaster

LINGER_SECONDS = 0.5
_SOURCE_ROOT = Path(__file__).parents[3]
_BOOT = (
    "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); "
    "runpy.run_module('work_data_hub.io.embedded.keeper', run_name='__main__', alter_sys=True)"
)


def ensure_keeper(anchor: Path, base: Path, log: int) -> None:
    """Start a keeper if none lives; the caller holds the start lock and a lease."""
    path = anchor / "keeper.lock"
    if locks.held_elsewhere(path):
        return
    keeper_lock = locks.open_lock(path)
    try:
        # taken here and handed over, so there is no moment in which a living keeper does not hold it
        fcntl.flock(keeper_lock, fcntl.LOCK_EX)
        arguments = [sys.executable, "-I", "-S", "-c", _BOOT, str(_SOURCE_ROOT)]
        arguments += [str(anchor), str(base), str(keeper_lock)]
        detach.detach(arguments, log=log, pass_fds=(keeper_lock,), demotion={})
    finally:
        os.close(keeper_lock)


def keep(anchor: Path, base: Path, keeper_lock: int, linger: float = LINGER_SECONDS) -> None:
    """Wait until the last user is gone, stop the server unless it is pinned, and end."""
    lease = _unused(anchor / "lease.lock", linger)
    if not (anchor / "pinned").exists():
        postmaster.stop(base / "data")
        if (anchor / "throwaway").exists():
            shutil.rmtree(base, ignore_errors=True)
            shutil.rmtree(anchor.parent, ignore_errors=True)
    # in this order: whoever gets the lease must not take us for a living keeper
    os.close(keeper_lock)
    if lease is not None:
        os.close(lease)


def _unused(path: Path, linger: float) -> int | None:
    """Return the exclusive lock of the lease file, or None when the home is gone."""
    try:
        lease = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return None
    while True:
        fcntl.flock(lease, fcntl.LOCK_EX)
        if not locks.same_file(lease, path):
            return lease
        fcntl.flock(lease, fcntl.LOCK_UN)
        time.sleep(linger)
        if locks.try_lock(lease, fcntl.LOCK_EX):
            return lease


if __name__ == "__main__":
    keep(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
