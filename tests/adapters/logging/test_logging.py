"""Logs as another program reads them; each test runs in a process of its own, as logging is global."""

import json
import os
import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

START = """
import logging, sys
from pathlib import Path
from work_data_hub.utils.logging import configure_logging, forward_to, get_logger
log = get_logger("work_data_hub.test")
"""


def run(tmp_path: Path, code: str) -> subprocess.CompletedProcess[str]:
    script = START + textwrap.dedent(code)
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_line_is_json_with_the_five_keys_in_order(tmp_path: Path) -> None:
    ran = run(tmp_path, "configure_logging()\nlog.info('读了 %d 行', 5, 客户='甲', n=1)")
    (line,) = lines(ran.stdout)
    assert list(line) == ["timestamp", "level", "logger", "message", "context"]
    assert line["level"] == "info"
    assert line["logger"] == "work_data_hub.test"
    assert line["message"] == "读了 5 行"
    assert line["context"] == {"客户": "甲", "n": 1}
    stamp = datetime.fromisoformat(line["timestamp"])
    assert stamp.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - stamp) < timedelta(minutes=5)
    assert "读了" in ran.stdout
    assert ran.stderr == ""


def test_configuring_again_never_writes_a_line_twice(tmp_path: Path) -> None:
    ran = run(
        tmp_path,
        """
        for _ in range(3):
            configure_logging("INFO", "prod", Path("logs"))
        log.info("once")
        print(len(logging.getLogger().handlers), file=sys.stderr)
        """,
    )
    assert len(lines(ran.stdout)) == 1
    (file,) = (tmp_path / "logs").iterdir()
    assert len(lines(file.read_text("utf-8"))) == 1
    assert ran.stderr.strip() == "3"


def test_handlers_of_others_are_left_alone(tmp_path: Path) -> None:
    ran = run(
        tmp_path,
        """
        logging.getLogger().addHandler(other := logging.NullHandler())
        configure_logging(); configure_logging()
        print(other in logging.getLogger().handlers)
        """,
    )
    assert ran.stdout.strip() == "True"


def test_level_decides_what_is_told_and_may_change(tmp_path: Path) -> None:
    ran = run(
        tmp_path,
        """
        configure_logging("WARNING"); log.info("no"); log.warning("yes")
        configure_logging("DEBUG"); log.debug("now")
        """,
    )
    assert [line["message"] for line in lines(ran.stdout)] == ["yes", "now"]


def test_libraries_speak_from_warning_on_in_the_same_form(tmp_path: Path) -> None:
    ran = run(
        tmp_path,
        """
        configure_logging("DEBUG")
        logging.getLogger("library").info("chatter")
        logging.getLogger("library").warning("slow: %s", "disk", extra={"seconds": 3})
        """,
    )
    (line,) = lines(ran.stdout)
    assert (line["logger"], line["level"], line["message"]) == ("library", "warning", "slow: disk")
    assert line["context"] == {"seconds": 3}


def test_exceptions_carry_their_stack(tmp_path: Path) -> None:
    ran = run(
        tmp_path,
        """
        configure_logging()
        try:
            {}["missing"]
        except KeyError:
            log.exception("failed", table="t")
            logging.getLogger("library").exception("failed too")
        """,
    )
    for line in lines(ran.stdout):
        assert list(line) == ["timestamp", "level", "logger", "message", "context", "exception"]
        assert line["level"] == "error"
        assert line["exception"].startswith("Traceback")
        assert "KeyError: 'missing'" in line["exception"]


def test_secrets_show_in_no_part_of_any_output(tmp_path: Path) -> None:
    ran = run(
        tmp_path,
        """
        from pydantic import SecretStr
        seen = []
        hear = lambda level, text: seen.append(text)
        configure_logging("INFO", "prod", Path("logs"), forward=hear, secrets=["hunter22-known"])
        log.info("to postgresql://u:hunter22-url@h/d with hunter22-known")
        log.info("bound", url="postgresql://u:hunter22-ctx@h/d", token="hunter22-tok", s=SecretStr("hunter22-ss"))
        log.info("deep", inner=[{"company_id_salt": "hunter22-salt"}])
        logging.getLogger("library").error("password=hunter22-lib")
        try:
            raise ValueError("postgresql://u:hunter22-exc@h/d and hunter22-known")
        except ValueError:
            log.exception("failed")
        assert len(seen) == 5
        assert "hunter22" not in "".join(seen[:4])
        assert "u:***@h" in seen[4]
        """,
    )
    (file,) = (tmp_path / "logs").iterdir()
    for text in (ran.stdout, file.read_text("utf-8")):
        told = [line for line in lines(text) if line.pop("exception", None) is None]
        assert len(told) == 4
        assert "hunter22" not in json.dumps(told)
        assert "and ***" in text


def test_human_output_may_keep_stdout_for_itself(tmp_path: Path) -> None:
    ran = run(tmp_path, "configure_logging(stream=sys.stderr)\nlog.info('aside')\nprint('for people')")
    assert ran.stdout == "for people\n"
    assert lines(ran.stderr)[0]["message"] == "aside"


def test_stdout_is_the_one_of_the_moment(tmp_path: Path) -> None:
    ran = run(
        tmp_path,
        """
        import contextlib, io
        configure_logging()
        with contextlib.redirect_stdout(io.StringIO()) as caught:
            log.info("inside")
        log.info("outside")
        assert "inside" in caught.getvalue()
        """,
    )
    assert [line["message"] for line in lines(ran.stdout)] == ["outside"]


def test_loggers_say_nothing_on_stdout_before_they_are_configured(tmp_path: Path) -> None:
    assert run(tmp_path, "log.info('early')").stdout == ""


@pytest.mark.parametrize(("environment", "files"), [("dev", 0), ("staging", 0), ("prod", 1)])
def test_files_are_written_in_production_alone(tmp_path: Path, environment: str, files: int) -> None:
    ran = run(tmp_path, f"configure_logging('INFO', '{environment}', Path('logs'))\nlog.info('x')")
    assert len(list(tmp_path.glob("logs/*"))) == files
    assert len(lines(ran.stdout)) == 1


def test_run_log_gets_the_events_of_its_context_with_run_asset_and_partition(tmp_path: Path) -> None:
    ran = run(
        tmp_path,
        """
        import json
        configure_logging()
        seen = []
        hear = lambda *event: seen.append(event)
        with forward_to(hear, run_id="r1", asset="annuity/bronze/scale_rows", partition="2025-11-01"):
            log.warning("inside", rows=3, names=["甲"])
            log.debug("too quiet")
            try:
                raise ValueError("broken")
            except ValueError:
                log.exception("failed")
        log.info("outside")
        print(json.dumps(seen), file=sys.stderr)
        """,
    )
    warning, failure = json.loads(ran.stderr)
    level, text = warning
    assert level == "warning"
    assert text.startswith("inside ")
    told = set(text.split())
    assert told >= {
        "run_id=r1",
        "asset=annuity/bronze/scale_rows",
        "partition=2025-11-01",
        "rows=3",
        'names=["甲"]',
    }
    assert failure[0] == "error"
    assert failure[1].endswith("ValueError: broken")
    inside, _, outside = lines(ran.stdout)
    bound = {"run_id": "r1", "asset": "annuity/bronze/scale_rows", "partition": "2025-11-01"}
    assert inside["context"] == {**bound, "rows": 3, "names": ["甲"]}
    assert outside["context"] == {}


def test_two_runs_at_once_keep_their_logs_apart(tmp_path: Path) -> None:
    run(
        tmp_path,
        """
        import threading
        configure_logging()
        seen = {1: [], 2: []}
        both = threading.Barrier(2)
        def work(number):
            with forward_to(lambda level, text: seen[number].append(text), run_id=number):
                both.wait(); log.info("mine", number=number); both.wait()
        threads = [threading.Thread(target=work, args=(n,)) for n in seen]
        [t.start() for t in threads]; [t.join() for t in threads]
        assert [set(text.split()) for text in seen[1]] == [{"mine", "run_id=1", "number=1"}]
        assert [set(text.split()) for text in seen[2]] == [{"mine", "run_id=2", "number=2"}]
        """,
    )


def test_listener_that_logs_or_fails_does_no_harm(tmp_path: Path) -> None:
    ran = run(
        tmp_path,
        """
        configure_logging()
        def bad(level, text):
            log.info("heard " + text)
            raise RuntimeError("listener broke")
        with forward_to(bad):
            log.info("first")
        print("still here")
        """,
    )
    assert "still here" in ran.stdout
    assert ran.stdout.count("heard first") == 1
    assert "listener broke" in ran.stderr


def test_unusable_log_folder_is_told_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file")
    ran = run(
        tmp_path,
        """
        from work_data_hub.domain.kernel.errors import ConfigurationError
        try:
            configure_logging("INFO", "prod", Path("logs"))
        except ConfigurationError as error:
            print(error)
        """,
    )
    assert "LOG_DIR" in ran.stdout
