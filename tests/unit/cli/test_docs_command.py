"""`wdh docs` writes pages and sees when they differ."""

import json
from pathlib import Path

import pytest

from work_data_hub.cli.main import run


def test_written_pages_pass_the_check(tmp_path: Path) -> None:
    assert run(["docs", "--to", str(tmp_path)]) == 0
    assert run(["docs", "--to", str(tmp_path), "--check"]) == 0
    assert (tmp_path / "annuity_gold.scale_fact.md").exists()
    assert (tmp_path / "hub.publishes.md").exists()


def test_the_check_names_pages_that_differ_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["docs", "--to", str(tmp_path)])
    (tmp_path / "hub.publishes.md").write_text("old", encoding="utf-8")
    (tmp_path / "gone.md").write_text("old", encoding="utf-8")
    capsys.readouterr()
    assert run(["docs", "--to", str(tmp_path), "--check", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert (document["changed"], document["exit_status"]) == (["gone.md", "hub.publishes.md"], 1)
    assert (tmp_path / "hub.publishes.md").read_text(encoding="utf-8") == "old"


def test_pages_of_tables_that_are_gone_are_removed(tmp_path: Path) -> None:
    (tmp_path / "gone.md").write_text("old", encoding="utf-8")
    assert run(["docs", "--to", str(tmp_path)]) == 0
    assert not (tmp_path / "gone.md").exists()
