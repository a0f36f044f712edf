import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.adapters.release.gold import ITEM, KEY, MovingClock, create, publish, rows
from tests.fixtures_postgres import temporary_database

from work_data_hub.application.release.records import Releasable
from work_data_hub.application.release.releases import Releases
from work_data_hub.io.release.opening import open_releases


@dataclass
class Desk:
    """Opens the releases of the shop, of any contract, below one root."""

    url: str
    root: Path
    clock: MovingClock = field(default_factory=MovingClock)

    @contextmanager
    def open(self, item: Releasable = ITEM, **more: Any) -> Iterator[Releases]:
        items = {item.contract.key: item}
        with open_releases(self.url, self.root, items, self.clock, **more) as releases:
            yield releases


@pytest.fixture
def desk(migrated_url: str, tmp_path: Path) -> Desk:
    """A shop with forty published rows."""
    create(migrated_url)
    publish(migrated_url, rows(40), "run-1")
    return Desk(migrated_url, tmp_path / "root")


@pytest.fixture
def releases(desk: Desk) -> Iterator[Releases]:
    with desk.open() as opened:
        yield opened


@pytest.fixture(scope="session")
def made(postgres_url: str, migrated_template: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One release of four parts, to copy from."""
    root = tmp_path_factory.mktemp("made")
    with temporary_database(postgres_url, migrated_template) as url:
        create(url)
        publish(url, rows(40), "run-1")
        with Desk(url, root).open(part_bytes=1, group_rows=10) as opened:
            return opened.build(KEY).path


@pytest.fixture
def release(made: Path, tmp_path: Path) -> Path:
    """A release of the test's own, in the folders that its name needs."""
    below = Path(*made.parts[-5:])
    target = tmp_path / "taken" / below
    shutil.copytree(made, target)
    return target
