"""The pointer of a table: promoted, rolled back, and what is kept for it."""

import json

import pytest
from tests.adapters.release.conftest import Desk
from tests.adapters.release.gold import KEY, publish, rows

from work_data_hub.application.release.errors import ReleaseRefusedError
from work_data_hub.application.release.records import BuiltRelease, State
from work_data_hub.application.release.releases import Releases
from work_data_hub.application.release.version import Version
from work_data_hub.domain.kernel.errors import DamagedInputError, UsageError
from work_data_hub.io.release.pointers import current_of


def built(desk: Desk, releases: Releases, count: int) -> BuiltRelease:
    publish(desk.url, rows(count), f"run of {count}")
    return releases.build(KEY)


def shown(releases: Releases) -> list[tuple[str, str, bool]]:
    return [(str(line.version), str(line.state), line.current) for line in releases.list(KEY)]


def test_promote_and_roll_back(desk: Desk, releases: Releases) -> None:
    first, second = built(desk, releases, 41), built(desk, releases, 42)
    table = second.path.parents[3]
    assert str(releases.promote(KEY, first.version).version) == "1.0.0"
    assert current_of(table) == first.path
    assert str(releases.promote(KEY).version) == "1.0.1"
    assert current_of(table) == second.path
    said = json.loads((table / "current.json").read_text())
    assert (said["table"], said["current"]["version"]) == ("sales_daily", "1.0.1")
    assert said["current"]["run_id"] == str(second.manifest.run_id)
    assert [entry["version"] for entry in said["previous"]] == ["1.0.0"]
    assert shown(releases) == [("1.0.1", "promoted", True), ("1.0.0", "promoted", False)]
    assert str(releases.rollback(KEY).version) == "1.0.0"
    assert current_of(table) == first.path
    assert shown(releases) == [("1.0.1", "rolled_back", False), ("1.0.0", "promoted", True)]
    with pytest.raises(UsageError, match="no release to go back to"):
        releases.rollback(KEY)
    # what was taken back may come again
    releases.promote(KEY, second.version)
    assert shown(releases)[0] == ("1.0.1", "promoted", True)


def test_promoting_twice_changes_nothing(desk: Desk, releases: Releases) -> None:
    path = built(desk, releases, 41).path.parents[3] / "current.json"
    releases.promote(KEY)
    before = path.read_bytes()
    releases.promote(KEY)
    assert path.read_bytes() == before


def test_what_does_not_verify_is_not_promoted(desk: Desk, releases: Releases) -> None:
    first = built(desk, releases, 41)
    releases.promote(KEY)
    second = built(desk, releases, 42)
    part = second.path / second.manifest.files[0].name
    part.write_bytes(part.read_bytes()[:-1])
    with pytest.raises(ReleaseRefusedError, match="its MD5 is"):
        releases.promote(KEY)
    assert current_of(first.path.parents[3]) == first.path


def test_a_rollback_to_a_damaged_release_is_refused(desk: Desk, releases: Releases) -> None:
    first = built(desk, releases, 41)
    releases.promote(KEY)
    second = built(desk, releases, 42)
    releases.promote(KEY)
    (first.path / first.manifest.files[0].name).unlink()
    with pytest.raises(ReleaseRefusedError, match="it is missing"):
        releases.rollback(KEY)
    assert current_of(second.path.parents[3]) == second.path


def test_unknown_versions_and_damaged_pointers_are_said(desk: Desk, releases: Releases) -> None:
    with pytest.raises(UsageError, match="has no release"):
        releases.promote(KEY)
    with pytest.raises(UsageError, match=r"has no release 9\.0\.0"):
        releases.promote(KEY, Version(9, 0, 0))
    table = built(desk, releases, 41).path.parents[3]
    releases.promote(KEY)
    pointer = json.loads((table / "current.json").read_text())
    for wrong in ({"path": "../../../etc"}, {"version": "1.0.7"}, {"more": 1}):
        (table / "current.json").write_text(
            json.dumps({**pointer, "current": {**pointer["current"], **wrong}})
        )
        with pytest.raises(DamagedInputError, match=r"current\.json"):
            current_of(table)
    (table / "current.json").unlink()
    releases.promote(KEY)
    assert current_of(table).name == "v1.0.0"


def aged(desk: Desk, releases: Releases, days: int, count: int) -> BuiltRelease:
    """Build a release, then let the days pass that it is to be old."""
    release = built(desk, releases, count)
    desk.clock.days += days
    return release


def test_prune_removes_what_is_old(desk: Desk, releases: Releases) -> None:
    ages = (10, 1, 1, 1, 4, 3)
    made = [aged(desk, releases, days, 41 + place) for place, days in enumerate(ages)]
    # ages now: 20, 10, 9, 8, 7 and 3 days
    releases.promote(KEY, made[0].version)
    releases.promote(KEY, made[2].version)
    removed = ["1.0.3", "1.0.1"]
    assert sorted((str(line.version) for line in releases.prune(KEY, plan=True)), reverse=True) == removed
    assert all(release.path.exists() for release in made)
    assert sorted((str(line.version) for line in releases.prune(KEY)), reverse=True) == removed
    assert [release.path.exists() for release in made] == [True, False, True, False, True, True]
    # no empty folder is left where a release lay
    table = made[0].path.parents[3]
    assert {path.parent for path in table.rglob("v*")} == {release.path.parent for release in made[::2]} | {
        made[5].path.parent
    }
    states = {version: state for version, state, _ in shown(releases)}
    assert {version for version, state in states.items() if state == "pruned"} == set(removed)
    assert releases.prune(KEY) == ()
    assert str(releases.rollback(KEY).version) == "1.0.0"
    with pytest.raises(UsageError, match=r"has no release 1\.0\.1"):
        releases.promote(KEY, made[1].version)


def test_the_newest_stays_however_old_and_numbers_are_never_used_again(
    desk: Desk, releases: Releases
) -> None:
    built(desk, releases, 41)
    desk.clock.days = 100
    assert releases.prune(KEY) == ()
    second = built(desk, releases, 42)
    # somebody removed it by hand
    for file in second.path.iterdir():
        file.unlink()
    second.path.rmdir()
    assert {version: state for version, state, _ in shown(releases)} == {"1.0.1": "pruned", "1.0.0": "built"}
    assert str(releases.build(KEY).version) == "1.0.2"
    (record,) = (r for r in releases.ledger.records(KEY) if r.place.version == second.version)
    assert record.state is State.PRUNED
