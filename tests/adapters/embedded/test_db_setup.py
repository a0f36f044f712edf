"""The script that prepares a real server, run against one."""

import os
import shutil
import subprocess
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy.engine import make_url
from tests.adapters.embedded.clients import query

from work_data_hub.io.embedded import binaries
from work_data_hub.io.embedded.server import EmbeddedServer

_SCRIPT = Path(__file__).parents[3] / "scripts" / "db_setup.sh"
_PASSWORDS = {
    "WDH_OWNER_PASSWORD": 'o\'wner $HOME "x"',
    "WDH_APP_PASSWORD": "app`id`",
    "WDH_READ_PASSWORD": "re\\ad;--",
}


def _run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    base = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    if shutil.which("psql") is None:
        base["PATH"] = f"{binaries.newest_install() / 'bin'}:{base['PATH']}"
    command = ["bash", str(_SCRIPT), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, env=base | environment, check=False, timeout=60
    )


def _address(server: EmbeddedServer) -> dict[str, str]:
    url = make_url(server.url())
    return {
        "PGHOST": str(url.host),
        "PGPORT": str(url.port),
        "PGUSER": str(url.username),
        "PGPASSWORD": str(url.password),
    }


def _as(server: EmbeddedServer, role: str, statement: str, database: str = "wdh") -> list[tuple[object, ...]]:
    password = _PASSWORDS[f"WDH_{role.upper()}_PASSWORD"]
    return query(server, statement, user=f"wdh_{role}", password=password, dbname=database)


def test_dry_run_shows_the_statements_and_no_password() -> None:
    done = _run("--dry-run", **_PASSWORDS)
    assert done.returncode == 0
    assert "CREATE DATABASE" in done.stdout
    assert "owner_password '********'" in done.stdout
    assert not any(password in done.stdout for password in _PASSWORDS.values())


def test_dry_run_needs_neither_passwords_nor_a_server() -> None:
    assert _run("--dry-run", PGHOST="nowhere.invalid").returncode == 0


def test_wrong_usage_ends_with_two_and_a_way_out() -> None:
    unknown, missing = _run("--everything"), _run(WDH_OWNER_PASSWORD="x")
    assert (unknown.returncode, missing.returncode) == (2, 2)
    assert "Usage:" in unknown.stderr
    assert "WDH_APP_PASSWORD is not set" in missing.stderr
    assert "Fix:" in missing.stderr


def test_help_ends_with_zero() -> None:
    done = _run("--help")
    assert (done.returncode, "Usage:" in done.stdout) == (0, True)


def test_refusing_server_ends_with_one() -> None:
    done = _run(PGHOST="127.0.0.1", PGPORT="1", **_PASSWORDS)
    assert (done.returncode, "Fix:" in done.stderr) == (1, True)


def test_roles_get_exactly_their_rights_and_a_repeat_keeps_the_data(running: EmbeddedServer) -> None:
    for _ in range(2):
        done = _run(**_address(running), **_PASSWORDS)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
    query(running, "ALTER DATABASE wdh OWNER TO wdh_owner")
    _as(running, "owner", "CREATE SCHEMA hub; CREATE TABLE hub.facts (a int)")
    _as(
        running,
        "app",
        "INSERT INTO hub.facts VALUES (1); DELETE FROM hub.facts; INSERT INTO hub.facts VALUES (2)",
    )
    assert _as(running, "read", "SELECT a FROM hub.facts") == [(2,)]
    for role, statement in (
        ("read", "INSERT INTO hub.facts VALUES (3)"),
        ("read", "SET default_transaction_read_only = off; INSERT INTO hub.facts VALUES (3)"),
        ("read", "CREATE TABLE public.mine (a int)"),
        ("app", "DROP TABLE hub.facts"),
    ):
        with pytest.raises(psycopg2.Error):
            _as(running, role, statement)
    assert _run(**_address(running), **_PASSWORDS).returncode == 0
    assert _as(running, "read", "SELECT a FROM hub.facts") == [(2,)]


def test_role_without_superuser_rights_sets_up_an_empty_server(fresh: EmbeddedServer) -> None:
    fresh.ensure()
    query(fresh, "CREATE ROLE admin LOGIN CREATEROLE CREATEDB PASSWORD 'admin'")
    session = psycopg2.connect(fresh.url("postgres").replace("+psycopg2", ""))
    session.autocommit = True
    with session.cursor() as cursor:
        cursor.execute("DROP DATABASE wdh")
        cursor.execute("DROP DATABASE wdh_dagster")
    session.close()
    done = _run(**{**_address(fresh), "PGUSER": "admin", "PGPASSWORD": "admin"}, **_PASSWORDS)
    assert done.returncode == 0, done.stderr
    assert _as(fresh, "app", "CREATE TABLE public.runs (a int)", "wdh_dagster") == []
