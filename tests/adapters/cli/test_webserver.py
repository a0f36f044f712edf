"""A child group is ended as a whole, and ports are looked at before they are needed."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from work_data_hub.cli.webserver import Webserver, ending_on_signals, port_is_free, refuse_taken_port
from work_data_hub.domain.kernel.errors import ConfigurationError, PermanentError

OBEDIENT = "import subprocess, sys, time; p = subprocess.Popen(['sleep', '60']); print('up', flush=True); time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); signal.signal(signal.SIGTERM, signal.SIG_IGN);"


def group(code: str, tmp_path: Path) -> Webserver:
    log = tmp_path / "words.log"
    log.touch()
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"up\n"
    patience = ((signal.SIGINT, 0.4), (signal.SIGTERM, 0.2), (signal.SIGKILL, 5.0))
    return Webserver(process, 1, log, patience)


def ended(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.mark.parametrize("code", [OBEDIENT, STUBBORN + OBEDIENT])
def test_nothing_of_a_stopped_group_is_left(code: str, tmp_path: Path) -> None:
    webserver = group(code, tmp_path)
    members = [psutil.Process(webserver.process.pid), *psutil.Process(webserver.process.pid).children()]
    assert len(members) == 2
    webserver.stop()
    assert all(map(ended, members))


def test_a_ui_that_ends_by_itself_is_reported_with_its_last_words(tmp_path: Path) -> None:
    webserver = group("print('up', flush=True)", tmp_path)
    webserver.log.write_text("first\nno such module\n", encoding="utf-8")
    with pytest.raises(PermanentError, match="no such module"):
        webserver.await_end()


def test_a_port_that_somebody_listens_on_is_refused_with_a_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert not port_is_free(port)
        with pytest.raises(ConfigurationError, match="--port"):
            refuse_taken_port(port)
    assert port_is_free(port)


def test_a_term_signal_ends_the_block_as_ctrl_c_does_and_the_old_handler_returns() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), ending_on_signals():
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before
