"""A landing folder to fill, and the shipped annuity source."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from work_data_hub.application.sources import SourceSpec
from work_data_hub.config.loader import load_source_specs
from work_data_hub.io.connectors.file_connector import FileConnector

Put = Callable[..., Path]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "landing"
    folder.mkdir()
    return folder


@pytest.fixture
def connector(root: Path) -> FileConnector:
    return FileConnector(root)


@pytest.fixture
def put(root: Path) -> Put:
    def write(name: str, content: str | None = None, *, at: str = "2025-11-10T08:00:00") -> Path:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name if content is None else content, encoding="utf-8")
        stamp = datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp()
        os.utime(path, (stamp, stamp))
        return path

    return write


@pytest.fixture
def scale() -> SourceSpec:
    return load_source_specs()["annuity"]
