"""Names of folders and files, and the manifest as text."""

import json
from datetime import UTC, date, datetime
from pathlib import PurePosixPath
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from work_data_hub.application.release.manifest import (
    FileEntry,
    LoadWindow,
    Manifest,
    ManifestError,
    ScoreFacts,
    Watermark,
    read_manifest,
    schema_entry,
    write_manifest,
)
from work_data_hub.application.release.place import Place
from work_data_hub.application.release.pointer import promoted, rolled_back
from work_data_hub.application.release.records import Pointer, ReleaseRecord
from work_data_hub.application.release.schema import ReleaseColumn, ReleaseSchema
from work_data_hub.application.release.version import Version
from work_data_hub.domain.kernel.errors import UsageError

NOW = datetime(2025, 11, 21, 15, 0, 0, tzinfo=UTC)
SCHEMA = ReleaseSchema("sales", (ReleaseColumn("day", "date", nullable=False),), ("day",))
SCORES = ScoreFacts(
    model_version="3.1.0",
    feature_version="2.0.0",
    training_run_id="t",
    scoring_run_id="s",
    bucket_edges=(0.2, 0.3),
)
PLACES = st.builds(
    Place,
    st.from_regex(r"[a-z_][a-z0-9_]{0,20}", fullmatch=True),
    st.dates(date(1000, 1, 1)),
    st.builds(Version, *(st.integers(0, 99_999) for _ in range(3))),
)


def manifest(version: str = "1.0.0", scores: ScoreFacts | None = None) -> Manifest:
    return Manifest(
        dataset="shop",
        table="sales",
        version=version,
        run_id=UUID(int=7),
        created_utc=NOW,
        row_count_total=3,
        files=(FileEntry(name="x", rows=3, md5="0" * 32),),
        schema=schema_entry(SCHEMA),
        watermark=Watermark(column="day", date_max=NOW.date(), load_window=LoadWindow(start=NOW, end=NOW)),
        scores=scores,
    )


@given(PLACES)
def test_a_place_is_read_from_its_path(place: Place) -> None:
    assert Place.of(PurePosixPath("/somewhere") / place.path) == place
    assert place.part(1).endswith("_part-00001.parquet")
    assert place.part(2) > place.part(1)


@pytest.mark.parametrize(
    "path",
    [
        "sales/2025/13/01/v1.0.0",
        "sales/2025/11/21/1.0.0",
        "sales/2025/11/21/v1.0",
        "sales/2025/11/21/v01.0.0",
        "Sales/2025/11/21/v1.0.0",
        "2025/11/21/v1.0.0",
        "..",
        "",
    ],
)
def test_any_other_path_is_none(path: str) -> None:
    assert Place.of(PurePosixPath(path)) is None


def test_a_place_is_written_as_the_contract_says() -> None:
    place = Place("sales_daily", date(2025, 11, 1), Version(1, 2, 3))
    assert str(place.path) == "release/gold/sales_daily/2025/11/01/v1.2.3"
    assert place.part(12) == "sales_daily_20251101_v1.2.3_part-00012.parquet"


@pytest.mark.parametrize("scores", [None, SCORES])
def test_a_manifest_is_read_as_it_was_written(scores: ScoreFacts | None) -> None:
    text = write_manifest(manifest(scores=scores))
    assert read_manifest(text) == manifest(scores=scores)
    said = json.loads(text)
    assert said["created_utc"] == "2025-11-21T15:00:00Z"
    assert ("scores" in said) == (scores is not None)
    assert said["schema"]["columns"] == [{"name": "day", "type": "date", "nullable": False}]


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", '{"dataset": NaN}', " " * 20_000_000])
def test_what_is_no_manifest_is_a_manifest_error(text: str) -> None:
    with pytest.raises(ManifestError) as found:
        read_manifest(text)
    assert found.value.problems


@given(st.text(max_size=50))
def test_any_text_is_a_manifest_or_a_manifest_error(text: str) -> None:
    with pytest.raises(ManifestError):
        read_manifest(text)


def record(version: str) -> ReleaseRecord:
    place = Place("sales", NOW.date(), Version.parse(version))
    return ReleaseRecord("shop.gold.sales", place, manifest(version), NOW)


def versions(pointer: Pointer) -> list[str]:
    return [str(entry.version) for entry in (pointer.current, *pointer.previous)]


def test_a_pointer_moves_on_and_back() -> None:
    pointer = promoted(None, record("1.0.0"), NOW)
    for version in ("1.0.1", "1.0.2", "1.0.1"):
        pointer = promoted(pointer, record(version), NOW)
    assert versions(pointer) == ["1.0.1", "1.0.2", "1.0.0"]
    assert {str(version) for version in pointer.kept} == {"1.0.1", "1.0.2"}
    back = rolled_back(pointer, "shop.gold.sales", NOW)
    assert versions(back) == ["1.0.2", "1.0.0"]
    last = rolled_back(back, "shop.gold.sales", NOW)
    for nothing in (last, None):
        with pytest.raises(UsageError, match="no release to go back to"):
            rolled_back(nothing, "shop.gold.sales", NOW)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=20))
def test_a_pointer_names_each_version_once_and_a_rollback_undoes_the_last_promotion(order: list[int]) -> None:
    before: Pointer | None = None
    pointer: Pointer | None = None
    for number in order:
        before, pointer = pointer, promoted(pointer, record(f"1.0.{number}"), NOW)
    assert pointer is not None
    assert len(set(versions(pointer))) == len(versions(pointer))
    if before is not None and before.current.version != pointer.current.version:
        assert rolled_back(pointer, "x", NOW).current.version == before.current.version
