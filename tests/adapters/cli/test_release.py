"""`wdh release` from both sides: the hub that builds, and a receiver that has nothing but the folder."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.adapters.release.gold import KEY, SALES, create, publish, rows
from tests.fixtures_postgres import run_sql, temporary_database

from work_data_hub import bootstrap
from work_data_hub.application.domains import Domain
from work_data_hub.cli.main import run
from work_data_hub.config.settings import Settings, get_settings
from work_data_hub.domain.kernel.build import BuildContext, TableBuild
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.period import Period

Call = Callable[..., tuple[int, str, str]]
Document = Callable[..., dict[str, Any]]


def make_nothing(_context: BuildContext) -> Outcome:
    raise AssertionError


def shop(_settings: Settings) -> dict[str, Domain]:
    """Give a domain that releases one table."""
    build = TableBuild(SALES, (), make_nothing)
    domain = Domain(
        name="shop",
        source=None,
        config=None,
        config_fingerprint="",
        start=Period(2025, 1),
        intakes=(),
        builds=(build,),
        releasable=(KEY,),
        dataset="shop-unified",
    )
    return {"shop": domain}


@pytest.fixture
def call(
    migrated_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Call]:
    """Call the command in a home of its own."""
    create(migrated_url)
    publish(migrated_url, rows(40), "run-1")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", migrated_url)
    monkeypatch.setenv("WDH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("RELEASE_ROOT", str(tmp_path / "out"))
    monkeypatch.setattr(bootstrap, "load_domains", shop)
    get_settings.cache_clear()

    def called(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = run(("release", *arguments))
        said = capsys.readouterr()
        return status, said.out, said.err

    yield called
    get_settings.cache_clear()


@pytest.fixture
def document(call: Call) -> Document:
    """Call with --json and give the document, which must say how the call ended."""

    def called(*arguments: str) -> dict[str, Any]:
        status, out, _ = call(*arguments, "--json")
        said: dict[str, Any] = json.loads(out)
        assert said["exit_status"] == status
        return said

    return called


def test_from_the_plan_to_the_rollback(call: Call, migrated_url: str, tmp_path: Path) -> None:
    status, out, _ = call("build", KEY, "--plan")
    assert (status, "1.0.0" in out, "the first release" in out) == (0, True, True)
    assert not (tmp_path / "out").exists()
    status, out, _ = call("build", "--all", "shop")
    assert status == 0
    assert f"{KEY} v1.0.0 released: 40 rows in 1 file" in out
    assert "is unchanged" in call("build", KEY)[1]
    publish(migrated_url, rows(41), "run-2")
    assert "v1.0.1 released: 41 rows" in call("build", KEY)[1]
    assert f"{KEY} v1.0.0 is current" in call("promote", KEY, "1.0.0")[1]
    assert f"{KEY} v1.0.1 is current" in call("promote", KEY)[1]
    lines = call("list")[1].splitlines()
    assert [("1.0.1" in line, "promoted  current" in line) for line in lines[1:]] == [
        (True, True),
        (False, False),
    ]
    assert f"{KEY} v1.0.0 is current again" in call("rollback", KEY)[1]
    assert call("prune", KEY, "--plan")[:2] == (0, "0 releases would be removed\n")


def test_every_answer_is_a_document_too(document: Document) -> None:
    assert document("build", KEY, "--plan")["plans"][0]["next"] == "1.0.0"
    (built,) = document("build", KEY)["releases"]
    assert (built["created"], built["manifest"]["row_count_total"]) == (True, 40)
    assert document("promote", KEY)["release"]["current"] is True
    assert document("list", KEY)["releases"][0]["state"] == "promoted"
    assert document("prune", "--all", "shop")["removed"] == []
    assert document("verify", built["path"])["verified"] is True


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("build",), 2, "say which tables"),
        (("build", KEY, "--all", "shop"), 2, "say which tables"),
        (("build", "shop.gold.other"), 2, "is not released"),
        (("build", "--all", "other"), 2, "other releases no table"),
        (("build", KEY, "--date", "soon"), 2, "'soon' is no day"),
        (("promote", KEY), 2, "has no release"),
        (("promote", KEY, "one"), 2, "'one' is not a version"),
        (("rollback", KEY), 2, "no release to go back to"),
        (("verify", "nowhere"), 4, "is refused: 1 problem"),
        (("load", "nowhere", "--into", "mysql://u:secret@h/d"), 2, "names no place"),
    ],
)
def test_what_can_not_be_done_is_said(call: Call, arguments: tuple[str, ...], status: int, said: str) -> None:
    ended, out, err = call(*arguments)
    assert (ended, out) == (status, "")
    assert said in err
    assert "secret" not in err


def test_gates_refuse_with_4(call: Call, migrated_url: str) -> None:
    run_sql(migrated_url, "DELETE FROM shop_gold.sales_daily")
    status, _, err = call("build", KEY)
    assert (status, "there are no rows" in err) == (4, True)


def test_a_receiver_needs_the_folder_alone(
    call: Call,
    document: Document,
    postgres_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    call("build", KEY)
    call("promote", KEY)
    taken = tmp_path / "taken" / "sales_daily"
    shutil.copytree(tmp_path / "out/release/gold/sales_daily", taken)
    monkeypatch.delenv("DATABASE_URL")
    get_settings.cache_clear()
    assert "sales_daily v1.0.0 is whole: 40 rows in 1 file" in call("verify", str(taken))[1]
    with temporary_database(postgres_url) as url:
        monkeypatch.setenv("RECEIVER_URL", url)
        into = ("load", str(taken), "--into", "env:RECEIVER_URL", "--schema", "fabric")
        assert "v1.0.0 loaded: 40 rows" in call(*into)[1]
        assert "already loaded" in call(*into)[1]
        assert document(*into, "--force")["loaded"] is True
        part = next(taken.rglob("*.parquet"))
        part.write_bytes(part.read_bytes()[:-1])
        status, _, err = call(*into, "--force")
        assert (status, "its MD5 is" in err, "can't be read as Parquet" in err) == (4, True, True)
        refused = document("verify", str(taken))
        assert len(refused["error"]["evidence"]["problems"]) == 2
        assert run_sql(url, "SELECT count(*) FROM fabric.sales_daily") == [(40,)]
    assert "loaded: 40 rows" not in call("load", str(taken), "--into", f"delta:{tmp_path / 'delta'}")[1]
