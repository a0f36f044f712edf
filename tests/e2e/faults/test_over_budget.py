"""Rejects over budget, through the command: nothing published, evidence kept, exit status 4."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.e2e.faults.conftest import Stages
from tests.e2e.faults.month import MONTH, Place, load, states, write_workbook_of
from tests.fixtures_postgres import run_sql

from work_data_hub.domain.annuity.contracts import (
    ANNUITY_CONTRACTS,
    COMPANY_INDEX,
    INCOME_DETAIL,
    INCOME_ROWS,
    SCALE_DETAIL,
    SCALE_ROWS,
)

pytestmark = pytest.mark.xdist_group("kills")

PROJECT = Path(__file__).resolve().parents[3]
SPOILT = 40


def test_a_month_over_budget_is_refused_and_explained(stages: Stages, tmp_path: Path) -> None:
    with stages.copy(stages.old) as place:
        bad = place.with_landing(tmp_path / "landing")
        spoil(write_workbook_of(bad.landing, 2))
        done = wdh_run(bad, tmp_path)
        assert done.returncode == 4, done.stderr
        (month,) = json.loads(done.stdout)["months"]
        found = states(place.url)
        # the income sheet and what the sheet teaches about companies do not wait for the scale rows
        apart = {c.key for c in (SCALE_ROWS, SCALE_DETAIL, INCOME_ROWS, INCOME_DETAIL, COMPANY_INDEX)}
        published = {contract.key for contract in ANNUITY_CONTRACTS} - apart
        assert {key: found[key] for key in published} == {key: stages.before[key] for key in published}
        detail, before = found[SCALE_DETAIL.key], stages.before[SCALE_DETAIL.key]
        assert (detail.identity, detail.recorded) == (before.identity, before.recorded)
        evidence = detail.rejections - before.rejections
        assert before.rejections < detail.rejections
        assert len([line for line in evidence if line[3] == "unreadable_number"]) >= SPOILT
        assert {line[4] for line in evidence} == {"open"}
        attempts = run_sql(
            place.url,
            "SELECT result, error_kind FROM hub.pipeline_executions WHERE run_id = %s AND table_key = %s",
            month["run_id"],
            SCALE_DETAIL.key,
        )
        assert attempts == [("refused", "RejectBudgetExceededError")]
        assert month["error"]["kind"] == "RejectBudgetExceededError"
        assert "correct the rows in the source file" in month["error"]["fix"]
        load(place)
        healed = states(place.url)
        assert {line for line in healed[SCALE_DETAIL.key].rejections if line[4] == "open"} == {
            line for line in stages.after[SCALE_DETAIL.key].rejections if line[4] == "open"
        }
        assert {key: healed[key] for key in published} == {key: stages.after[key] for key in published}


def wdh_run(place: Place, home: Path) -> "subprocess.CompletedProcess[str]":
    """Run the month by the command."""
    (home / "dagster").mkdir()
    env = {
        **os.environ,
        "DATABASE_URL": place.url,
        "ENVIRONMENT": "dev",
        "WDH_HOME": str(home / "wdh"),
        "LANDING_ROOT": str(place.landing),
        "DAGSTER_HOME": str(home / "dagster"),
    }
    command = [sys.executable, "-m", "work_data_hub.cli.main", "run", "annuity"]
    return subprocess.run(
        [*command, "--period", MONTH.key, "--json"],
        env=env,
        cwd=PROJECT,
        check=False,
        capture_output=True,
        text=True,
    )


def spoil(book: Path) -> None:
    """Write words where closing assets should be."""
    import openpyxl

    workbook = openpyxl.load_workbook(book)
    sheet = workbook["规模明细"]
    header = next(cell for row in sheet.iter_rows(max_row=5) for cell in row if "期末" in str(cell.value))
    for row in range(header.row + 20, header.row + 20 + SPOILT):
        sheet.cell(row, header.column).value = "待定"
    workbook.save(book)
    workbook.close()
