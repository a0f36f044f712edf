"""`wdh sample-data`: a landing folder that a newcomer can run everything on."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from work_data_hub.cli.output import JsonOption, console, write_json
from work_data_hub.cli.progress import steps
from work_data_hub.cli.session import read_settings
from work_data_hub.domain.kernel.errors import UsageError

if TYPE_CHECKING:
    from work_data_hub.domain.annuity.sample.options import SampleOptions
    from work_data_hub.domain.pricing.sample.options import PricingOptions
    from work_data_hub.domain.retail.sample.options import RetailOptions
    from work_data_hub.io.samples.manifest import SampleManifest

MANIFEST = "sample_manifest.json"


def sample_data(
    to: Annotated[
        Path | None,
        typer.Option("--to", help="Folder to write; LANDING_ROOT by default.", show_default=False),
    ] = None,
    rows: Annotated[
        int | None, typer.Option(min=1, help="Rows of a full month.", show_default="33,000")
    ] = None,
    layout_rows: Annotated[
        int | None, typer.Option(min=1, help="Rows of the small months.", show_default="300")
    ] = None,
    retail_lines: Annotated[
        int | None,
        typer.Option(min=1, help="Lines of the two-year retail workbook.", show_default="106,737"),
    ] = None,
    pricing_lines: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Order lines of the price desk's first business unit; the second has half as many.",
            show_default="12,000",
        ),
    ] = None,
    *,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same files.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Write an invented landing folder: annuity months, retail brands and a price desk, with every quirk known."""
    from work_data_hub.domain.annuity.sample.options import SampleOptions
    from work_data_hub.domain.pricing.sample.options import PricingOptions
    from work_data_hub.domain.retail.sample.options import RetailOptions

    root = (to or read_settings().landing_root).absolute()
    options = SampleOptions(**_given(rows=rows, layout_rows=layout_rows, seed=seed))
    retail = RetailOptions(**_given(lines=retail_lines, seed=seed))
    pricing = PricingOptions(**_given(lines=pricing_lines, seed=seed))
    manifest = write_samples(root, options, retail, pricing)
    if as_json:
        write_json({"root": root, "manifest": manifest, "exit_status": 0})
    else:
        console().print(f"Samples written to {root}; {MANIFEST} says what is in them.")


def _given(**chosen: int | None) -> dict[str, int]:
    return {name: value for name, value in chosen.items() if value is not None}


def write_samples(
    root: Path,
    options: "SampleOptions",
    retail: "RetailOptions",
    pricing: "PricingOptions | None" = None,
) -> "SampleManifest":
    """Write the sample folder with progress; a folder with other files in it is left alone."""
    from work_data_hub.io.samples.landing import write_landing

    if holds_other_files(root):
        raise UsageError(
            f"{root} holds files that are no samples",
            expected="an empty folder",
            fix="name another with --to",
        )
    # beside the root first: a call that is ended half-way leaves no half landing folder
    partial = root.with_name(f"{root.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    with steps("sample files", 0) as shown:

        def written(name: str, done: int, total: int) -> None:
            shown.expect(total)
            shown.end(name, "written")
            shown.reach(done)

        manifest = write_landing(partial, options, written, retail, pricing)
    _move(partial, root)
    return manifest


def _move(source: Path, root: Path) -> None:
    """Move months and the folders of drops over those of the same name, the manifest last."""
    root.mkdir(parents=True, exist_ok=True)
    for entry in sorted(source.iterdir(), key=lambda path: path.name == MANIFEST):
        if (root / entry.name).is_dir():
            shutil.rmtree(root / entry.name)
        shutil.move(entry, root / entry.name)
    source.rmdir()


def holds_other_files(root: Path) -> bool:
    """Say whether a folder holds anything that the sample generator did not write."""
    return is_filled(root) and not (root / MANIFEST).exists()


def is_filled(root: Path) -> bool:
    """Say whether there is anything in a folder."""
    return root.is_dir() and any(root.iterdir())
