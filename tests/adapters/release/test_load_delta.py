"""The receiving side in a Delta table, and what is said where its library is not installed."""

import sys
from pathlib import Path

import pytest
from deltalake import DeltaTable
from tests.adapters.release.conftest import Desk
from tests.adapters.release.gold import ITEM, KEY, create, publish, rows, with_column

from work_data_hub.application.release.receive import Loaded, receive
from work_data_hub.application.release.records import Releasable
from work_data_hub.application.release.verify import verify
from work_data_hub.domain.kernel.contract import TEXT, Column
from work_data_hub.domain.kernel.errors import ConfigurationError, ConservationError, UsageError
from work_data_hub.io.release.delta_target import DeltaTarget
from work_data_hub.io.release.inspection import batches, inspect
from work_data_hub.io.release.targets import open_target


def take(path: Path, address: str, *, again: bool = False) -> Loaded:
    with open_target(address, "released") as target:
        return receive(inspect, path, target, batches, again=again)


def test_a_release_becomes_a_delta_table(release: Path, tmp_path: Path) -> None:
    place = tmp_path / "delta" / "sales"
    assert take(release, f"delta:{place}").rows == 40
    table = DeltaTable(str(place))
    held = table.to_pyarrow_table().to_pylist()
    assert sorted(held, key=str) == sorted(rows(40), key=str)
    assert table.metadata().name == "sales_daily"
    assert take(release, place.as_uri()).loaded is False
    assert take(release, place.as_uri(), again=True).loaded
    assert DeltaTable(str(place)).count() == 40


def test_another_release_with_another_schema_takes_its_place(desk: Desk, tmp_path: Path) -> None:
    place = f"delta:{tmp_path / 'delta'}"
    with desk.open() as releases:
        take(releases.build(KEY).path, place)
    wider = with_column(Column("note", TEXT, "note", "note", nullable=True))
    create(desk.url, wider)
    publish(desk.url, rows(12, note="x"), "run-2", wider)
    with desk.open(Releasable(wider, ITEM.dataset)) as releases:
        assert take(releases.build(KEY).path, place).rows == 12
    table = DeltaTable(str(tmp_path / "delta"))
    assert table.to_pyarrow_table()["note"].to_pylist() == ["x"] * 12
    # what somebody else wrote since is not the release
    table.delete("units > 3")
    with desk.open(Releasable(wider, ITEM.dataset)) as releases:
        assert take(releases.build(KEY).path, place).loaded


def test_rows_that_do_not_add_up_are_taken_back(release: Path, tmp_path: Path) -> None:
    target, verified = DeltaTarget(str(tmp_path / "delta")), verify(inspect, release)
    for before in (0, 40):
        with pytest.raises(ConservationError, match="would hold 30 rows"):
            target.load(verified, lambda: iter(list(batches(verified))[1:]))
        assert DeltaTable(str(tmp_path / "delta")).count() == before
        assert not target.holds(verified)
        target.load(verified, lambda: batches(verified))


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "deltalake", None)
    with (
        pytest.raises(ConfigurationError, match=r"work-data-hub\[delta\]"),
        open_target(f"delta:{tmp_path}", "released"),
    ):
        pass


@pytest.mark.parametrize("address", ["", "sales.db", "mysql://u:secret@h/d", "/some/folder"])
def test_an_address_that_is_none_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(UsageError) as refused, open_target(address, "released"):
        pass
    assert "secret" not in str(refused.value)


def test_an_address_may_stand_in_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RECEIVER", f"delta:{tmp_path}")
    with open_target("env:RECEIVER", "released") as target:
        assert isinstance(target, DeltaTarget)
    with (
        pytest.raises(ConfigurationError, match="the environment has no NOBODY"),
        open_target("env:NOBODY", "released"),
    ):
        pass


@pytest.mark.parametrize(("schema", "table"), [("Re leased", None), ("a.b", None), ("released", 'x"; DROP')])
def test_names_are_names(schema: str, table: str | None) -> None:
    with pytest.raises(UsageError, match="is no name"), open_target("postgresql://h/d", schema, table):
        pass
