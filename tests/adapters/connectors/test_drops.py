"""Drops: which files are one, in which order, and what is said where that is not clear."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.adapters.connectors.conftest import Put

from work_data_hub.application.ports import DropBox
from work_data_hub.application.sources import OnAmbiguous, SourceSpec, VersionStrategy
from work_data_hub.domain.kernel.errors import (
    AmbiguousCandidatesError,
    ConfigurationError,
    InputChangedError,
    InputRefusedError,
    NoCandidateError,
)
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.sheets import DropSpec, SheetColumn
from work_data_hub.io.connectors.drops import DropFolder
from work_data_hub.io.connectors.file_connector import FileConnector

SUFFIXES = (".xlsx", ".parquet", ".csv")
SPEC = SourceSpec("demo", ("shop/in", "shop"), ("*data*",), ("*old*",), suffixes=SUFFIXES)
TOGETHER = replace(SPEC, on_ambiguous=OnAmbiguous.TOGETHER)
COLUMNS = DropSpec((SheetColumn("code", ("Code",), required=True),))


@pytest.fixture
def drops(root: Path) -> DropFolder:
    return DropFolder(root)


def names(drops: DropFolder, spec: SourceSpec = SPEC) -> list[str]:
    found = [file.name for file in drops.parts(spec)]
    assert [glance.name for glance in drops.glance(spec)] == found
    return found


def test_it_is_the_drop_box_of_the_use_cases(drops: DropFolder) -> None:
    port: DropBox = drops
    assert port is drops


def test_the_first_folder_with_a_matching_file_wins(drops: DropFolder, put: Put) -> None:
    put("shop/data.csv")
    put("shop/in/readme.txt")
    assert names(drops) == ["shop/data.csv"]
    put("shop/in/data.csv")
    assert names(drops) == ["shop/in/data.csv"]


def test_version_folders_work_as_for_months(drops: DropFolder, put: Put) -> None:
    put("shop/in/data.csv")
    for version in ("V2", "V10"):
        put(f"shop/in/{version}/data.csv")
    (file,) = drops.parts(SPEC)
    assert (file.name, file.version) == ("shop/in/V10/data.csv", "V10")
    manual = replace(SPEC, version_strategy=VersionStrategy.MANUAL, version="V2")
    assert names(drops, manual) == ["shop/in/V2/data.csv"]


def test_the_landing_folder_itself_may_hold_a_drop(drops: DropFolder, put: Put) -> None:
    put("data.csv")
    assert names(drops, replace(SPEC, folders=(".",))) == ["data.csv"]
    put("V1/data.csv", "newer")
    assert names(drops, replace(SPEC, folders=(".",))) == ["V1/data.csv"]


def test_hidden_and_lock_files_are_no_candidates(drops: DropFolder, put: Put) -> None:
    put("shop/in/data.xlsx")
    for name in ("~$data.xlsx", ".data.xlsx", ".~lock.data.xlsx", "old data.xlsx"):
        put(f"shop/in/{name}")
    assert names(drops, TOGETHER) == ["shop/in/data.xlsx"]


def test_several_files_are_refused_unless_they_belong_together(drops: DropFolder, put: Put) -> None:
    put("shop/in/data 2.csv")
    put("shop/in/data 1.csv")
    for ask in (drops.parts, drops.glance):
        with pytest.raises(AmbiguousCandidatesError) as caught:
            ask(SPEC)
        told = str(caught.value)
        assert told.startswith("demo drop: 2 candidates")
        assert "together" in caught.value.fix
        assert "period" not in caught.value.evidence
    assert names(drops, TOGETHER) == ["shop/in/data 1.csv", "shop/in/data 2.csv"]
    assert names(drops, replace(SPEC, on_ambiguous=OnAmbiguous.FIRST)) == ["shop/in/data 1.csv"]


def test_together_are_the_files_of_the_first_suffix_that_is_there(drops: DropFolder, put: Put) -> None:
    for name in ("data b.csv", "data a.csv", "data c.PARQUET", "data d.parquet"):
        put(f"shop/in/{name}")
    assert names(drops, TOGETHER) == ["shop/in/data c.PARQUET", "shop/in/data d.parquet"]
    put("shop/in/data.xlsx")
    assert names(drops, TOGETHER) == ["shop/in/data.xlsx"]
    csv_first = replace(TOGETHER, suffixes=(".csv", ".xlsx"))
    assert names(drops, csv_first) == ["shop/in/data a.csv", "shop/in/data b.csv"]


def test_versions_that_cannot_be_told_apart_are_never_together(drops: DropFolder, put: Put) -> None:
    put("shop/in/V2/data.csv", "a")
    put("shop/in/V02/data.csv", "b")
    with pytest.raises(AmbiguousCandidatesError, match="can't be told apart"):
        drops.parts(TOGETHER)


def test_a_copy_beside_its_file_is_refused(drops: DropFolder, put: Put) -> None:
    put("shop/in/data.csv", "same")
    put("shop/in/copy of data.csv", "same")
    with pytest.raises(AmbiguousCandidatesError, match=r"copy of data\.csv and .*hold the same content"):
        drops.parts(TOGETHER)


def test_nothing_found_tells_folders_patterns_and_files_seen_and_no_month(
    drops: DropFolder, put: Put
) -> None:
    put("shop/in/~$data.xlsx")
    put("shop/in/data.txt")
    with pytest.raises(NoCandidateError) as caught:
        drops.parts(replace(SPEC, folders=("nowhere", "shop/in")))
    told = str(caught.value)
    for line in (
        "demo drop: no file found",
        "nowhere: no such folder",
        "shop/in: no matching file",
        "*data*",
        "shop/in/~$data.xlsx: excluded by ~$*",
        "shop/in/data.txt: suffix is none of .xlsx, .parquet, .csv",
        "Fix: put the file there",
    ):
        assert line in told
    assert "month" not in told
    assert "None" not in told
    assert caught.value.exit_status == 4


def test_links_out_of_the_landing_folder_are_refused(
    drops: DropFolder, put: Put, root: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "data.csv").touch()
    put("shop/in/readme.txt")
    (root / "shop/in/data.csv").symlink_to(outside / "data.csv")
    with pytest.raises(InputRefusedError, match="is a link out of the landing folder"):
        drops.parts(SPEC)
    (root / "linked").symlink_to(outside)
    with pytest.raises(InputRefusedError, match="linked is a link out"):
        drops.glance(replace(SPEC, folders=("linked",)))


def test_a_monthly_source_is_no_drop_and_a_drop_has_no_month(
    drops: DropFolder, connector: FileConnector, put: Put, scale: SourceSpec
) -> None:
    put("shop/in/data.csv")
    assert (scale.is_drop, SPEC.is_drop) == (False, True)
    for ask in (drops.parts, drops.glance):
        with pytest.raises(ConfigurationError, match="its folders tell a month"):
            ask(scale)
    for find in (connector.find, connector.glance, connector.candidates):
        with pytest.raises(ConfigurationError, match="is a drop and has no file of 2025-10"):
            find(SPEC, Period(2025, 10))
    assert connector.months(SPEC) == ()


def test_a_monthly_source_never_takes_several_files_together(connector: FileConnector, put: Put) -> None:
    put("202510/data a.csv")
    put("202510/data b.csv", at="2025-11-11T08:00:00")
    with pytest.raises(AmbiguousCandidatesError, match="demo 2025-10: 2 candidates"):
        connector.find(replace(TOGETHER, folders=("{YYYYMM}",)), Period(2025, 10))


def test_a_glance_tells_another_state_of_a_file(drops: DropFolder, put: Put) -> None:
    put("shop/in/data.csv", "one")
    before = drops.glance(SPEC)
    assert drops.glance(SPEC) == before
    put("shop/in/data.csv", "two")
    assert drops.glance(SPEC)[0].signature != before[0].signature


def test_a_missing_landing_folder_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="LANDING_ROOT"):
        DropFolder(tmp_path / "nowhere").parts(SPEC)


@pytest.mark.parametrize(
    ("name", "content", "whole"),
    [
        ("x.csv", b"", True),
        ("x.parquet", b"PAR1....PAR1", True),
        ("x.parquet", b"PAR1....PAR", False),
        ("x.parquet", b"PAR1PAR1", False),
        ("x.parquet", b"PAR1", False),
        ("x.parquet", b"", False),
        ("x.xlsx", b"PK", False),
    ],
)
def test_a_file_without_its_end_is_not_whole(
    drops: DropFolder, root: Path, name: str, content: bytes, whole: bool
) -> None:
    (root / name).write_bytes(content)
    assert drops.is_whole(root / name) is whole


def test_the_sheets_of_a_file_carry_its_fingerprint(drops: DropFolder, root: Path) -> None:
    (root / "shop/in").mkdir(parents=True)
    import openpyxl

    book = openpyxl.Workbook()
    for title, cell in (("2010", "a"), ("Notes", "?"), ("2011", "b")):
        page = book.create_sheet(title)
        page.append(["Code"])
        page.append([cell])
    book.remove(book["Sheet"])
    book.save(root / "shop/in/data.xlsx")
    (file,) = drops.parts(SPEC)
    parts = drops.read(file, replace(COLUMNS, sheets="20*"))
    assert [(part.file_id, part.file_name, part.read.sheet) for part in parts] == [
        (file.file_id, "shop/in/data.xlsx", "2010"),
        (file.file_id, "shop/in/data.xlsx", "2011"),
    ]
    assert [part.read.rows["code"].tolist() for part in parts] == [["a"], ["b"]]
    assert drops.fingerprint(file.path) == file.sha256


@pytest.mark.parametrize("name", ["data.csv", "data.parquet", "data.xlsx"])
def test_a_content_that_changed_is_not_read(drops: DropFolder, put: Put, name: str) -> None:
    put(f"shop/in/{name}", "Code\na\n")
    (file,) = drops.parts(SPEC)
    put(f"shop/in/{name}", "Code\nb\n")
    with pytest.raises(InputChangedError):
        drops.read(file, COLUMNS)
