from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass

import pytest
from tests.e2e.faults.month import (
    BEFORE_THE_FACT,
    Place,
    TableState,
    load,
    states,
    write_workbook_of,
)
from tests.fixtures_postgres import temporary_database

from work_data_hub.io.loader.urls import DatabaseUrl

States = Mapping[str, TableState]


@dataclass(frozen=True, slots=True)
class Stages:
    """The month at rest between two runs: databases to copy from, and what they hold.

    `empty` holds no row and `old` the month of the first workbook; `half` has the corrected workbook's
    rows and references besides, but not its facts.
    """

    server: str
    first: Place
    corrected: Place
    empty: str
    old: str
    half: str
    before: States
    halfway: States
    after: States

    def copy(self, template: str) -> AbstractContextManager[Place]:
        """Lend a copy of a stage, with the corrected workbook in its landing folder."""
        return self._copy(template)

    @contextmanager
    def _copy(self, template: str) -> Iterator[Place]:
        with temporary_database(self.server, template) as url:
            yield self.corrected.on(url)


@pytest.fixture(scope="session")
def stages(
    postgres_url: str, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stages]:
    """A month that was loaded once and then corrected: fewer rows under the same file name."""
    root = tmp_path_factory.mktemp("stages")
    first, corrected = (Place("", root / name, root / "home") for name in ("first", "corrected"))
    write_workbook_of(first.landing, 1)
    write_workbook_of(corrected.landing, 2)
    with ExitStack() as stack:
        old = stack.enter_context(temporary_database(postgres_url, migrated_template))
        load(first.on(old))
        half = stack.enter_context(temporary_database(postgres_url, name_of(old)))
        load(corrected.on(half), *BEFORE_THE_FACT)
        with temporary_database(postgres_url, name_of(half)) as new:
            load(corrected.on(new))
            after = states(new)
        names = migrated_template, name_of(old), name_of(half)
        yield Stages(postgres_url, first, corrected, *names, states(old), states(half), after)


def name_of(url: str) -> str:
    return str(DatabaseUrl.parse(url).sqlalchemy.database)
