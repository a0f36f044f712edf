"""Servers for tests and experiments: in a temporary home, not durable, gone afterwards."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from work_data_hub.io.embedded.layout import Layout
from work_data_hub.io.embedded.server import EmbeddedServer

HASTY_SETTINGS: Mapping[str, str] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@contextmanager
def throwaway_server(parent: Path, settings: Mapping[str, str] = HASTY_SETTINGS) -> Iterator[EmbeddedServer]:
    """Run a server in a new home under `parent`; if we are killed, its keeper removes it."""
    home = Path(tempfile.mkdtemp(prefix="wdh-home-", dir=parent))
    server = EmbeddedServer(home, settings=settings)
    try:
        _mark(Layout(home.resolve(), server.state))
        server.ensure()
        yield server
    finally:
        server.destroy()
        shutil.rmtree(home, ignore_errors=True)


def _mark(layout: Layout) -> None:
    layout.prepare()
    layout.throwaway.touch(mode=0o600)
