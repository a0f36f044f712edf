"""Failures become clear words or a document, and an exit status."""

import json
from pathlib import Path

import pytest

from work_data_hub.cli.edge import failure_of, report
from work_data_hub.cli.main import run
from work_data_hub.domain.kernel.errors import AmbiguousCandidatesError, ConfigurationError, Location


def ambiguous() -> AmbiguousCandidatesError:
    return AmbiguousCandidatesError(
        "2 files answer",
        where=Location(file="202510"),
        expected="exactly one",
        fix="remove one: the other counts",
        candidates=("a.xlsx", "b.xlsx"),
    )


def test_an_understood_failure_goes_to_stderr_with_its_way_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(ambiguous(), as_json=False) == 4
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "✗ 2 files answer",
        "  Where: file 202510",
        "  Expected: exactly one",
        "  Fix: remove one: the other counts",
    ]


def test_with_json_a_failure_is_one_document_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(ambiguous(), as_json=True) == 4
    said = capsys.readouterr()
    assert said.err == ""
    assert json.loads(said.out) == {
        "error": {
            "kind": "AmbiguousCandidatesError",
            "message": "2 files answer",
            "where": "file 202510",
            "expected": "exactly one",
            "fix": "remove one: the other counts",
            "evidence": {"candidates": ["a.xlsx", "b.xlsx"]},
        },
        "exit_status": 4,
    }


def test_an_unexpected_failure_is_one_line_that_names_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(ZeroDivisionError("by\nzero"), as_json=False, log=Path("/x/wdh.log")) == 1
    said = capsys.readouterr().err
    assert said == "✗ unexpected: ZeroDivisionError: by zero; see the log /x/wdh.log\n"


def test_the_traceback_is_shown_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    report(ZeroDivisionError("oh"), as_json=False, debug=True)
    assert "ZeroDivisionError" in capsys.readouterr().err.splitlines()[0]


@pytest.mark.parametrize(
    ("error", "status"), [(KeyboardInterrupt(), 130), (ConfigurationError("x", fix="y"), 2), (OSError(), 1)]
)
def test_each_kind_of_failure_has_its_status(error: BaseException, status: int) -> None:
    assert failure_of(error).exit_status == status


@pytest.mark.parametrize(
    "call", [["pla"], ["plan"], ["plan", "annuity", "--nope"], ["run", "annuity", "--period"]]
)
def test_wrong_usage_exits_2_and_points_to_the_help(
    call: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(call) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "Fix: see `wdh" in said.err
    assert "Traceback" not in said.err


def test_wrong_usage_is_a_document_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["exit_status"] == 2
