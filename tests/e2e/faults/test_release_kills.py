"""kill -9 in a build, a promotion or a prune: no folder verifies that is not complete, and the next run succeeds."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.adapters.release.conftest import Desk
from tests.adapters.release.gold import KEY, create, publish, rows
from tests.e2e.faults.month import die_at, started, wait_until_quiet

from work_data_hub.application.release.errors import ReleaseRefusedError
from work_data_hub.application.release.verify import verify
from work_data_hub.io.release.inspection import inspect
from work_data_hub.io.release.pointers import PROMOTE_POINTS, current_of
from work_data_hub.io.release.shelf import BUILD_POINTS, PRUNE_POINTS

KILLED = -9
pytestmark = pytest.mark.xdist_group("kills")


@pytest.fixture
def desk(migrated_url: str, tmp_path: Path) -> Desk:
    create(migrated_url)
    publish(migrated_url, rows(40), "run-1")
    return Desk(migrated_url, tmp_path / "root")


def build_and_die(url: str, root: Path, point: str) -> None:
    """Be a process whose build never comes past a named point."""
    with Desk(url, root).open(at=die_at(point), part_bytes=1, group_rows=10) as releases:
        releases.build(KEY)


def promote_and_die(url: str, root: Path, point: str) -> None:
    """Be a process whose promotion never comes past a named point."""
    with Desk(url, root).open(at=die_at(point)) as releases:
        releases.promote(KEY)


def prune_and_die(url: str, root: Path, point: str) -> None:
    """Be a process whose prune never comes past a named point."""
    desk = Desk(url, root)
    desk.clock.days = 30
    with desk.open(at=die_at(point)) as releases:
        releases.prune(KEY)


def run_and_kill(victim_of: Callable[[str, Path, str], None], desk: Desk, point: str) -> None:
    with started(victim_of, desk.url, desk.root, point) as victim:
        victim.join(60)
        assert victim.exitcode == KILLED
    wait_until_quiet(desk.url)


def verifying(root: Path) -> list[str]:
    """Give the folders with Parquet or a manifest in them that a receiver would take."""
    folders = {path.parent for path in root.rglob("*") if path.is_file()}
    taken = []
    for folder in sorted(folders):
        try:
            taken.append(verify(inspect, folder).path.name)
        except ReleaseRefusedError:
            continue
    return taken


@pytest.mark.parametrize("point", BUILD_POINTS)
def test_killed_in_a_build(point: str, desk: Desk) -> None:
    run_and_kill(build_and_die, desk, point)
    complete = point == "marked"
    assert verifying(desk.root) == (["v1.0.0"] if complete else [])
    with desk.open(part_bytes=1, group_rows=10) as releases:
        built = releases.build(KEY)
        assert (str(built.version), built.created) == ("1.0.0", not complete)
        assert [str(record.state) for record in releases.ledger.records(KEY)] == ["built"]
    assert verifying(desk.root) == ["v1.0.0"]
    assert {path.parent for path in desk.root.rglob("*.parquet")} == {built.path}


@pytest.mark.parametrize("point", BUILD_POINTS)
def test_killed_in_a_second_build_the_first_stays(point: str, desk: Desk) -> None:
    with desk.open() as releases:
        first = releases.build(KEY)
        releases.promote(KEY)
    publish(desk.url, rows(41), "run-2")
    run_and_kill(build_and_die, desk, point)
    assert verifying(desk.root) == ["v1.0.0", *(["v1.0.1"] if point == "marked" else [])]
    assert current_of(first.path.parents[3]) == first.path
    with desk.open(part_bytes=1, group_rows=10) as releases:
        releases.build(KEY)
        assert str(releases.promote(KEY).version) == "1.0.1"


@pytest.mark.parametrize("point", PROMOTE_POINTS)
def test_killed_in_a_promotion(point: str, desk: Desk) -> None:
    with desk.open() as releases:
        first = releases.build(KEY)
        releases.promote(KEY)
        publish(desk.url, rows(41), "run-2")
        second = releases.build(KEY)
    run_and_kill(promote_and_die, desk, point)
    shown = second if point == "pointer_set" else first
    assert current_of(first.path.parents[3]) == shown.path
    with desk.open() as releases:
        assert next(line for line in releases.list(KEY) if line.current).version == shown.version
        releases.promote(KEY)
        assert [str(record.state) for record in releases.ledger.records(KEY)] == ["promoted", "promoted"]
        assert str(releases.rollback(KEY).version) == "1.0.0"
    assert not list(desk.root.rglob("*.new"))


@pytest.mark.parametrize("point", PRUNE_POINTS)
def test_killed_in_a_prune(point: str, desk: Desk) -> None:
    with desk.open() as releases:
        releases.build(KEY)
        publish(desk.url, rows(41), "run-2")
        releases.build(KEY)
    run_and_kill(prune_and_die, desk, point)
    assert verifying(desk.root) == ["v1.0.1"]
    with desk.open() as releases:
        assert [line.state for line in releases.list(KEY)] == ["built", "pruned"]
        assert releases.prune(KEY) == ()
        assert [str(record.state) for record in releases.ledger.records(KEY)] == ["pruned", "built"]
    assert len(list(desk.root.rglob("*.parquet"))) == 1
