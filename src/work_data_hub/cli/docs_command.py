"""`wdh docs`: the page of every table, written from its contract."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from work_data_hub.cli.output import JsonOption, console, finish, notes, write_json
from work_data_hub.cli.project import project_folder

if TYPE_CHECKING:
    from work_data_hub.domain.kernel.contract import TableContract
    from work_data_hub.domain.kernel.lineage import Lineage

INDEX = "README.md"


def docs(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if a page differs.")] = False,
    to: Annotated[
        Path | None, typer.Option("--to", help="Folder of the pages.", show_default="docs/tables")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Write the page of every table, or check that the pages are what the contracts say."""
    folder = to or project_folder() / "docs" / "tables"
    pages = dict(table_pages())
    differing = sorted(_differing(folder, pages))
    if not check:
        _write(folder, pages)
    failed = 1 if check and differing else 0
    if as_json:
        write_json({"folder": folder, "pages": len(pages), "changed": differing, "exit_status": failed})
    elif failed:
        notes().print(f"✗ {len(differing)} page(s) differ from the contracts: {', '.join(differing)}")
        notes().print("  Fix: run `wdh docs` and commit the pages")
    else:
        console().print(f"{len(pages)} pages in {folder}, {len(differing)} changed")
    finish(failed)


def table_pages() -> Iterator[tuple[str, str]]:
    """Give the name and the text of every page."""
    from work_data_hub.application.table_pages import index_page, page_name, table_page

    contracts, lineages = _contracts(), _lineages()
    yield INDEX, index_page(contracts)
    for contract in contracts:
        yield page_name(contract), table_page(contract, lineages.get(contract.key))


def _contracts() -> "tuple[TableContract, ...]":
    from work_data_hub.io.loader.catalogue import ALL_CONTRACTS

    return ALL_CONTRACTS


def _lineages() -> "dict[str, Lineage]":
    from work_data_hub.domain.kernel.lineage import column_lineage
    from work_data_hub.registry import all_builds

    return {build.contract.key: column_lineage(build) for build in all_builds()}


def _differing(folder: Path, pages: dict[str, str]) -> Iterator[str]:
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    for name in pages.keys() | there.keys():
        if pages.get(name) != there.get(name):
            yield name


def _write(folder: Path, pages: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("*.md"):
        if stale.name not in pages:
            stale.unlink()
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
