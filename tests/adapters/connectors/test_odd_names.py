"""File names that a person would not give, links that lead astray, and times that no calendar holds."""

import os
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.adapters.connectors.conftest import Put

from work_data_hub.application.sources import SourceSpec
from work_data_hub.domain.kernel.errors import AmbiguousCandidatesError, HubError, NoCandidateError
from work_data_hub.domain.kernel.period import Period
from work_data_hub.io.connectors.file_connector import FileConnector
from work_data_hub.io.connectors.names import shown

OCTOBER = Period(2025, 10)
ODD = {
    "newline": "25年10月\n年金规模收入数据.xlsx",
    "quotes": "25年10月'\"`年金规模收入数据.xlsx",
    "emoji": "25年10月👩‍💼年金规模收入数据.xlsx",
    "right to left": "25年10月\u202e年金规模收入数据.xlsx",
    "leading dash": "-rf 25年10月年金规模收入数据.xlsx",
    "escape sequence": "\x1b[31m25年10月年金规模收入数据.xlsx",
    "backslash": "25\\10\\年金规模收入数据.xlsx",
    "ideographic space": "25年10月\u3000年金规模收入数据.xlsx",
    "very long": f"{'长' * 60}年金规模收入数据.xlsx",
    "undecodable": os.fsdecode(b"\xff\xfe") + "年金规模收入数据.xlsx",
}


def write(root: Path, name: str, content: str = "x") -> Path:
    path = root / "202510" / name
    path.parent.mkdir(exist_ok=True)
    try:
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        pytest.skip(f"this file system does not take the name: {error}")
    return path


@pytest.mark.parametrize("trait", ODD)
def test_an_odd_name_is_found_opened_and_told_safely(
    trait: str, connector: FileConnector, root: Path, scale: SourceSpec
) -> None:
    path = write(root, ODD[trait])
    found = connector.find(scale, OCTOBER)
    assert found.path == path
    assert found.path.read_text(encoding="utf-8") == "x"
    assert connector.glance(scale, OCTOBER).name == found.name
    found.name.encode("utf-8")
    assert not any(character in found.name for character in "\n\x1b\u202e\u200d")


@pytest.mark.parametrize("trait", ODD)
def test_an_odd_name_in_a_message_breaks_no_line(
    trait: str, connector: FileConnector, root: Path, scale: SourceSpec
) -> None:
    write(root, ODD[trait])
    write(root, "年金规模收入数据.xlsx")
    with pytest.raises(AmbiguousCandidatesError) as caught:
        connector.find(scale, OCTOBER)
    told = str(caught.value)
    told.encode("utf-8")
    assert len(told.splitlines()) == 5


@pytest.mark.parametrize(
    "name",
    [
        "年金规模收入数据.xlsx\n",
        "年金规模收入数据\u202excod.exe",
        "年金规模收入数据.xlsx\u200b",
        "年金规模收入数据.xlsx ",
        "年金规模收入数据.xlsx.exe",
        "~$年金规模收入数据.xlsx",
    ],
)
def test_a_name_that_only_looks_right_is_no_candidate(
    name: str, connector: FileConnector, root: Path, scale: SourceSpec
) -> None:
    write(root, name)
    with pytest.raises(NoCandidateError):
        connector.find(scale, OCTOBER)


@pytest.mark.parametrize(("of_pattern", "of_name"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_a_pattern_in_one_unicode_form_finds_a_name_in_the_other(
    of_pattern: Literal["NFC", "NFD"], of_name: Literal["NFC", "NFD"], connector: FileConnector, root: Path
) -> None:
    write(root, unicodedata.normalize(of_name, "Übersicht Donn\u00e9es\u1e69.xlsx"))
    pattern = unicodedata.normalize(of_pattern, "über*donn\u00e9es\u1e69.xlsx")
    name = connector.find(SourceSpec("demo", ("{YYYYMM}",), (pattern,)), OCTOBER).name
    assert name == unicodedata.normalize("NFC", name)


@given(st.text(st.characters(exclude_characters="/\0"), min_size=1))
def test_what_is_shown_can_be_printed_and_stored_and_tells_names_apart(name: str) -> None:
    told = shown(name)
    told.encode("utf-8")
    assert len(told.splitlines()) <= 1
    assert all(character.isprintable() or unicodedata.category(character) == "Zs" for character in told)
    if unicodedata.normalize("NFC", name) != unicodedata.normalize("NFC", name + "\u202e"):
        assert shown(name) != shown(name + "\u202e")


@pytest.mark.parametrize("stamp", [-(2**40), 2**40, 253_402_300_800])
def test_a_time_that_no_calendar_holds_is_no_reason_to_fail(
    stamp: int, connector: FileConnector, root: Path, scale: SourceSpec
) -> None:
    path = write(root, "年金规模收入数据.xlsx")
    try:
        os.utime(path, (stamp, stamp))
    except (OSError, OverflowError) as error:
        pytest.skip(f"this file system does not take the time: {error}")
    found = connector.find(scale, OCTOBER)
    assert datetime.min.replace(tzinfo=UTC) <= found.modified_at <= datetime.max.replace(tzinfo=UTC)


def test_folders_that_are_links_in_a_circle_are_no_folders(
    connector: FileConnector, put: Put, root: Path, scale: SourceSpec
) -> None:
    put("202510/年金规模收入数据.xlsx")
    (root / "202510/V1").symlink_to(root / "202510")
    (root / "202510/数据采集").symlink_to(root / "202510/数据采集")
    (root / "202511").symlink_to(root / "202511")
    assert connector.find(scale, OCTOBER).version == "V1"
    assert connector.months(scale) == (OCTOBER,)
    with pytest.raises(NoCandidateError):
        connector.find(scale, Period(2025, 11))


def test_a_year_folder_behind_a_link_out_of_the_landing_root_is_not_listed(
    connector: FileConnector, put: Put, root: Path, tmp_path: Path
) -> None:
    (tmp_path / "outside" / "10").mkdir(parents=True)
    (root / "2024").symlink_to(tmp_path / "outside")
    put("2025/10/x")
    spec = SourceSpec("demo", ("{YYYY}/{MM}",), ("*",))
    assert connector.months(spec) == (OCTOBER,)
    with pytest.raises(HubError, match="link out of the landing folder"):
        connector.find(spec, Period(2024, 10))


def test_a_pipe_with_the_right_name_is_told_and_never_opened(
    connector: FileConnector, put: Put, root: Path, scale: SourceSpec
) -> None:
    put("202510/readme.txt")
    os.mkfifo(root / "202510" / "年金规模收入数据.xlsx")
    with pytest.raises(NoCandidateError, match="not a file, or a link to nothing"):
        connector.find(scale, OCTOBER)
