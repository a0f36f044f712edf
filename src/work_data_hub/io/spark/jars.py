"""Java libraries that Spark needs for the lake: found, or fetched by Maven as the machine has it, and checked."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from work_data_hub.domain.kernel.errors import ConfigurationError, PermanentError

_FETCH_SECONDS: Final = 600


@dataclass(frozen=True, slots=True)
class Artifact:
    """One library by its Maven coordinates, and the SHA-256 of its file."""

    group: str
    name: str
    version: str
    sha256: str

    @property
    def file_name(self) -> str:
        """Name of the file."""
        return f"{self.name}-{self.version}.jar"

    @property
    def coordinates(self) -> str:
        """The library as Maven names it."""
        return f"{self.group}:{self.name}:{self.version}"


ARTIFACTS: Final = (
    Artifact(
        "org.apache.iceberg",
        "iceberg-spark-runtime-4.1_2.13",
        "1.12.0",
        "3123c3798af642dd537230923548e013ef41cc28b6626e5225808cf5670a0f82",
    ),
    Artifact(
        "org.postgresql",
        "postgresql",
        "42.7.8",
        "2a32a9dcbc42d67a50ad3a0de5efd102c8d2be46720045f2cbd6689f160ab7c7",
    ),
)


def lake_jars(home: Path, artifacts: Sequence[Artifact] = ARTIFACTS) -> tuple[Path, ...]:
    """Give the files that Spark has to be told of; what is on its own class path is not among them."""
    own = _own_jars()
    return tuple(_found(artifact, home / "jars") for artifact in artifacts if artifact.file_name not in own)


def _found(artifact: Artifact, folder: Path) -> Path:
    """Give the checked file in the folder, fetched if it is missing."""
    path = folder / artifact.file_name
    if not path.is_file():
        _fetch(artifact, folder)
    if _sha256(path) != artifact.sha256:
        raise PermanentError(
            f"{path} is not {artifact.coordinates}",
            expected=f"a file with the SHA-256 {artifact.sha256}",
            fix="remove the file; it is fetched again",
        )
    return path


def _fetch(artifact: Artifact, folder: Path) -> None:
    """Let Maven put the file into the folder; half a file is never seen there, nor one that is another."""
    maven = shutil.which("mvn")
    if maven is None:
        raise _unfetched(artifact, folder, "there is no Maven here to fetch it")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        command = (maven, "-q", "-B", "dependency:copy", f"-Dartifact={artifact.coordinates}")
        try:
            done = subprocess.run(
                (*command, f"-DoutputDirectory={scratch}"),
                cwd=scratch,
                check=False,
                capture_output=True,
                timeout=_FETCH_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise _unfetched(artifact, folder, f"Maven took over {_FETCH_SECONDS} s") from None
        fetched = Path(scratch) / artifact.file_name
        if done.returncode or not fetched.is_file():
            # what Maven says may hold the address of a private registry
            raise _unfetched(artifact, folder, f"Maven ended with status {done.returncode}")
        if _sha256(fetched) != artifact.sha256:
            raise _unfetched(artifact, folder, "what Maven gave has another SHA-256")
        fetched.replace(folder / artifact.file_name)


def _unfetched(artifact: Artifact, folder: Path, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"Spark needs {artifact.coordinates} for the lake: {why}",
        expected=f"{artifact.file_name} (SHA-256 {artifact.sha256}) in {folder} or among Spark's own jars",
        fix=f"see that `mvn dependency:copy -Dartifact={artifact.coordinates}` works, or put the file into {folder}",
    )


def _own_jars() -> frozenset[str]:
    """Give the names of the files on Spark's own class path."""
    import pyspark

    home = Path(os.environ.get("SPARK_HOME") or Path(pyspark.__file__).parent)
    return frozenset(path.name for path in (home / "jars").glob("*.jar"))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
