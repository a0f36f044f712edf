"""What `wdh status` and `wdh plan` say of a domain that takes drops."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import typer
from tests.fakes import FakeDropBox
from tests.unit.application.market import Market

from work_data_hub.bootstrap import Hub
from work_data_hub.cli import plan_command, status_command
from work_data_hub.config.settings import Settings
from work_data_hub.domain.kernel.errors import AmbiguousCandidatesError

TEA, CUP = ("2025-11-03", "tea", "4"), ("2025-12-24", "cup", "7")


@pytest.fixture
def market(monkeypatch: pytest.MonkeyPatch) -> Market:
    made = Market()
    made.drop("sales", TEA, CUP)
    values: dict[str, Any] = {"_env_file": None, "database_url": "embedded"}
    settings = Settings(**values)

    @contextmanager
    def opened(_settings: Settings) -> Iterator[Hub]:
        yield Hub(settings, made.ports, {"market": made.domain})

    for command in (status_command, plan_command):
        monkeypatch.setattr(command, "read_settings", lambda: settings)
        monkeypatch.setattr(command, "open_hub", opened)
    return made


def plan(capsys: pytest.CaptureFixture[str], *, as_json: bool = False) -> tuple[int, str]:
    """Plan everything and give the exit status and what was printed."""
    status = 0
    try:
        plan_command.plan("market", None, as_json=as_json)
    except typer.Exit as ended:
        status = ended.exit_code
    return status, capsys.readouterr().out


def test_status_lists_months_beside_each_other_and_whole_tables_below(
    market: Market, capsys: pytest.CaptureFixture[str]
) -> None:
    market.load()
    status_command.status("market")
    lines = [line.split() for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert lines[:3] == [
        ["market"],
        ["table", "2025-11", "2025-12"],
        ["gold.takings", "fresh", "fresh"],
    ]
    assert ["table,", "built", "as", "a", "whole", "rows", "state"] in lines
    assert ["silver.goods", "2", "fresh"] in lines
    assert ["bronze.gifts", "missing"] in lines
    assert lines[-1] == ["missing", "all:", "no", "file", "found", "(bronze.gifts)"]


def test_status_of_drops_that_never_fell_says_so(capsys: pytest.CaptureFixture[str], market: Market) -> None:
    assert isinstance(market.box, FakeDropBox)
    market.box.drops.clear()
    status_command.status("market")
    out = capsys.readouterr().out
    assert "4 missing" in out
    assert "2025" not in out


def test_status_as_json_has_no_month_for_whole_tables(
    market: Market, capsys: pytest.CaptureFixture[str]
) -> None:
    market.load()
    status_command.status("market", as_json=True)
    found = json.loads(capsys.readouterr().out)["domains"]["market"]
    assert found["states"] == {"fresh": 5, "missing": 1}
    months = {table["table"]: table["period"] for table in found["tables"]}
    assert (months["market.silver.goods"], months["market.gold.takings"]) == (None, "2025-12")


def test_a_plan_names_files_and_what_would_be_written(
    market: Market, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out = plan(capsys)
    assert status == 4
    assert "sales/drop.csv, 1 bytes" in out
    assert "! no file found" in out
    assert [line.split()[-1] for line in out.splitlines() if line.startswith("market_bronze.sales")] == [
        "load"
    ]
    assert "4 of 4 tables and months would be written." in out
    assert market.store.published == []


def test_a_plan_with_a_refused_drop_ends_with_four_and_tells_all_others(
    market: Market, capsys: pytest.CaptureFixture[str]
) -> None:
    market.drop("gifts", TEA)
    market.load()
    assert plan(capsys) == (0, plan(capsys)[1])
    assert isinstance(market.box, FakeDropBox)
    market.box.drops["gifts"] = AmbiguousCandidatesError("two files\nanswer", fix="f", candidates=("a", "b"))
    status, out = plan(capsys)
    assert status == 4
    assert "! two files\n" in out
    document = json.loads(plan(capsys, as_json=True)[1])
    assert (document["exit_status"], document["refused"]) == (4, ["two files\nanswer"])
    assert [file["name"] for file in document["files"]] == ["sales/drop.csv"]
    actions = {(table["table"], table["scope"]): table["action"] for table in document["tables"]}
    assert actions["market_bronze.gifts", "all"] == "refused"
    assert actions["market_silver.goods", "all"] == "unchanged"
