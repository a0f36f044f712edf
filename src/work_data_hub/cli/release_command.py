"""`wdh release`: tables as packages for others: build, show, promote, roll back, prune, verify, load."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from work_data_hub.cli.output import JsonOption, console, print_table, write_json
from work_data_hub.cli.progress import Steps, steps
from work_data_hub.cli.release_view import (
    built_document,
    lines_table,
    manifest_document,
    show_built,
    show_line,
    show_plans,
    size_of,
)
from work_data_hub.cli.session import open_hub, read_settings
from work_data_hub.domain.kernel.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from work_data_hub.application.release.records import BuiltRelease, ReleaseLine
    from work_data_hub.application.release.releases import Releases

TableArgument = Annotated[
    str, typer.Argument(help="Contract key, such as retail.gold.sales_daily.", show_default=False)
]
OptionalTable = Annotated[
    str | None,
    typer.Argument(help="Contract key, such as retail.gold.sales_daily.", show_default=False),
]
AllOption = Annotated[
    str | None, typer.Option("--all", metavar="DOMAIN", help="Every table that a domain releases.")
]
PlanOption = Annotated[bool, typer.Option("--plan", help="Write nothing; say what would be done.")]
PathArgument = Annotated[
    Path,
    typer.Argument(
        help="Folder of a release, or that of a table, whose pointer is followed.", show_default=False
    ),
]

app = typer.Typer(help="Releases: versioned packages that others can verify.", no_args_is_help=True)


@app.command("build")
def build(
    table: OptionalTable = None,
    *,
    domain: AllOption = None,
    until: Annotated[
        str | None, typer.Option("--date", help="Leave out the rows after this day, as 2025-11-30.")
    ] = None,
    plan: PlanOption = False,
    as_json: JsonOption = False,
) -> None:
    """Release a table; where nothing changed since the newest release, that one is given back."""
    day = _day(until)
    with _releases() as releases:
        keys = _keys(releases, table, domain)
        if plan:
            show_plans([releases.plan_build(key, until=day) for key in keys], as_json=as_json)
            return
        with steps("releases", len(keys)) as shown:
            built = [_build(releases, key, day, shown) for key in keys]
    if as_json:
        write_json({"releases": [built_document(release) for release in built], "exit_status": 0})
        return
    for release in built:
        show_built(release)


def _build(releases: "Releases", key: str, until: "date | None", shown: Steps) -> "BuiltRelease":
    shown.begin(key)
    built = releases.build(key, until=until, tell=lambda said: shown.begin(f"{key}: {said}"))
    shown.end(key, f"v{built.version}" + ("" if built.created else ", as before"))
    return built


@app.command("list")
def list_(table: OptionalTable = None, *, as_json: JsonOption = False) -> None:
    """Show the releases of a table, or of all: version, day, rows, state, and which one is current."""
    with _releases() as releases:
        keys = [releases.item(table).contract.key] if table else list(releases.items)
        lines = [line for key in keys for line in releases.list(key)]
    if as_json:
        write_json({"releases": lines, "exit_status": 0})
    elif lines:
        print_table(lines_table(lines))
    else:
        console().print("no releases")


@app.command("promote")
def promote(
    table: TableArgument,
    version: Annotated[
        str | None, typer.Argument(help="Version, as 1.0.0; the newest by default.", show_default=False)
    ] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Verify a release and let the pointer `current.json` show it."""
    from work_data_hub.application.release.version import Version

    wanted = Version.parse(version) if version else None
    with _releases() as releases, _step(f"verify {table}"):
        line = releases.promote(table, wanted)
    show_line(line, "is current", as_json=as_json)


@app.command("rollback")
def rollback(table: TableArgument, *, as_json: JsonOption = False) -> None:
    """Let the pointer show the release that was current before."""
    with _releases() as releases, _step(f"verify {table}"):
        line = releases.rollback(table)
    show_line(line, "is current again", as_json=as_json)


@app.command("prune")
def prune(
    table: OptionalTable = None,
    *,
    domain: AllOption = None,
    plan: PlanOption = False,
    as_json: JsonOption = False,
) -> None:
    """Remove old releases, never the current one, the one before it or the newest."""
    with _releases() as releases:
        keys = _keys(releases, table, domain)
        with steps("tables", len(keys)) as shown:
            lines: list[ReleaseLine] = []
            for key in keys:
                lines += releases.prune(key, plan=plan)
                shown.end(key)
    if as_json:
        write_json(
            {"removed": [] if plan else lines, "would_remove": lines if plan else [], "exit_status": 0}
        )
        return
    verb = "would be removed" if plan else "removed"
    console().print(f"{len(lines)} release{'' if len(lines) == 1 else 's'} {verb}")
    if lines:
        print_table(lines_table(lines))


@app.command("verify")
def verify(path: PathArgument, *, as_json: JsonOption = False) -> None:
    """Check all that a receiver can; needs no database. Ends with 4 and every reason when it refuses."""
    from work_data_hub.application.release.verify import verify as verified
    from work_data_hub.io.release.inspection import inspect
    from work_data_hub.io.release.pointers import current_of

    with _step(f"verify {path}"):
        release = verified(inspect, current_of(path))
    manifest = release.manifest
    if as_json:
        write_json({**manifest_document(release.path, manifest), "verified": True, "exit_status": 0})
        return
    console().print(
        Text.assemble(("✓ ", "green"), f"{manifest.table} v{manifest.version} is whole: ", size_of(manifest))
    )


@app.command("load")
def load(
    path: PathArgument,
    *,
    into: Annotated[
        str,
        typer.Option(
            "--into",
            help="postgresql://…, delta:PATH, file:///…, or env:NAME of a variable that holds one.",
            show_default=False,
        ),
    ],
    schema: Annotated[str, typer.Option(help="Schema of the table in Postgres.")] = "released",
    table: Annotated[
        str | None, typer.Option(help="Name of the table; that of the release by default.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Load it again though it is loaded.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Verify a release, then load it: all of it or nothing. Ends with 4 when the release is refused."""
    from work_data_hub.application.release.receive import receive
    from work_data_hub.io.release.inspection import batches, inspect
    from work_data_hub.io.release.pointers import current_of
    from work_data_hub.io.release.targets import open_target

    with open_target(into, schema, table) as target, _step(f"load {path}"):
        done = receive(inspect, current_of(path), target, batches, again=force)
    manifest = done.release.manifest
    if as_json:
        document = manifest_document(done.release.path, manifest)
        write_json({**document, "loaded": done.loaded, "already_loaded": not done.loaded, "exit_status": 0})
        return
    word = "loaded" if done.loaded else "already loaded, nothing to do"
    console().print(
        Text.assemble(("✓ ", "green"), f"{manifest.table} v{manifest.version} {word}: ", size_of(manifest))
    )


@contextmanager
def _releases() -> Iterator["Releases"]:
    with open_hub(read_settings()) as hub, hub.releases() as releases:
        yield releases


@contextmanager
def _step(what: str) -> Iterator[None]:
    with steps("release", 1) as shown:
        shown.begin(what)
        yield
        shown.end(what)


def _keys(releases: "Releases", table: str | None, domain: str | None) -> list[str]:
    if (table is None) == (domain is None):
        raise UsageError(
            "say which tables", expected="a contract key, or --all DOMAIN", fix="give one of the two"
        )
    if table is not None:
        return [releases.item(table).contract.key]
    keys = [key for key in releases.items if key.partition(".")[0] == domain]
    if not keys:
        domains = sorted({key.partition(".")[0] for key in releases.items})
        raise UsageError(f"{domain} releases no table", expected=", ".join(domains), fix="name one of these")
    return keys


def _day(text: str | None) -> "date | None":
    from datetime import date

    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"{text!r} is no day", expected="2025-11-30", fix="write YYYY-MM-DD") from None
