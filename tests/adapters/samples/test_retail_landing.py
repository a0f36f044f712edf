"""The retail files: the same bytes each time, read back as they were made, and told truly by the manifest."""

import csv
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tests.unit.retail.sample.recount import Row, sheet_counts

from work_data_hub.domain.annuity.sample.options import SampleOptions
from work_data_hub.domain.retail.sample.eurostyle import HEADERS, Eurostyle, make_eurostyle
from work_data_hub.domain.retail.sample.fashion import make_fashion
from work_data_hub.domain.retail.sample.options import RetailOptions
from work_data_hub.domain.retail.sample.rates import RATES
from work_data_hub.io.samples.landing import write_landing
from work_data_hub.io.samples.retail_landing import (
    LINES_PATH,
    RATES_PATH,
    RETAIL_FILES,
    RetailManifest,
    exact,
    store_path,
    write_retail,
)

OPTIONS = RetailOptions(seed=6, lines=2_000)
Landing = tuple[Path, RetailManifest, list[str]]


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Landing:
    root = tmp_path_factory.mktemp("landing")
    heard: list[str] = []
    return root, write_retail(root, OPTIONS, heard.append), heard


@pytest.fixture(scope="module")
def made() -> Eurostyle:
    return make_eurostyle(OPTIONS)


def files_of(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def sheets_of(path: Path) -> Iterator[tuple[str, list[Row]]]:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True)
    for sheet in book.worksheets:
        yield sheet.title, list(sheet.iter_rows(values_only=True))
    book.close()


def test_the_same_options_give_the_same_bytes(landing: Landing, tmp_path: Path) -> None:
    write_retail(tmp_path, OPTIONS)
    assert files_of(tmp_path) == files_of(landing[0])


def test_every_file_is_told_once_and_named_in_the_manifest(landing: Landing) -> None:
    root, manifest, heard = landing
    assert sorted(heard) == sorted(manifest.files) == sorted(files_of(root))
    assert len(heard) == RETAIL_FILES


def test_the_workbook_is_read_back_cell_by_cell(landing: Landing, made: Eurostyle) -> None:
    found = list(sheets_of(landing[0] / LINES_PATH))
    assert [name for name, _ in found] == ["Year 2009-2010", "Year 2010-2011"]
    for (_, read), sheet in zip(found, made.sheets, strict=True):
        assert read[0] == HEADERS
        assert tuple(read[1:]) == sheet.rows


def test_cells_have_the_types_of_the_real_workbook(landing: Landing) -> None:
    _, read = next(sheets_of(landing[0] / LINES_PATH))
    kinds = [{type(row[column]) for row in read[1:]} for column in range(len(HEADERS))]
    nothing = type(None)
    assert kinds == [{str}, {str}, {str, nothing}, {int}, {datetime}, {int, float}, {int, nothing}, {str}]


def test_what_is_read_back_is_what_the_manifest_says(landing: Landing) -> None:
    root, manifest, _ = landing
    for told, (name, read) in zip(manifest.eurostyle["sheets"], sheets_of(root / LINES_PATH), strict=True):
        assert told == {"sheet": name, **{key: exact(value) for key, value in sheet_counts(read[1:]).items()}}


def test_the_csv_files_are_read_back_as_they_were_made(landing: Landing) -> None:
    for table in make_fashion(OPTIONS).tables:
        assert read_csv(landing[0] / store_path(table.name)) == [list(table.headers), *map(list, table.rows)]
    assert read_csv(landing[0] / RATES_PATH)[1:] == [list(rate) for rate in RATES]


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


def test_the_csv_files_end_their_lines_as_the_real_ones(landing: Landing) -> None:
    written = (landing[0] / store_path("sales")).read_bytes()
    assert written.count(b"\r\n") == written.count(b"\n") == 90
    assert not written.endswith(b"\n")


def test_one_manifest_tells_both_domains(landing: Landing, tmp_path: Path) -> None:
    heard: list[tuple[str, int, int]] = []
    annuity = SampleOptions(seed=5, rows=120, layout_rows=120)
    write_landing(tmp_path, annuity, lambda *said: heard.append(said), OPTIONS)
    document: dict[str, Any] = json.loads((tmp_path / "sample_manifest.json").read_text("utf-8"))
    assert list(document) == ["seed", "rows", "layout_rows", "months", "retail", "pricing"]
    retail = document["retail"]
    assert retail["files"] == dict(landing[1].files)
    assert retail["eurostyle"]["months"][0]["month"] == "2009-12"
    assert retail["eurostyle"]["sheets"][0]["lines"] == 985
    assert retail["contoso"]["margin_eur"] == str(make_fashion(OPTIONS).truth.margin_eur)
    assert [done for _, done, _ in heard] == list(range(1, heard[0][2] + 1))
    assert [path for path, _, _ in heard[-RETAIL_FILES:]] == list(retail["files"])
