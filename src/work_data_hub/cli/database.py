"""`wdh db`: the embedded server, and the schema of any warehouse."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from work_data_hub.cli.output import JsonOption, console, write_json
from work_data_hub.cli.session import read_settings
from work_data_hub.domain.kernel.errors import UsageError

if TYPE_CHECKING:
    from work_data_hub.cli.migrations import SchemaState
    from work_data_hub.config.settings import Settings
    from work_data_hub.io.embedded.server import EmbeddedServer

app = typer.Typer(help="The warehouse: the embedded server, and the schema of any.", no_args_is_help=True)
_Revision = Annotated[str, typer.Argument(help="A revision, head, base, or steps such as -1.")]
_Folder = Annotated[Path, typer.Argument(help="The folder of the back-up.", show_default=False)]
_DUMPS: Final = ("wdh.dump", "wdh_dagster.dump")
_FILES_TOO: Final = "\nDagster keeps its runs in files: copy DAGSTER_HOME too, while nothing runs."


@app.command()
def start(as_json: JsonOption = False) -> None:
    """Start the embedded server and keep it up until `wdh db stop`."""
    server = _server(read_settings())
    server.start()
    _say(
        as_json,
        _status_document(server),
        f"Postgres is up on port {server.status().port} until `wdh db stop`.",
    )


@app.command()
def stop(as_json: JsonOption = False) -> None:
    """Stop the embedded server, whoever uses it."""
    stopped = _server(read_settings()).stop()
    _say(as_json, {"stopped": stopped}, "Postgres is stopped." if stopped else "Postgres was not running.")


@app.command()
def status(as_json: JsonOption = False) -> None:
    """Say whether the warehouse is up and at which revision; starts nothing."""
    settings = read_settings()
    document = _status_document(_server(settings)) if _is_embedded(settings) else {"url": _masked(settings)}
    if document.get("running", True):
        schema = _schema(settings)
        document |= {"revision": schema.current, "head": schema.head, "at_head": schema.at_head}
    if as_json:
        write_json({**document, "exit_status": 0})
        return
    for name, value in document.items():
        console().print(f"{name:<11} {'–' if value is None else value}")


@app.command()
def url(
    show_password: Annotated[bool, typer.Option("--show-password", help="Do not mask it.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Print the URL of the warehouse, for other tools."""
    from work_data_hub.io.loader.urls import DatabaseUrl

    settings = read_settings()
    plain = _server(settings).url() if _is_embedded(settings) else settings.database_url.get_secret_value()
    shown = DatabaseUrl.parse(plain).libpq if show_password else _mask(plain)
    _say(as_json, {"url": shown}, shown)


@app.command()
def upgrade(revision: _Revision = "head", as_json: JsonOption = False) -> None:
    """Bring the schema of the warehouse up."""
    from work_data_hub.bootstrap import warehouse_url
    from work_data_hub.cli import migrations

    with warehouse_url(read_settings()) as warehouse:
        _say_schema(as_json, migrations.upgrade(warehouse, revision))


@app.command(context_settings={"ignore_unknown_options": True})
def downgrade(
    revision: _Revision,
    yes: Annotated[bool, typer.Option("--yes", help="Do it: tables and their rows are dropped.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Take the schema of the warehouse back; tables that are newer are dropped with their rows."""
    from work_data_hub.bootstrap import warehouse_url
    from work_data_hub.cli import migrations

    settings = read_settings()
    if not yes:
        raise UsageError(
            f"going back to {revision} drops tables of {_masked(settings)} and all their rows",
            expected="--yes",
            fix=f"add --yes if that is what you want: `wdh db downgrade {revision} --yes`",
        )
    with warehouse_url(settings) as warehouse:
        _say_schema(as_json, migrations.downgrade(warehouse, revision))


@app.command()
def backup(folder: _Folder, as_json: JsonOption = False) -> None:
    """Write the warehouse, and Dagster's runs where Postgres keeps them, into a folder, one file each."""
    from work_data_hub.io.loader.dumps import dump, require_new

    settings = read_settings()
    require_new([folder / name for name in _DUMPS])
    with _databases(settings) as databases:
        sizes = {str(folder / name): dump(url, folder / name) for name, url in databases.items()}
    written = "\n".join(f"{name}: {size:,} bytes" for name, size in sizes.items())
    _say(as_json, {"files": sizes}, f"{written}{'' if len(sizes) == len(_DUMPS) else _FILES_TOO}")


@app.command()
def restore(
    folder: _Folder,
    yes: Annotated[bool, typer.Option("--yes", help="Do it: what is in the databases now is lost.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Put back what `wdh db backup` wrote; each database as a whole, or not at all."""
    from work_data_hub.io.loader.dumps import restore as put_back

    settings = read_settings()
    found = {name for name in _DUMPS if (folder / name).is_file()}
    if not found or not yes:
        raise UsageError(
            f"{folder} would replace all rows of {_masked(settings)}" if found else f"no dump in {folder}",
            expected="--yes" if found else " or ".join(_DUMPS),
            fix=f"stop webserver and daemon, then: `wdh db restore {folder} --yes`",
        )
    with _databases(settings) as databases:
        if not found <= databases.keys():
            raise UsageError(
                f"{folder} holds a dump of Dagster's runs, but they are kept in files here",
                expected="DAGSTER_POSTGRES_URL",
                fix=f"set it, or take {_DUMPS[-1]} out of the folder",
            )
        for name in sorted(found):
            put_back(databases[name], folder / name)
    told = ", ".join(sorted(found))
    _say(as_json, {"restored": sorted(found)}, f"Put back: {told}. `wdh status` tells what fits.")


@contextmanager
def _databases(settings: "Settings") -> Iterator[dict[str, str]]:
    """Give the address of each database by the name of its dump."""
    from work_data_hub.bootstrap import warehouse_url

    with warehouse_url(settings) as warehouse:
        storage = settings.dagster_postgres_url
        yield dict(
            zip(_DUMPS, (warehouse, *((storage.get_secret_value(),) if storage else ())), strict=False)
        )


def _say(as_json: bool, document: dict[str, Any], sentence: str) -> None:
    if as_json:
        write_json({**document, "exit_status": 0})
    else:
        console().print(sentence)


def _say_schema(as_json: bool, schema: "SchemaState") -> None:
    document = {"revision": schema.current, "head": schema.head, "at_head": schema.at_head}
    rest = ", the newest" if schema.at_head else f"; the newest is {schema.head}"
    _say(as_json, document, f"The schema is at {schema.current or 'base'}{rest}.")


def _server(settings: "Settings") -> "EmbeddedServer":
    from work_data_hub.io.embedded.server import EmbeddedServer

    if not _is_embedded(settings):
        raise UsageError(
            "DATABASE_URL names a server that is not ours to start or stop",
            expected="DATABASE_URL=embedded",
            fix="use that server's own tools; `wdh db status` and `upgrade` work with it",
        )
    return EmbeddedServer(settings.wdh_home)


def _is_embedded(settings: "Settings") -> bool:
    from work_data_hub.config.settings import EMBEDDED

    return settings.database_url.get_secret_value() == EMBEDDED


def _status_document(server: "EmbeddedServer") -> dict[str, Any]:
    found = server.status()
    return {
        "running": found.running,
        "pinned": found.pinned,
        "version": found.version,
        "pid": found.pid,
        "port": found.port,
        "socket_dir": found.socket_dir,
        "data_dir": found.data_dir,
    }


def _schema(settings: "Settings") -> "SchemaState":
    from work_data_hub.bootstrap import warehouse_url
    from work_data_hub.cli import migrations

    with warehouse_url(settings) as warehouse:
        return migrations.schema_state(warehouse)


def _masked(settings: "Settings") -> str:
    return (
        "the embedded server" if _is_embedded(settings) else _mask(settings.database_url.get_secret_value())
    )


def _mask(plain: str) -> str:
    from work_data_hub.io.loader.urls import DatabaseUrl

    return DatabaseUrl.parse(plain).masked
