"""Back-up and restore as a person does it: months loaded, both databases dumped, emptied, put back."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from psycopg2 import sql
from tests.e2e.test_dagster_runs import WDH, Done, Shell, filled_shell

# one worker, so that what the module sets up is set up once
pytestmark = pytest.mark.xdist_group("backup")

BOTH = ("wdh", "wdh_dagster")
BOOK = "SELECT table_key, scope_key, identity_hash FROM hub.publishes ORDER BY published_at, table_key"


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A hub on the embedded server with a month loaded, and Dagster's runs on the same server."""
    shell = filled_shell(tmp_path_factory.mktemp("backup"))
    try:
        shell.server.start()
        (shell.folder / "dagster" / "dagster.yaml").unlink()
        shell.write_env(DAGSTER_POSTGRES_URL=shell.server.url("wdh_dagster"))
        loaded = shell.call(*WDH, "run", "annuity", "--period", "2025-11")
        assert loaded.returncode in (0, 3), loaded.stderr
        yield shell
    finally:
        shell.server.destroy()


def document(done: Done) -> dict[str, Any]:
    assert done.stdout, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def status(shell: Shell) -> Any:
    return document(shell.call(*WDH, "status", "annuity", "--json"))


def empty(shell: Shell, name: str) -> None:
    """Lose a database and make it anew, with nothing in it."""
    with closing(psycopg2.connect(shell.server.url("postgres").replace("+psycopg2", ""))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
            cursor.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))


def test_what_was_lost_comes_back_as_it_was(shell: Shell, tmp_path: Path) -> None:
    book, before = shell.query(BOOK), status(shell)
    rows = shell.query("SELECT count(*), sum(closing_aum_yuan) FROM annuity_gold.scale_fact")
    runs = shell.query("SELECT run_id, status FROM runs", "wdh_dagster")
    assert book
    assert runs
    written = document(shell.call(*WDH, "db", "backup", str(tmp_path), "--json"))
    assert {Path(name).name for name in written["files"]} == {"wdh.dump", "wdh_dagster.dump"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.glob("*.dump"))

    for name in BOTH:
        empty(shell, name)
    assert shell.query("SELECT count(*) FROM pg_tables WHERE schemaname = 'hub'") == [(0,)]
    done = shell.call(*WDH, "db", "restore", str(tmp_path), "--yes")
    assert done.returncode == 0, done.stderr

    assert shell.query(BOOK) == book
    assert shell.query("SELECT count(*), sum(closing_aum_yuan) FROM annuity_gold.scale_fact") == rows
    assert shell.query("SELECT run_id, status FROM runs", "wdh_dagster") == runs
    assert status(shell) == before
    assert "fresh" in json.dumps(before)
    assert document(shell.call(*WDH, "db", "status", "--json"))["at_head"]
    again = shell.call(*WDH, "run", "annuity", "--period", "2025-11")
    assert again.returncode in (0, 3), again.stderr
    assert shell.query(BOOK) == book


def test_a_restore_goes_over_what_is_there_now(shell: Shell, tmp_path: Path) -> None:
    shell.call(*WDH, "db", "backup", str(tmp_path))
    book = shell.query(BOOK)
    shell.call(*WDH, "run", "annuity", "--period", "2025-12")
    assert len(shell.query(BOOK)) > len(book)
    assert shell.call(*WDH, "db", "restore", str(tmp_path), "--yes").returncode == 0
    assert shell.query(BOOK) == book


def test_a_damaged_dump_changes_nothing(shell: Shell, tmp_path: Path) -> None:
    shell.call(*WDH, "db", "backup", str(tmp_path))
    book, dumped = shell.query(BOOK), tmp_path / "wdh.dump"
    dumped.write_bytes(dumped.read_bytes()[:-5_000])
    done = shell.call(*WDH, "db", "restore", str(tmp_path), "--yes")
    assert done.returncode == 1
    assert "pg_restore failed" in done.stderr
    assert "Fix: " in done.stderr
    assert shell.query(BOOK) == book


def test_nothing_is_written_over_and_nothing_is_lost_unasked(shell: Shell, tmp_path: Path) -> None:
    assert shell.call(*WDH, "db", "backup", str(tmp_path)).returncode == 0
    twice = shell.call(*WDH, "db", "backup", str(tmp_path))
    assert twice.returncode == 2
    assert "is there already" in twice.stderr
    unasked = shell.call(*WDH, "db", "restore", str(tmp_path))
    assert unasked.returncode == 2
    assert "--yes" in unasked.stderr
    nothing = shell.call(*WDH, "db", "restore", str(tmp_path / "elsewhere"), "--yes")
    assert nothing.returncode == 2
    assert "no dump in" in nothing.stderr


def test_runs_that_have_no_place_to_go_are_not_passed_over_in_silence(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "wdh_dagster.dump").touch()
    env = shell.folder / ".env"
    before = env.read_text("utf-8")
    shell.write_env()
    try:
        done = shell.call(*WDH, "db", "restore", str(tmp_path), "--yes")
    finally:
        env.write_text(before, "utf-8")
    assert done.returncode == 2
    assert "they are kept in files here" in done.stderr


def test_the_password_is_in_no_argument_and_no_message(shell: Shell, tmp_path: Path) -> None:
    password = json.loads((shell.folder / "wdh" / "postgres" / "connection.json").read_text("utf-8"))[
        "password"
    ]
    broken = tmp_path / "wdh.dump"
    broken.write_bytes(b"not a dump")
    done = shell.call(*WDH, "db", "restore", str(tmp_path), "--yes")
    assert done.returncode == 1
    assert password not in done.stdout + done.stderr
