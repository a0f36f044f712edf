"""A release that is not as it was made is refused, by every reason there is."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.adapters.release.gold import tree

from work_data_hub.application.release.errors import ReleaseRefusedError
from work_data_hub.application.release.verify import judge, verify
from work_data_hub.io.release.inspection import inspect
from work_data_hub.io.release.parts import md5_of

MANIFEST = "release_manifest.json"
Spoil = Callable[[Path], object]


def parts(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.parquet"))


def edited(change: Callable[[dict[str, Any]], object]) -> Spoil:
    """Edit the manifest."""

    def spoil(folder: Path) -> None:
        said = json.loads((folder / MANIFEST).read_text())
        change(said)
        (folder / MANIFEST).write_text(json.dumps(said))

    return spoil


def resealed(change: Callable[[pa.Table], pa.Table]) -> Spoil:
    """Rewrite the first part and let the manifest bear its MD5."""

    def spoil(folder: Path) -> None:
        part = parts(folder)[0]
        pq.write_table(change(pq.read_table(part)), part)
        edited(lambda said: said["files"][0].update(md5=md5_of(part)))(folder)

    return spoil


def flip_a_bit(folder: Path) -> None:
    part = parts(folder)[1]
    content = bytearray(part.read_bytes())
    content[len(content) // 3] ^= 1
    part.write_bytes(content)


def truncate(folder: Path) -> None:
    part = parts(folder)[2]
    part.write_bytes(part.read_bytes()[:-7])


def swap(folder: Path) -> None:
    one, two, *_ = parts(folder)
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)


def link_out(folder: Path) -> None:
    part = parts(folder)[0]
    other = folder.parent / "elsewhere"
    part.rename(other)
    part.symlink_to(other)


def move(name: str) -> Spoil:
    return lambda folder: folder.rename(folder.parent / name)


CASES: list[tuple[Spoil, list[str]]] = [
    (flip_a_bit, ["part-00002.parquet: its MD5 is"]),
    (lambda folder: parts(folder)[3].unlink(), ["part-00004.parquet: it is missing"]),
    (lambda folder: (folder / "_SUCCESS").unlink(), ["marker: _SUCCESS is missing"]),
    (
        edited(lambda said: said.update(row_count_total=41)),
        ["row_count_total: 41, but its files add up to 40"],
    ),
    (
        edited(lambda said: said["files"][0].update(rows=11)),
        ["part-00001.parquet: it holds 10 rows, the manifest says 11", "its files add up to 41"],
    ),
    (
        edited(lambda said: (said["files"][0].update(rows=11), said["files"][1].update(rows=9))),
        ["part-00001.parquet: it holds 10 rows", "part-00002.parquet: it holds 10 rows"],
    ),
    (
        lambda folder: (folder / "extra.parquet").write_bytes(parts(folder)[0].read_bytes()),
        ["extra.parquet: the manifest does not name it"],
    ),
    (
        lambda folder: (folder / "notes.txt").write_text("hello"),
        ["notes.txt: the manifest does not name it"],
    ),
    (truncate, ["part-00003.parquet: its MD5 is", "part-00003.parquet: it can't be read as Parquet"]),
    (swap, ["part-00001.parquet: its MD5 is", "part-00002.parquet: its MD5 is"]),
    (link_out, ["part-00001.parquet: it is no plain file"]),
    (lambda folder: (folder / MANIFEST).unlink(), ["release_manifest.json is missing"]),
    (
        lambda folder: (folder / MANIFEST).write_bytes(b"\xff\xfe"),
        ["release_manifest.json is missing or no plain"],
    ),
    (lambda folder: (folder / MANIFEST).write_text("{"), ["manifest: invalid JSON"]),
    (lambda folder: (folder / MANIFEST).write_text("[" * 100_000), ["manifest: invalid JSON"]),
    (edited(lambda said: said.pop("watermark")), ["manifest watermark: field required"]),
    (edited(lambda said: said.update(sent_by="x")), ["manifest sent_by: extra inputs are not permitted"]),
    (edited(lambda said: said.update(row_count_total="40")), ["manifest row_count_total: input should be"]),
    (edited(lambda said: said.update(run_id="yesterday")), ["manifest run_id: input should be a valid UUID"]),
    (edited(lambda said: said.update(created_utc="2025-11-01T00:00:00")), ["manifest created_utc: "]),
    (edited(lambda said: said.update(version="1.0")), ["manifest version: "]),
    (
        edited(lambda said: said.update(version="1.0.1")),
        ["path: the folder says version 1.0.0, the manifest 1.0.1"],
    ),
    (
        edited(lambda said: said.update(table="others")),
        ["path: the folder says table sales_daily, the manifest others", "schema_hash: the columns give"],
    ),
    (
        edited(lambda said: said.update(created_utc="2031-01-01T00:00:00Z")),
        ["path: the folder says day"],
    ),
    (
        move("v1.0.1"),
        [
            "path: the folder says version 1.0.1, the manifest 1.0.0",
            *(f"part {number} of this folder is named sales_daily" for number in (1, 2, 3, 4)),
        ],
    ),
    (
        move("latest"),
        ["path: it does not end with table/YYYY/MM/DD/vX.Y.Z: latest"],
    ),
    (
        edited(lambda said: said["files"][0].update(name="../../" + said["files"][0]["name"])),
        ["it is missing", "the manifest does not name it", "of this folder is named"],
    ),
    (
        edited(lambda said: said["files"].append(said["files"][0])),
        ["the manifest names it 2 times", "its files add up to 50"],
    ),
    (
        edited(lambda said: said["schema"]["columns"][2].update(type="text")),
        ["manifest schema_hash: the columns give", *(4 * ["column units is bigint, the manifest says text"])],
    ),
    (
        edited(lambda said: said["schema"].update(schema_hash="0" * 64)),
        ["manifest schema_hash: the columns give"],
    ),
    (
        edited(lambda said: said["schema"]["columns"][2].update(type="money")),
        [
            "manifest schema_hash",
            "manifest schema: units has the unknown type money",
            *(4 * ["column units is bigint, the manifest says money"]),
        ],
    ),
    (
        edited(lambda said: said["schema"].update(primary_key=["day", "shop"])),
        ["manifest schema_hash", "manifest schema: shop is in the key, but no column"],
    ),
    (
        edited(lambda said: said["watermark"].update(date_max="2025-11-06")),
        ["manifest watermark: date_max is 2025-11-06, the files reach 2025-11-05"],
    ),
    (
        edited(lambda said: said["watermark"]["load_window"].update(start="2032-01-01T00:00:00Z")),
        ["manifest watermark: the load window ends ("],
    ),
    (
        edited(lambda said: said["watermark"]["load_window"].update(end="2032-01-01T00:00:00Z")),
        ["manifest watermark: the load window ends after the release was made"],
    ),
    (edited(lambda said: said["watermark"].update(column=None)), ["column and date_max go together"]),
    (
        edited(lambda said: said["watermark"].update(column="month")),
        ["manifest watermark: month is no column"],
    ),
    (
        resealed(lambda table: table.rename_columns([*table.column_names[:-1], "seen"])),
        [
            "column seen is timestamptz, the manifest says absent",
            "column seen_at is absent, the manifest says timestamptz",
        ],
    ),
    (
        resealed(lambda table: table.select(table.column_names[::-1])),
        ["its columns stand in another order than in the manifest"],
    ),
    (
        resealed(lambda table: table.slice(1)),
        ["it holds 9 rows, the manifest says 10"],
    ),
]


@pytest.mark.parametrize(("spoil", "reasons"), CASES)
def test_what_is_wrong_is_named_and_nothing_else(release: Path, spoil: Spoil, reasons: list[str]) -> None:
    spoil(release)
    folder = release if release.exists() else next(release.parent.glob("[vl]*"))
    with pytest.raises(ReleaseRefusedError) as refused:
        verify(inspect, folder)
    problems = refused.value.evidence["problems"]
    assert len(problems) == len(reasons), problems
    for reason in set(reasons):
        assert sum(reason in problem for problem in problems) >= reasons.count(reason), (reason, problems)
    assert refused.value.exit_status == 4
    assert all(problem in str(refused.value) for problem in problems)


def test_a_release_as_it_was_made_is_taken(release: Path) -> None:
    before = tree(release)
    assert verify(inspect, release).manifest.row_count_total == 40
    assert tree(release) == before


def test_a_link_to_the_folder_is_the_folder(release: Path, tmp_path: Path) -> None:
    (tmp_path / "shortcut").symlink_to(release)
    assert verify(inspect, tmp_path / "shortcut").path == release.resolve()


@pytest.mark.parametrize("name", ["nowhere", "file"])
def test_what_is_no_folder_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReleaseRefusedError, match="1 problem"):
        verify(inspect, tmp_path / name)


def test_a_column_name_that_is_no_text_is_a_damaged_part(release: Path) -> None:
    part = parts(release)[0]
    content = part.read_bytes()
    name = pq.ParquetFile(part).schema_arrow.names[0].encode()
    part.write_bytes(content.replace(name, b"\xef" + name[1:]))
    _, problems = judge(inspect(release))
    assert any(problem.startswith(f"{part.name}: it can't be read as Parquet") for problem in problems)


@given(data=st.data())
def test_no_flipped_byte_goes_unseen(made: Path, tmp_path_factory: pytest.TempPathFactory, data: Any) -> None:
    part = data.draw(st.sampled_from(parts(made)))
    content = part.read_bytes()
    place = data.draw(st.integers(0, len(content) - 1))
    mask = data.draw(st.integers(1, 255))
    folder = tmp_path_factory.mktemp("flipped") / Path(*made.parts[-5:])
    folder.mkdir(parents=True)
    for file in made.iterdir():
        flipped = bytes(byte ^ mask if n == place else byte for n, byte in enumerate(content))
        (folder / file.name).write_bytes(flipped if file == part else file.read_bytes())
    _, problems = judge(inspect(folder))
    assert any(problem.startswith(f"{part.name}: its MD5 is") for problem in problems)
