"""Content hashes of real files, and file systems that say no."""

import hashlib
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from work_data_hub.application.sources import SourceSpec
from work_data_hub.domain.kernel.errors import InputRefusedError, TransientError
from work_data_hub.domain.kernel.period import Period
from work_data_hub.io.connectors.file_connector import FileConnector

NOBODY = 65534
SPEC = SourceSpec("demo", ("{YYYYMM}",), ("*.xlsx",))


@contextmanager
def as_nobody() -> Iterator[None]:
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_root() -> Iterator[Path]:
    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("needs to become another account")
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        root.chmod(0o755)
        (root / "202510").mkdir()
        (root / "202510" / "data.xlsx").write_text("x")
        yield root


@pytest.mark.parametrize("size", [0, 1, 3_000_000])
def test_it_is_the_sha256_of_the_content(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    path = tmp_path / "202510" / "data.xlsx"
    path.parent.mkdir()
    path.write_bytes(content)
    expected = hashlib.sha256(content).hexdigest()
    connector = FileConnector(tmp_path)
    assert connector.fingerprint(path) == expected
    found = connector.find(SPEC, Period(2025, 10))
    assert (found.sha256, found.file_id, found.size_bytes) == (expected, expected[:16], size)
    assert found.modified_at.timestamp() == pytest.approx(path.stat().st_mtime, abs=1e-5)
    assert found.path.is_absolute()


def test_file_that_changes_while_it_is_read_may_be_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "data.xlsx"
    os.mkfifo(path)

    def feed() -> None:
        with path.open("wb") as stream:
            stream.write(b"first")
            path.unlink()
            path.write_bytes(b"second")

    writer = threading.Thread(target=feed)
    writer.start()
    with pytest.raises(TransientError, match=r"data\.xlsx changed while it was read"):
        FileConnector(tmp_path).fingerprint(path)
    writer.join()


def test_file_that_vanishes_may_be_tried_again(tmp_path: Path) -> None:
    with pytest.raises(TransientError, match="vanished"):
        FileConnector(tmp_path).fingerprint(tmp_path / "gone.xlsx")


def test_file_that_may_not_be_read_is_told_with_a_way_out(open_root: Path) -> None:
    path = open_root / "202510" / "data.xlsx"
    path.chmod(0o600)
    with as_nobody(), pytest.raises(InputRefusedError, match="may not be read") as caught:
        FileConnector(open_root).find(SPEC, Period(2025, 10))
    assert "Fix: give this account the right to read" in str(caught.value)


def test_folder_that_may_not_be_read_is_told_with_a_way_out(open_root: Path) -> None:
    (open_root / "202510").chmod(0o700)
    with as_nobody(), pytest.raises(InputRefusedError, match="202510 may not be read"):
        FileConnector(open_root).find(SPEC, Period(2025, 10))


def test_landing_folder_that_may_not_be_entered_is_told(open_root: Path) -> None:
    open_root.chmod(0o700)
    with as_nobody(), pytest.raises(InputRefusedError, match="may not be read"):
        FileConnector(open_root).months(SPEC)
