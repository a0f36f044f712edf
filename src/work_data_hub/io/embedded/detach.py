"""Starting a process that outlives us and is nobody's zombie."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

# the shell ends at once, so the process becomes a child of init; its number is the shell's only output
_SCRIPT = '"$@" >&2 & echo $!'


def clean_environment() -> dict[str, str]:
    """Return an environment in which no PG* variable of the user changes the server."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def detach(
    arguments: Sequence[str], *, log: int, pass_fds: Sequence[int] = (), demotion: Mapping[str, Any]
) -> int:
    """Start a process in its own session, with nothing of ours open in it but the log and `pass_fds`."""
    shell = subprocess.run(
        ["/bin/sh", "-c", _SCRIPT, "sh", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=log,
        start_new_session=True,
        pass_fds=pass_fds,
        cwd="/",
        env=clean_environment(),
        check=True,
        text=True,
        **demotion,
    )
    return int(shell.stdout)
