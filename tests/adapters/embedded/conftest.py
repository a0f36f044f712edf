"""Servers in temporary homes, destroyed after each test."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.adapters.embedded.clients import processes_of, query, soon

from work_data_hub.io.embedded.server import EmbeddedServer
from work_data_hub.io.embedded.throwaway import throwaway_server

MakeServer = Callable[[Path], EmbeddedServer]


@pytest.fixture(scope="session")
def state() -> Iterator[Path]:
    """A system state folder that any account can traverse."""
    folder = Path(tempfile.mkdtemp(prefix="wdh-state-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A folder any account can traverse; ask for it before `make_server`, so that it goes after the servers."""
    folder = Path(tempfile.mkdtemp(prefix="wdh-open-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def make_server(state: Path) -> Iterator[MakeServer]:
    """Make servers that are gone after the test, with all their processes."""
    made: list[EmbeddedServer] = []

    def make(home: Path) -> EmbeddedServer:
        made.append(EmbeddedServer(home, settings={"fsync": "off"}, state=state))
        return made[-1]

    yield make
    for server in made:
        server.destroy()
        _assert_gone(server)


@pytest.fixture
def fresh(make_server: MakeServer, tmp_path: Path) -> EmbeddedServer:
    """A server whose home does not exist yet."""
    return make_server(tmp_path / "clone" / ".wdh")


@pytest.fixture(scope="session")
def seasoned_home(state: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home that was set up once for all tests: setting up is the slow part."""
    server = EmbeddedServer(tmp_path_factory.mktemp("clone") / ".wdh", settings={"fsync": "off"}, state=state)
    server.ensure().release()
    yield server.home
    server.destroy()


@pytest.fixture
def server(seasoned_home: Path, state: Path) -> Iterator[EmbeddedServer]:
    """A server that has been set up but is not running; the test may hurt it as long as it heals."""
    server = EmbeddedServer(seasoned_home, settings={"fsync": "off"}, state=state)
    server.stop()
    server.ensure().release()
    query(server, "DROP TABLE IF EXISTS kept")
    server.stop()
    yield server
    server.stop()
    server.ensure().release()
    server.stop()
    _assert_gone(server)


def _assert_gone(server: EmbeddedServer) -> None:
    assert soon(lambda: not processes_of(server)), f"left behind: {processes_of(server)}"


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """A running server that tests share and only look at, or add to."""
    with throwaway_server(tmp_path_factory.mktemp("shared")) as server:
        yield server


as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server under another account")
