"""`wdh sample-data` writes a whole landing folder or none."""

import hashlib
import json
from pathlib import Path

import pytest

from work_data_hub.cli.main import run

SMALL = (
    *("--rows", "120", "--layout-rows", "120", "--seed", "3"),
    *("--retail-lines", "2000", "--pricing-lines", "400"),
)


def contents(root: Path) -> dict[str, str]:
    files = sorted(path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_samples_land_as_a_whole_and_the_same_seed_gives_the_same_bytes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "landing"
    assert run(["sample-data", "--to", str(root), *SMALL, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert len(document["manifest"]["months"]) == 9
    assert document["manifest"]["pricing"]["lines"] == 400
    assert [path.name for path in tmp_path.iterdir()] == ["landing"]
    first = contents(root)
    assert run(["sample-data", "--to", str(root), *SMALL]) == 0
    assert contents(root) == first


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "202511").mkdir()
    assert run(["sample-data", "--to", str(tmp_path), *SMALL]) == 2
    assert "Fix: name another with --to" in capsys.readouterr().err
    assert contents(tmp_path) == {}


def test_too_few_rows_are_wrong_usage(tmp_path: Path) -> None:
    assert run(["sample-data", "--to", str(tmp_path / "new"), "--rows", "5"]) == 2
    assert run(["sample-data", "--to", str(tmp_path / "new"), "--pricing-lines", "399"]) == 2
    assert not (tmp_path / "new").exists()
