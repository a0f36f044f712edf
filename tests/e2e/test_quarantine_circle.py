"""Rejected rows through the shell as a person works with them: export, correct, import, replay, waive."""

import io
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.faults.month import MONTH
from tests.fixtures_postgres import run_sql, temporary_database

from work_data_hub.application.quarantine.exchange import Entry
from work_data_hub.cleansing.text import normalise_header
from work_data_hub.cli.main import run
from work_data_hub.config.settings import get_settings
from work_data_hub.domain.annuity.columns import PLAN_TYPES
from work_data_hub.domain.annuity.sample.book import make_book
from work_data_hub.domain.annuity.sample.months import month_plan
from work_data_hub.domain.annuity.sample.options import SampleOptions
from work_data_hub.io.readers.excel_reader import ExcelReader
from work_data_hub.io.samples.workbook import write_workbook
from work_data_hub.io.workbooks.exchange_reader import read_exchange
from work_data_hub.io.workbooks.layout import COLUMNS, SHEET, VALUE

# one worker, so that what the module sets up is set up once
pytestmark = pytest.mark.xdist_group("quarantine_circle")

PROJECT = Path(__file__).resolve().parents[2]
PERIOD = str(MONTH)
TODAY = datetime.now(UTC).date()
HEADERS = {column.header: index for index, column in enumerate(COLUMNS, start=1)}
# what is written over good cells of the workbook, by header; its totals rows keep the right sums
SPOILT = {"供款": "待定", "计划类型": "=未知", "月度": "2024-13"}
DETAIL, FACT = "annuity.silver.scale_detail", "annuity.gold.scale_fact"


@dataclass(frozen=True, slots=True)
class Said:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Story:
    """What was said, step by step, and the cells as they were before they were spoilt."""

    url: str
    right: Mapping[str, tuple[int, Any]]
    said: Mapping[str, Said]
    entries: tuple[Entry, ...]
    differing: Mapping[str, int]
    spoilt_ids: frozenset[str]

    def published(self, step: str, table: str) -> int:
        (month,) = self.said[step].json["months"]
        return int(next(line["published"] for line in month["tables"] if line["table"] == table))


def wdh(*arguments: str) -> Said:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = run(arguments)
    return Said(status, out.getvalue(), err.getvalue())


def opened(path: Path) -> Any:
    """Open a workbook with another program's reader; of formulas their values, which it would not save."""
    import openpyxl

    return openpyxl.load_workbook(path, data_only=True)


def write_month(landing: Path) -> Path:
    """Put a sample workbook into the landing folder, large enough to bear a few more rejects."""
    plan = month_plan(MONTH)
    delivery = plan.candidates[0]
    book = make_book(SampleOptions(rows=600, layout_rows=200), plan, delivery)
    write_workbook(landing / delivery.path, (book.scale, book.income))
    return landing / delivery.path


def spoil(path: Path) -> dict[str, tuple[int, Any]]:
    """Write nonsense into one good row for each header, and give the rows and what stood there."""
    book = opened(path)
    sheet = book["规模明细"]
    columns = {normalise_header(str(cell.value)): cell.column for cell in reversed(sheet[1])}
    good = (row for row in range(2, sheet.max_row) if is_good(sheet, row, columns))
    right = {}
    for header, nonsense in SPOILT.items():
        cell = sheet.cell(next(good, 0), columns[header])
        right[header] = (cell.row, cell.value)
        cell.value, cell.data_type = nonsense, "s"
    book.save(path)
    return right


def is_good(sheet: Any, row: int, columns: Mapping[str, int]) -> bool:
    """Say whether a row is plain, and stands in no merged range that its cells would fill."""
    value = {name: sheet.cell(row, column).value for name, column in columns.items()}
    numbers = [value[name] for name in ("期初资产规模", "期末资产规模", "供款", "投资收益", "当期收益率")]
    here, below = (sheet.cell(at, columns["计划类型"]).value for at in (row, row + 1))
    whole = all(isinstance(number, float) for number in numbers) and bool(value["业务类型"])
    return whole and value["月度"] == 202412 and here in PLAN_TYPES and below in PLAN_TYPES


def fill(source: Path, target: Path, answers: Callable[[Mapping[str, Any]], object]) -> None:
    """Write answers into the corrected column, as a person with a spreadsheet would."""
    book = opened(source)
    for row in book[SHEET].iter_rows(min_row=2):
        answer = answers({header: row[index - 1].value for header, index in HEADERS.items()})
        if answer is not None:
            row[HEADERS[VALUE] - 1].value = answer
    book.save(target)


def count_differing(url: str) -> int:
    query = (
        "SELECT count(*) FROM hub.reconciliation WHERE table_key = %s AND verdict = 'differs'"
        " AND comparison LIKE 'workbook_%%'"
    )
    return int(str(run_sql(url, query, DETAIL)[0][0]))


@pytest.fixture(scope="module")
def story(
    postgres_url: str, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("circle")
    (folder / "dagster").mkdir()
    with temporary_database(postgres_url, migrated_template) as url, pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "DATABASE_URL": url,
            "ENVIRONMENT": "dev",
            "WDH_HOME": str(folder / "wdh"),
            "LANDING_ROOT": str(folder / "landing"),
            "DAGSTER_HOME": str(folder / "dagster"),
        }.items():
            patch.setenv(name, value)
        patch.chdir(PROJECT)
        get_settings.cache_clear()
        yield tell(url, folder)
        get_settings.cache_clear()


def tell(url: str, folder: Path) -> Story:
    right = spoil(write_month(folder / "landing"))
    out, wrong, back = (folder / f"{name}.xlsx" for name in ("out", "wrong", "back"))
    said, differing = {"run": wdh("run", "annuity", "-p", PERIOD, "--json")}, {}
    differing["before"] = count_differing(url)
    said["list"] = wdh("quarantine", "list", "--lines", "--json")
    said["list as people read it"] = wdh("quarantine", "list", "-p", PERIOD)
    ids = {str(line["rejection_id"]) for line in said["list"].json["lines"] if is_spoilt(line, right)}
    said["show"] = wdh("quarantine", "show", min(ids)[:10])
    said["export"] = wdh("quarantine", "export", str(out), "--json")
    said["export again"] = wdh("quarantine", "export", str(out))
    fill(out, wrong, lambda row: row["原值 / value found"])
    said["wrong import"] = wdh("quarantine", "import", str(wrong))
    by_row = dict(right.values())
    fill(out, back, lambda row: by_row[row["行 / row"]] if row["编号 / id"] in ids else None)
    entries = read_exchange(ExcelReader(), out).entries
    said["dry import"] = wdh("quarantine", "import", str(back), "--dry-run", "--json")
    said["nothing yet"] = wdh("quarantine", "replay", "--all", "--dry-run")
    said["import"] = wdh("quarantine", "import", str(back), "--author", "王", "--json")
    said["import again"] = wdh("quarantine", "import", str(back), "--json")
    said["dry replay"] = wdh("quarantine", "replay", "--all", "--dry-run", "--json")
    said["replay"] = wdh("quarantine", "replay", "--all", "--json")
    differing["after"] = count_differing(url)
    said["settled import"] = wdh("quarantine", "import", str(back))
    said["list after"] = wdh("quarantine", "list", "--state", "all", "--lines", "--json")
    (left, *_) = [
        line["rejection_id"] for line in said["list after"].json["lines"] if line["state"] == "open"
    ]
    until = ("--until", (TODAY + timedelta(days=30)).isoformat())
    said["dry waive"] = wdh("quarantine", "waive", left, "--reason", "known", *until, "--dry-run")
    said["waive"] = wdh("quarantine", "waive", left, "--reason", "known", *until, "--json")
    said["list waived"] = wdh("quarantine", "list", "--state", "waived", "--lines", "--json")
    said["withdraw"] = wdh("quarantine", "withdraw", min(ids))
    said["replay by period"] = wdh("quarantine", "replay", "-p", PERIOD, "--json")
    said["list at last"] = wdh("quarantine", "list", "--state", "all", "--lines", "--json")
    return Story(url, right, said, entries, differing, frozenset(ids))


def is_spoilt(line: Mapping[str, Any], right: Mapping[str, tuple[int, Any]]) -> bool:
    return line["sheet"] == "规模明细" and line["row_number"] in {row for row, _ in right.values()}


def test_the_month_is_published_with_rejects_and_its_sums_differ(story: Story) -> None:
    assert story.said["run"].status == 3, story.said["run"].err
    assert len(story.spoilt_ids) == 3
    assert story.differing["before"] > 0


def test_the_list_counts_by_table_month_and_rule_and_tells_the_oldest(story: Story) -> None:
    document = story.said["list"].json
    rules = {group["rule"]: group["open"] for group in document["groups"] if group["table"] == DETAIL}
    assert {"unreadable_number", "unknown_plan_type", "unreadable_month"} <= set(rules)
    assert document["summary"]["open"] == len(document["lines"])
    assert document["summary"]["oldest_open_since"] == TODAY.isoformat()
    assert document["oldest_open_days"] == 0
    said = story.said["list as people read it"].out
    assert "silver.scale_detail" in said
    assert "the oldest since" in said


def test_a_line_is_shown_with_its_cell_its_whole_row_and_its_history(story: Story) -> None:
    said = story.said["show"]
    assert said.status == 0, said.err
    for part in ("规模明细", "Source row", "客户名称", "first seen", "problem"):
        assert part in said.out


def test_the_export_asks_for_every_open_line_and_is_never_written_over(story: Story) -> None:
    document = story.said["export"].json
    assert document["lines"] == len(story.said["list"].json["lines"]) == len(story.entries)
    assert {entry.rejection_id for entry in story.entries} >= story.spoilt_ids
    assert (story.said["export again"].status, story.said["export again"].out) == (2, "")


def test_a_wrong_workbook_is_refused_as_a_whole(story: Story) -> None:
    said = story.said["wrong import"]
    assert (said.status, said.out) == (4, "")
    assert "changes nothing" in said.err
    assert "Fix: " in said.err
    assert "No correction waits" in story.said["nothing yet"].out


def test_a_dry_run_shows_what_an_import_would_keep(story: Story) -> None:
    dry, real = story.said["dry import"].json, story.said["import"].json
    assert (dry["dry_run"], real["dry_run"]) == (True, False)
    assert len(dry["corrections"]) == len(real["corrections"]) == 3
    assert {made["author"] for made in real["corrections"]} == {"王"}
    assert {made["table"] for made in real["corrections"]} == {"annuity.bronze.scale_rows"}
    assert {made["column"] for made in real["corrections"]} == {
        "contributions",
        "plan_type",
        "reporting_month",
    }
    assert (story.said["import again"].json["known"], story.said["import again"].json["corrections"]) == (
        3,
        [],
    )


def test_a_replay_takes_the_rows_in_and_the_facts_tie_with_the_workbook(story: Story) -> None:
    (planned,) = story.said["dry replay"].json["months"]
    assert (planned["period"], planned["pending"]) == (PERIOD, 3)
    said = story.said["replay"]
    (month,) = said.json["months"]
    assert month["became"]["replayed"] == 3
    assert month["new"] == 0
    for table in (DETAIL, FACT):
        assert story.published("replay", table) == story.published("run", table) + 3
        assert month["published_before"][table] == story.published("run", table)
    assert [line["table"] for line in month["tables"] if line["totals_differ"]] == []
    assert story.differing["after"] == 0
    # some of the sample's own rejects are still there
    assert said.status == 3


def test_corrected_lines_are_replayed_and_can_not_be_corrected_twice(story: Story) -> None:
    states = {line["rejection_id"]: line["state"] for line in story.said["list after"].json["lines"]}
    assert {states[name] for name in story.spoilt_ids} == {"replayed"}
    assert "replayed already" in story.said["settled import"].err


def test_bronze_stays_as_it_came(story: Story) -> None:
    row, _ = story.right["供款"]
    found = run_sql(
        story.url,
        "SELECT contributions FROM annuity_bronze.scale_rows WHERE row_number = %s AND period = %s",
        row,
        MONTH.start,
    )
    assert found == [("待定",)]


def test_a_waived_line_no_longer_counts_as_open(story: Story) -> None:
    assert "would be waived" in story.said["dry waive"].out
    (waiver,) = story.said["waive"].json["waivers"]
    (line,) = story.said["list waived"].json["lines"]
    assert (line["rejection_id"], line["waiver"]["reason"]) == (waiver["rejection_id"], "known")
    last = story.said["list at last"].json["summary"]
    assert last["waived"] == 1


def test_a_later_run_keeps_what_was_corrected_and_a_withdrawn_correction_brings_its_line_back(
    story: Story,
) -> None:
    assert story.said["withdraw"].status == 0, story.said["withdraw"].err
    assert story.said["replay by period"].status == 3, story.said["replay by period"].err
    assert story.published("replay by period", FACT) == story.published("replay", FACT) - 1
    states = {line["rejection_id"]: line["state"] for line in story.said["list at last"].json["lines"]}
    withdrawn = min(story.spoilt_ids)
    assert states[withdrawn] == "open"
    assert {states[name] for name in story.spoilt_ids - {withdrawn}} == {"replayed"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("replay",),
        ("replay", "--all", "-p", PERIOD),
        ("show", "abc"),
        ("show", "ffffffffff"),
        ("list", "--state", "gone"),
        ("list", "--table", "nothing"),
        ("list", "--domain", "pensions"),
        ("export", "lines.csv"),
        ("withdraw", "ffffffffff"),
        ("waive", "ffffffffff", "--reason", "x", "--until", "2020-01-01"),
        ("waive", "ffffffffff", "--reason", "x", "--until", "soon"),
        ("waive", "ffffffffff", "--reason", "x", "--until", (TODAY + timedelta(days=367)).isoformat()),
        ("waive", "ffffffffff", "--reason", " ", "--until", (TODAY + timedelta(days=9)).isoformat()),
    ],
)
def test_wrong_usage_is_told_with_a_way_out(story: Story, arguments: tuple[str, ...]) -> None:
    said = wdh("quarantine", *arguments)
    assert (said.status, said.out) == (2, "")
    assert "Fix: " in said.err
    assert "Traceback" not in said.err


def test_a_file_that_is_no_workbook_is_refused(story: Story, tmp_path: Path) -> None:
    (tmp_path / "back.xlsx").write_text("hello")
    assert wdh("quarantine", "import", str(tmp_path / "back.xlsx")).status == 4
    assert [path.name for path in tmp_path.iterdir()] == ["back.xlsx"]
