"""The price desk's files: the same bytes each time, read by the hub's own readers as they were made, told truly."""

import json
from pathlib import Path
from typing import Any

import pytest

from work_data_hub.cleansing.column import text_cells
from work_data_hub.cleansing.timestamps import months_of
from work_data_hub.domain.annuity.sample.options import SampleOptions
from work_data_hub.domain.kernel.sheets import DropSpec, SheetColumn, SheetRead
from work_data_hub.domain.pricing.sample.options import PricingOptions
from work_data_hub.domain.pricing.sample.sample import make_samples
from work_data_hub.io.readers.drop_reader import read_drop
from work_data_hub.io.samples.landing import write_landing
from work_data_hub.io.samples.pricing_landing import PRICING_FILES, PricingManifest, write_pricing

OPTIONS = PricingOptions(seed=6, lines=800)
Landing = tuple[Path, PricingManifest, list[str]]


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Landing:
    root = tmp_path_factory.mktemp("landing")
    heard: list[str] = []
    return root, write_pricing(root, OPTIONS, heard.append), heard


def files_of(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def read(path: Path, headers: list[str]) -> SheetRead:
    columns = tuple(SheetColumn(name, headers=(name,), may_be_empty=True) for name in headers)
    (sheet,) = read_drop(path, DropSpec(columns))
    return sheet


def test_the_same_options_give_the_same_bytes(landing: Landing, tmp_path: Path) -> None:
    write_pricing(tmp_path, OPTIONS)
    assert files_of(tmp_path) == files_of(landing[0])


def test_every_file_is_told_once_and_named_in_the_manifest(landing: Landing) -> None:
    root, manifest, heard = landing
    assert sorted(heard) == sorted(manifest.files) == sorted(files_of(root))
    assert len(heard) == PRICING_FILES


@pytest.mark.parametrize("bu_id", ["BU1", "BU2"])
def test_the_hubs_readers_give_back_every_cell(landing: Landing, bu_id: str) -> None:
    (sample,) = [each for each in make_samples(OPTIONS) if each.unit.bu_id == bu_id]
    for file in sample.files:
        sheet = read(landing[0] / "pricing" / bu_id / file.path, file.table.column_names)
        assert sheet.unknown_headers == sheet.absent_columns == ()
        assert len(sheet.rows) == len(file.table)
        for name in file.table.column_names:
            made = [written(cell) for cell in file.table[name].to_pylist()]
            assert text_cells(sheet.rows[name]).to_pylist() == made, name


def written(cell: Any) -> str | None:
    """Say how a reader gives a cell: prices from Parquet lose the zeros at their end."""
    if cell in {None, ""}:
        return None
    if isinstance(cell, str):
        return cell
    text = str(cell).lower()
    return text.rstrip("0").rstrip(".") if "." in text else text


@pytest.mark.parametrize(("bu_id", "header"), [("BU1", "order_date"), ("BU2", "datum")])
def test_every_date_tells_its_month(landing: Landing, bu_id: str, header: str) -> None:
    (sample,) = [each for each in make_samples(OPTIONS) if each.unit.bu_id == bu_id]
    for file in sample.files:
        if header in file.table.column_names:
            sheet = read(landing[0] / "pricing" / bu_id / file.path, file.table.column_names)
            assert months_of(sheet.rows[header]).notna().all()


def test_the_manifest_tells_what_each_unit_must_come_to(landing: Landing) -> None:
    units = json.loads(json.dumps(dict(landing[1].units)))
    assert list(units) == ["BU1", "BU2"]
    for told in units.values():
        expected = told["expected"]
        assert expected["read"] == told["rows"]["orders"] + told["rows"]["quotes"]
        assert expected["read"] == sum(expected[key] for key in ("published", "rejected", "deduplicated"))
        assert expected["published"] == expected["usable"] + sum(expected["exclusions"].values())
        for key in ("read", "published", "rejected", "deduplicated", "usable", "quantity"):
            assert expected[key] == sum(month[key] for month in told["months"].values())
    assert units["BU2"]["headers"]["order_id"] == "auftrag"
    assert units["BU1"]["rows"]["lookups"].keys() == {"lookups/products.csv", "lookups/customers.csv"}


def test_one_manifest_tells_the_price_desk_too(landing: Landing, tmp_path: Path) -> None:
    heard: list[tuple[str, int, int]] = []
    annuity = SampleOptions(seed=5, rows=120, layout_rows=120)
    write_landing(tmp_path, annuity, lambda *said: heard.append(said), pricing=OPTIONS)
    document: dict[str, Any] = json.loads((tmp_path / "sample_manifest.json").read_text("utf-8"))
    assert document["retail"] is None
    assert document["pricing"]["files"] == dict(landing[1].files)
    assert [done for _, done, _ in heard] == list(range(1, heard[0][2] + 1))
    assert [path for path, _, _ in heard[-PRICING_FILES:]] == list(document["pricing"]["files"])
