"""How `wdh release` shows releases: lines, tables and documents."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from work_data_hub.cli.output import console, print_table, write_json
from work_data_hub.cli.progress import tell

if TYPE_CHECKING:
    from work_data_hub.application.release.manifest import Manifest
    from work_data_hub.application.release.records import BuildPlan, BuiltRelease, ReleaseLine
    from work_data_hub.application.release.version import Version


def built_document(release: "BuiltRelease") -> dict[str, Any]:
    """Give a built release as part of a document."""
    document = manifest_document(release.path, release.manifest)
    extra = {"created": release.created, "changes": release.changes, "cleaned": release.cleaned}
    return {"table_key": release.table_key, **document, **extra}


def manifest_document(path: Path, manifest: "Manifest") -> dict[str, Any]:
    """Give a release as part of a document."""
    return {"path": path, "manifest": manifest.model_dump(mode="json", by_alias=True)}


def size_of(manifest: "Manifest") -> str:
    """Say how large a release is."""
    files = len(manifest.files)
    return f"{manifest.row_count_total:,} rows in {files} file{'' if files == 1 else 's'}"


def show_built(release: "BuiltRelease") -> None:
    """Say what a build did, and what it removed before."""
    for name in release.cleaned:
        tell(("! ", "yellow"), f"{name} was left by a killed run and is removed")
    word = "released" if release.created else "is unchanged"
    head = f"{release.table_key} v{release.version} {word}: {size_of(release.manifest)}"
    console().print(Text.assemble(("✓ ", "green"), head))
    for change in release.changes:
        console().print(f"  {change}")
    console().print(Text(f"  {release.path}", style="dim"))


def show_plans(plans: "list[BuildPlan]", *, as_json: bool) -> None:
    """Show what builds would do."""
    if as_json:
        write_json({"plans": plans, "exit_status": 0})
        return
    table = Table("table", "newest", "next", "rows", "why", box=None, header_style="bold", pad_edge=False)
    for plan in plans:
        why = ", ".join(plan.changes) or ("the data" if plan.newest else "the first release")
        nothing = plan.next is None
        table.add_row(
            plan.table_key,
            _version(plan.newest),
            "unchanged" if nothing else _version(plan.next),
            f"{plan.rows:,}",
            "" if nothing else why,
        )
    print_table(table)


def _version(version: "Version | None") -> str:
    return "–" if version is None else str(version)


def show_line(line: "ReleaseLine", word: str, *, as_json: bool) -> None:
    """Say what became of a release."""
    if as_json:
        write_json({"release": line, "exit_status": 0})
    else:
        console().print(Text.assemble(("✓ ", "green"), f"{line.table_key} v{line.version} {word}"))


def lines_table(lines: "list[ReleaseLine]") -> Table:
    """Draw releases as a table."""
    heads = ("table", "version", "day", "rows", "state", "current", "path")
    table = Table(*heads, box=None, header_style="bold", pad_edge=False)
    for line in lines:
        rows = "" if line.rows is None else f"{line.rows:,}"
        mark = "current" if line.current else ""
        table.add_row(
            line.table_key, str(line.version), str(line.day), rows, str(line.state), mark, line.path
        )
    return table
