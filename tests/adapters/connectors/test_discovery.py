"""Which folder, which version, which file; and what is said where that is not clear."""

import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from tests.adapters.connectors.conftest import Put

from work_data_hub.application.sources import OnAmbiguous, SourceSpec, VersionStrategy
from work_data_hub.domain.kernel.errors import (
    AmbiguousCandidatesError,
    ConfigurationError,
    InputRefusedError,
    NoCandidateError,
)
from work_data_hub.domain.kernel.period import Period
from work_data_hub.io.connectors.file_connector import FileConnector

OCTOBER = Period(2025, 10)
SPEC = SourceSpec("demo", ("{YYYYMM}/in", "{YYYYMM}"), ("*data*.xlsx",), ("~$*",))
LATEST = replace(SPEC, version_strategy=VersionStrategy.LATEST)


def manual(version: str) -> SourceSpec:
    return replace(SPEC, version_strategy=VersionStrategy.MANUAL, version=version)


def found(connector: FileConnector, spec: SourceSpec = SPEC) -> str:
    return connector.find(spec, OCTOBER).name


def test_first_folder_with_a_matching_file_wins(connector: FileConnector, put: Put) -> None:
    put("202510/data.xlsx")
    put("202510/in/readme.txt")
    assert found(connector) == "202510/data.xlsx"
    put("202510/in/V1/data.xlsx")
    assert found(connector) == "202510/in/V1/data.xlsx"


def test_highest_version_is_by_number_not_by_spelling(connector: FileConnector, put: Put) -> None:
    for version in ("V2", "V9", "V10"):
        put(f"202510/in/{version}/data.xlsx")
    assert found(connector) == "202510/in/V10/data.xlsx"


@pytest.mark.parametrize("name", ["v9", "V9 final", "V", "VII", "V9.1", "V９"])
def test_version_folders_are_exactly_v_and_digits(connector: FileConnector, put: Put, name: str) -> None:
    put("202510/in/V1/data.xlsx")
    put(f"202510/in/{name}/data.xlsx")
    assert found(connector) == "202510/in/V1/data.xlsx"


def test_file_named_like_a_version_is_no_version(connector: FileConnector, put: Put) -> None:
    put("202510/in/data.xlsx")
    put("202510/in/V2")
    assert found(connector) == "202510/in/data.xlsx"


def test_version_without_a_matching_file_does_not_count(connector: FileConnector, put: Put) -> None:
    put("202510/in/V1/data.xlsx")
    put("202510/in/V2/~$data.xlsx")
    put("202510/in/V3/other.xlsx")
    assert found(connector) == "202510/in/V1/data.xlsx"
    awards = replace(SPEC, patterns=("other*",))
    assert found(connector, awards) == "202510/in/V3/other.xlsx"


def test_a_version_goes_before_the_folder_itself(connector: FileConnector, put: Put) -> None:
    put("202510/in/data.xlsx")
    put("202510/in/V1/data.xlsx")
    assert found(connector) == "202510/in/V1/data.xlsx"


def test_two_spellings_of_one_version_number_are_ambiguous(connector: FileConnector, put: Put) -> None:
    put("202510/in/V2/data.xlsx")
    put("202510/in/V02/data.xlsx")
    with pytest.raises(AmbiguousCandidatesError, match="can't be told apart"):
        found(connector, replace(SPEC, on_ambiguous=OnAmbiguous.FIRST))


def test_latest_takes_the_version_changed_last(connector: FileConnector, put: Put) -> None:
    put("202510/in/V1/data.xlsx", at="2025-11-12T00:00:00")
    put("202510/in/V2/data.xlsx", at="2025-11-11T00:00:00")
    put("202510/in/V3/other.txt", at="2025-11-13T00:00:00")
    assert found(connector, LATEST) == "202510/in/V1/data.xlsx"


@pytest.mark.parametrize(("second", "tied"), [("00", True), ("01", True), ("02", False)])
def test_latest_within_a_second_is_ambiguous(
    connector: FileConnector, put: Put, second: str, tied: bool
) -> None:
    put("202510/in/V1/data.xlsx", at=f"2025-11-12T00:00:{second}")
    put("202510/in/V2/data.xlsx", at="2025-11-12T00:00:00")
    if not tied:
        assert found(connector, LATEST) == "202510/in/V1/data.xlsx"
        return
    with pytest.raises(AmbiguousCandidatesError) as caught:
        found(connector, LATEST)
    assert caught.value.evidence["candidates"] == ("202510/in/V1/data.xlsx", "202510/in/V2/data.xlsx")


def test_manual_takes_the_named_version(connector: FileConnector, put: Put) -> None:
    put("202510/in/V1/data.xlsx")
    put("202510/in/V2/data.xlsx")
    assert found(connector, manual("V1")) == "202510/in/V1/data.xlsx"


def test_manual_version_that_holds_nothing_is_told(connector: FileConnector, put: Put) -> None:
    put("202510/in/V1/data.xlsx")
    put("202510/in/data.xlsx")
    with pytest.raises(NoCandidateError, match="V7, set by hand, holds no matching file"):
        found(connector, manual("V7"))


def test_manual_without_a_version_is_a_wrong_configuration(connector: FileConnector, put: Put) -> None:
    put("202510/in/data.xlsx")
    with pytest.raises(ConfigurationError, match="no version"):
        found(connector, replace(SPEC, version_strategy=VersionStrategy.MANUAL))


@pytest.mark.parametrize(
    ("choice", "right"),
    [
        (OnAmbiguous.NEWEST, "a data.xlsx"),
        (OnAmbiguous.OLDEST, "b data.xlsx"),
        (OnAmbiguous.FIRST, "B data.xlsx"),
    ],
)
def test_several_files_may_be_settled_by_choice(
    connector: FileConnector, put: Put, choice: OnAmbiguous, right: str
) -> None:
    put("202510/in/B data.xlsx", at="2025-11-11T00:00:00")
    put("202510/in/a data.xlsx", at="2025-11-12T00:00:00")
    put("202510/in/b data.xlsx", at="2025-11-10T00:00:00")
    assert found(connector, replace(SPEC, on_ambiguous=choice)) == f"202510/in/{right}"


@pytest.mark.parametrize("choice", [OnAmbiguous.NEWEST, OnAmbiguous.OLDEST, OnAmbiguous.ERROR])
def test_files_of_one_moment_stay_ambiguous(connector: FileConnector, put: Put, choice: OnAmbiguous) -> None:
    put("202510/in/a data.xlsx")
    put("202510/in/b data.xlsx")
    with pytest.raises(AmbiguousCandidatesError, match="demo 2025-10: 2 candidates"):
        found(connector, replace(SPEC, on_ambiguous=choice))


def test_nothing_found_tells_folders_patterns_and_files_seen(connector: FileConnector, put: Put) -> None:
    put("202510/in/~$data.xlsx")
    put("202510/in/V2/data.csv")
    put("202510/in/V2/notes.xlsx")
    with pytest.raises(NoCandidateError) as caught:
        found(connector, replace(SPEC, folders=("{YYYY}/{MM}", *SPEC.folders), patterns=("*data*", "x*")))
    told = str(caught.value)
    assert "demo 2025-10: no file found" in told
    for line in (
        "2025/10: no such folder",
        "202510/in: no matching file",
        "202510: no matching file",
        "*data*",
        "202510/in/~$data.xlsx: excluded by ~$*",
        "202510/in/V2/data.csv: suffix is none of .xlsx, .xlsm",
        "202510/in/V2/notes.xlsx: no pattern matches",
        "Fix: ",
    ):
        assert line in told
    assert caught.value.evidence["folders"] == ("2025/10", "202510/in", "202510")
    assert caught.value.evidence["patterns"] == ("*data*", "x*")
    assert caught.value.exit_status == 4


def test_long_lists_are_cut(connector: FileConnector, put: Put) -> None:
    for number in range(30):
        put(f"202510/in/data {number:02d}.xlsx")
    with pytest.raises(AmbiguousCandidatesError) as caught:
        found(connector)
    assert "30 candidates" in str(caught.value)
    assert "and 10 more" in str(caught.value)
    assert len(caught.value.evidence["candidates"]) == 30


def test_names_match_in_any_unicode_form_and_case(connector: FileConnector, put: Put) -> None:
    put(unicodedata.normalize("NFD", "202510/in/Donn\u00e9es.XLSX"))
    spec = replace(SPEC, patterns=(unicodedata.normalize("NFC", "donn\u00e9es*.xlsx"),))
    hit = connector.find(spec, OCTOBER)
    assert hit.name == unicodedata.normalize("NFC", "202510/in/Donn\u00e9es.XLSX")
    assert hit.path.is_file()


def test_folder_named_like_the_file_is_no_candidate(connector: FileConnector, put: Put, root: Path) -> None:
    (root / "202510/in/data folder.xlsx").mkdir(parents=True)
    put("202510/in/data.xlsx")
    assert found(connector) == "202510/in/data.xlsx"


def test_what_lies_there_is_told_without_deciding(connector: FileConnector, put: Put) -> None:
    put("202510/in/data.xlsx")
    put("202510/in/V1/data.xlsx")
    put("202510/in/V2/a data.xlsx")
    put("202510/in/V2/b data.xlsx")
    put("202510/in/V3/x.txt")
    seen = connector.candidates(replace(SPEC, folders=("{MM}", *SPEC.folders)), OCTOBER)
    assert [(tried.folder, tried.outcome) for tried in seen.folders] == [
        ("10", "no such folder"),
        ("202510/in", "2 matching"),
    ]
    assert (seen.version, seen.version_reason) == ("V2", "highest version with a matching file")
    assert seen.names == ("202510/in/V2/a data.xlsx", "202510/in/V2/b data.xlsx")
    assert {file.name: file.reason for file in seen.excluded} == {
        "202510/in/V3/x.txt": "no pattern matches",
        "202510/in/data.xlsx": "passed over for V2",
        "202510/in/V1/data.xlsx": "passed over for V2",
    }


def test_looking_at_an_empty_month_is_no_error(connector: FileConnector) -> None:
    assert connector.candidates(SPEC, OCTOBER).candidates == ()


def test_links_out_of_the_landing_folder_are_refused(
    connector: FileConnector, put: Put, root: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "data.xlsx").touch()
    put("202510/in/readme.txt")
    (root / "202510/in/data.xlsx").symlink_to(outside / "data.xlsx")
    with pytest.raises(InputRefusedError, match=r"202510/in/data\.xlsx is a link out of the landing folder"):
        found(connector)
    (root / "202510/in/data.xlsx").unlink()
    (root / "202510/in/V1").symlink_to(outside)
    with pytest.raises(InputRefusedError, match="202510/in/V1 is a link out"):
        found(connector)
    (root / "202511").symlink_to(outside)
    with pytest.raises(InputRefusedError, match="202511/in is a link out"):
        connector.find(SPEC, Period(2025, 11))


def test_links_within_the_landing_folder_are_followed(connector: FileConnector, put: Put, root: Path) -> None:
    put("202510/store/kept.bin", "content")
    (root / "202510/in").mkdir()
    (root / "202510/in/data.xlsx").symlink_to(root / "202510/store/kept.bin")
    assert found(connector) == "202510/in/data.xlsx"


def test_dead_and_circular_links_are_no_candidates(connector: FileConnector, put: Put, root: Path) -> None:
    put("202510/in/data.xlsx")
    (root / "202510/in/dead data.xlsx").symlink_to(root / "nowhere")
    (root / "202510/in/loop data.xlsx").symlink_to(root / "202510/in/loop data.xlsx")
    assert found(connector) == "202510/in/data.xlsx"


def test_landing_folder_may_itself_be_a_link(put: Put, root: Path, tmp_path: Path) -> None:
    put("202510/in/data.xlsx")
    (tmp_path / "link").symlink_to(root)
    assert found(FileConnector(tmp_path / "link")) == "202510/in/data.xlsx"


def test_missing_landing_folder_is_a_configuration_error(tmp_path: Path) -> None:
    connector = FileConnector(tmp_path / "nowhere")
    for ask in (lambda: connector.find(SPEC, OCTOBER), lambda: connector.months(SPEC)):
        with pytest.raises(ConfigurationError, match="LANDING_ROOT"):
            ask()


def test_months_are_read_back_from_every_template(connector: FileConnector, put: Put, root: Path) -> None:
    put("2025/10/x")
    put("2025/13/x")
    put("in 2024-09/x")
    put("202311/202312/x")
    put("202401/202401/x")
    spec = replace(SPEC, folders=("{YYYY}/{MM}", "in {YYYY}-{MM}/deep", "{YYYYMM}/{YYYY}{MM}"))
    assert [str(month) for month in connector.months(spec)] == ["2024-01", "2024-09", "2025-10"]
