"""What is known of the content of files in the landing folder: whole or not, and their fingerprints."""

import zipfile
from pathlib import Path
from typing import Final

from work_data_hub.application.sources import FoundFile, Glance
from work_data_hub.io.connectors.discovery import Candidate
from work_data_hub.io.connectors.faults import explained
from work_data_hub.io.connectors.fingerprint import Fingerprint, fingerprint

# what ends with the directory of a zip archive, so that a copy is not whole before its last bytes are there
_ARCHIVES: Final = (".xlsx", ".xlsm")
_PARQUET: Final = ".parquet"
_PARQUET_MARK: Final = b"PAR1"


def is_whole(path: Path) -> bool:
    """Say whether a workbook or a Parquet file has its last bytes; other files don't tell."""
    suffix = path.suffix.lower()
    if suffix not in (*_ARCHIVES, _PARQUET):
        return True
    with explained(path), path.open("rb") as stream:
        if suffix in _ARCHIVES:
            return zipfile.is_zipfile(stream)
        begins = stream.read(len(_PARQUET_MARK)) == _PARQUET_MARK
        size = stream.seek(0, 2)
        stream.seek(max(0, size - len(_PARQUET_MARK)))
        return begins and size > 2 * len(_PARQUET_MARK) and stream.read() == _PARQUET_MARK


def glanced(chosen: Candidate) -> Glance:
    """Give a candidate as it lies there."""
    signature = chosen.identity.signature(str(chosen.path))
    return Glance(chosen.path, chosen.name, signature, chosen.modified_at)


def single_file(path: Path) -> FoundFile:
    """Give a file that somebody names, wherever it lies."""
    content = fingerprint(path)
    return FoundFile(path, path.name, None, content.sha256, content.size_bytes, content.modified_at)


class Contents:
    """Fingerprints of files; one is made again when anything that the file system tells of a file has changed."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._known: dict[Path, Fingerprint] = {}

    def sha256(self, path: Path) -> str:
        """Give the hash of a file's content, read now."""
        return fingerprint(path).sha256

    def found(self, chosen: Candidate) -> FoundFile:
        """Give a candidate with its fingerprint."""
        content = self._known.get(chosen.path)
        if content is None or content.identity != chosen.identity:
            content = self._known[chosen.path] = fingerprint(chosen.path)
        return FoundFile(
            path=chosen.path,
            name=chosen.name,
            version=chosen.version,
            sha256=content.sha256,
            size_bytes=content.size_bytes,
            modified_at=content.modified_at,
        )
