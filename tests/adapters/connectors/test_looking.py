"""What is read of a file, and how often."""

import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.adapters.connectors.conftest import Put

from work_data_hub.application.sources import FoundFile, Glance, SourceSpec, VersionStrategy
from work_data_hub.domain.kernel.errors import AmbiguousCandidatesError, InputRefusedError, NoCandidateError
from work_data_hub.domain.kernel.period import Period
from work_data_hub.io.connectors.file_connector import FileConnector
from work_data_hub.io.connectors.fingerprint import Fingerprint, fingerprint

OCTOBER = Period(2025, 10)
SPEC = SourceSpec("demo", ("{YYYYMM}",), ("*data*",), suffixes=(".xlsx", ".csv"))


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were read for their hash."""
    seen: list[Path] = []

    def counted(path: Path) -> Fingerprint:
        seen.append(path)
        return fingerprint(path)

    monkeypatch.setattr("work_data_hub.io.connectors.contents.fingerprint", counted)
    return seen


def test_two_sheets_of_a_month_hash_its_file_once(
    connector: FileConnector, put: Put, hashed: list[Path]
) -> None:
    put("202510/data.xlsx")
    assert connector.find(SPEC, OCTOBER) == connector.find(SPEC, OCTOBER)
    assert len(hashed) == 1


def test_the_guard_of_a_publish_always_reads(connector: FileConnector, put: Put, hashed: list[Path]) -> None:
    path = put("202510/data.xlsx")
    found = connector.find(SPEC, OCTOBER)
    stamp = path.stat()
    path.write_text("DATA".ljust(len(found.name)), encoding="utf-8")
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert connector.fingerprint(path) != found.sha256
    assert len(hashed) == 2


def test_another_content_of_the_same_length_and_time_is_another_file(
    connector: FileConnector, put: Put
) -> None:
    path = put("202510/data.xlsx", "one")
    before, first = connector.glance(SPEC, OCTOBER), connector.find(SPEC, OCTOBER)
    put("202510/data.xlsx", "two")
    assert path.stat().st_mtime_ns == int(first.modified_at.timestamp()) * 10**9
    assert connector.glance(SPEC, OCTOBER).signature != before.signature
    assert connector.find(SPEC, OCTOBER).sha256 != first.sha256


@pytest.mark.parametrize("change", ["touch", "replace", "rename"])
def test_whatever_happens_to_a_file_changes_its_signature(
    connector: FileConnector, put: Put, root: Path, change: str
) -> None:
    path = put("202510/data.xlsx")
    before = connector.glance(SPEC, OCTOBER)
    assert connector.glance(SPEC, OCTOBER) == before
    if change == "touch":
        os.utime(path)
    elif change == "replace":
        put("other.xlsx", "202510/data.xlsx").replace(path)
    else:
        path.rename(path.with_name("data again.xlsx"))
    assert connector.glance(SPEC, OCTOBER).signature != before.signature


def test_a_glance_reads_nothing_and_refuses_as_a_find_does(
    connector: FileConnector, put: Put, hashed: list[Path]
) -> None:
    path = put("202510/data.xlsx")
    path.chmod(0)
    assert connector.glance(SPEC, OCTOBER).path == path
    with pytest.raises(NoCandidateError):
        connector.glance(SPEC, OCTOBER.next())
    assert hashed == []


@pytest.mark.parametrize("strategy", [VersionStrategy.HIGHEST, VersionStrategy.LATEST])
@pytest.mark.parametrize(
    "versions", [("V1", "V2", "V10"), ("V3", "V02", "V2"), ("V2", "V02"), ("V007", "V6"), ("V1",), ()]
)
def test_a_glance_finds_what_a_find_finds(
    connector: FileConnector, put: Put, strategy: VersionStrategy, versions: tuple[str, ...]
) -> None:
    spec = replace(SPEC, version_strategy=strategy)
    put("202510/V99/other.txt")
    put("202510/data.xlsx")
    for day, version in enumerate(versions, start=1):
        put(f"202510/{version}/data.xlsx", at=f"2025-11-{day:02d}T00:00:00")

    def outcome(look: Callable[[SourceSpec, Period], Glance | FoundFile]) -> str:
        try:
            return look(spec, OCTOBER).name
        except AmbiguousCandidatesError as error:
            return str(error)

    assert outcome(connector.glance) == outcome(connector.find)


def test_a_lower_version_that_leads_out_is_refused_by_a_glance_too(
    connector: FileConnector, put: Put, root: Path, tmp_path: Path
) -> None:
    put("202510/V3/data.xlsx")
    put("202510/V2/data.xlsx")
    (root / "202510/V1").symlink_to(tmp_path)
    for look in (connector.glance, connector.find):
        with pytest.raises(InputRefusedError, match="V1 is a link out"):
            look(SPEC, OCTOBER)


def test_a_glance_opens_no_version_below_the_one_that_counts(
    connector: FileConnector, put: Put, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in ("V1", "V2", "V3"):
        put(f"202510/{version}/data.xlsx")
    put("202510/V4/other.txt")
    opened: list[str] = []
    real = os.scandir

    def counted(folder: Path | str) -> Any:
        opened.append(Path(folder).name)
        return real(folder)

    monkeypatch.setattr(os, "scandir", counted)
    connector.glance(SPEC, OCTOBER)
    assert opened == ["202510", "V4", "V3"]


def test_a_workbook_is_whole_when_its_last_bytes_are_there(connector: FileConnector, root: Path) -> None:
    path = root / "data.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", "content" * 50)
    content = path.read_bytes()
    assert connector.is_whole(path)
    for length in (0, 1, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:length])
        assert not connector.is_whole(path), length
    other = root / "data.csv"
    other.write_bytes(content[:5])
    assert connector.is_whole(other)
