"""The landing folder: the same bytes each time, what the manifest says, and the cells the truth expects."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from work_data_hub.domain.annuity.sample.book import income_truth, month_book, month_truth
from work_data_hub.domain.annuity.sample.months import MONTHS
from work_data_hub.domain.annuity.sample.options import SampleOptions
from work_data_hub.domain.kernel.period import Period
from work_data_hub.io.samples.landing import write_landing
from work_data_hub.io.samples.manifest import SampleManifest

Report = tuple[str, int, int]
Landing = tuple[Path, SampleManifest, list[Report]]
OPTIONS = SampleOptions(seed=5, rows=400, layout_rows=150)


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Landing:
    root = tmp_path_factory.mktemp("landing")
    heard: list[Report] = []
    manifest = write_landing(root, OPTIONS, lambda path, done, total: heard.append((path, done, total)))
    return root, manifest, heard


def files_of(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_the_same_options_give_the_same_bytes_even_over_older_files(landing: Landing, tmp_path: Path) -> None:
    older = tmp_path / MONTHS[0].candidates[0].path
    older.parent.mkdir(parents=True)
    older.write_bytes(b"old")
    write_landing(tmp_path, OPTIONS)
    assert files_of(tmp_path) == files_of(landing[0])


def test_progress_names_every_workbook_once(landing: Landing) -> None:
    heard = landing[2]
    deliveries = [delivery.path for plan in MONTHS for delivery in plan.deliveries]
    assert heard == [(path, done, len(deliveries)) for done, path in enumerate(deliveries, start=1)]


def test_the_manifest_on_disk_names_every_file(landing: Landing) -> None:
    root, manifest, _ = landing
    written = json.loads((root / "sample_manifest.json").read_text("utf-8"))
    named = {
        path
        for month in written["months"]
        for kind in ("candidates", "superseded", "decoys")
        for path in month[kind]
    }
    assert named == set(files_of(root)) - {"sample_manifest.json"}
    assert [month["period"] for month in written["months"]] == [month.period for month in manifest.months]


def test_only_the_month_with_two_candidates_is_refused(landing: Landing) -> None:
    refused = {month.period: month for month in landing[1].months if not month.resolved}
    assert set(refused) == {"2025-10"}
    assert refused["2025-10"].outcome == "refused: 2 candidates"
    assert [Path(path).stem[-4:] for path in refused["2025-10"].candidates] == ["1110", "1111"]


def test_the_manifest_tells_what_reading_the_income_sheet_must_give(landing: Landing) -> None:
    months = {month.period: month.income for month in landing[1].months if month.income is not None}
    assert set(months) == {month.period for month in landing[1].months if month.resolved}
    for period, described in months.items():
        truth = income_truth(OPTIONS, Period.parse(period))
        assert described.sheet == "收入明细"
        assert described.header_row == truth.header_row
        assert described.counts == asdict(truth.counts)
        assert sum(described.rejected_by_rule.values()) == truth.counts.rejected
        assert described.totals["tax_yuan"]["read"] == str(truth.totals["tax_yuan"].read)
    wrong = {period: list(month.totals_wrong.values()) for period, month in months.items()}
    assert {period: found for period, found in wrong.items() if found} == {"2025-01": [("fixed_fee_yuan",)]}


def test_deliberate_opening_breaks_are_listed(landing: Landing) -> None:
    listed = {
        month.period: {item["plan_code"] for item in month.opening_breaks} for month in landing[1].months
    }
    assert {period: plans for period, plans in listed.items() if plans} == {
        "2025-02": {"P0290"},
        "2025-12": {"P0807", "SC002", "XNP706"},
    }


def opened(path: Path) -> Any:
    import openpyxl

    return openpyxl.load_workbook(path, data_only=True)


@pytest.mark.parametrize("period", [plan.period for plan in MONTHS if len(plan.candidates) == 1], ids=str)
def test_cells_stand_where_the_truth_says(landing: Landing, period: Period) -> None:
    made = month_book(OPTIONS, period)
    book = opened(landing[0] / made.truth.path)
    for truth, amount, label in (
        (made.truth, "closing_aum_yuan", "期末资产规模"),
        (made.income_truth, "tax_yuan", "税"),
    ):
        sheet = book[truth.sheet]
        header = {"".join(str(cell.value or "").split()): cell.column for cell in sheet[truth.header_row]}
        places = truth.frame["row_number"]
        cells = [sheet.cell(place, header["客户名称"]).value for place in places]
        names = [None if pd.isna(name) else name for name in truth.frame["account_name"]]
        assert [None if cell == " " else cell for cell in cells] == names
        for stated in truth.stated:
            total = sheet.cell(stated.row_number, header[label]).value
            assert round(total, 4) == float(stated.amounts[amount])


def test_float_noise_is_saved_with_all_its_digits(landing: Landing) -> None:
    truth = month_truth(OPTIONS, Period(2025, 11))
    sheet = opened(landing[0] / truth.path)[truth.sheet]
    numbers = [cell for row in sheet.iter_rows(values_only=True) for cell in row if isinstance(cell, float)]
    assert any(repr(number) != f"{number:.15g}" and len(repr(number)) > 16 for number in numbers)
