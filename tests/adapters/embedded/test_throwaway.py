"""Servers for tests leave nothing, however the test ends."""

from pathlib import Path

from tests.adapters.embedded.clients import client, end, first_line, processes_of, query, soon

from work_data_hub.io.embedded.server import EmbeddedServer
from work_data_hub.io.embedded.throwaway import throwaway_server

_SCRIPT = """
import sys
from pathlib import Path
from work_data_hub.io.embedded.throwaway import throwaway_server
with throwaway_server(Path(sys.argv[1])) as server:
    print(server.home, server.status().data_dir, sep="|", flush=True)
    sys.stdin.read()
"""


def test_throwaway_server_serves_and_is_gone(tmp_path: Path) -> None:
    with throwaway_server(tmp_path) as server:
        data = server.status().data_dir
        assert query(server, "SELECT 1") == [(1,)]
    assert data is not None
    assert not data.exists()
    assert list(tmp_path.iterdir()) == []
    assert not processes_of(server)


def test_throwaway_server_of_a_killed_test_is_gone(tmp_path: Path) -> None:
    process = client(EmbeddedServer(tmp_path), _SCRIPT)
    home, data = map(Path, first_line(process).split("|"))
    server = EmbeddedServer(home)
    assert server.status().running
    end(process, kill=True)
    assert soon(lambda: not home.exists() and not data.exists())
    assert soon(lambda: not processes_of(server))
