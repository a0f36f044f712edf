"""`wdh compare`: a month of a table against another system's rows; it writes nothing but its report."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from work_data_hub.cli.options import DomainArgument, month_of
from work_data_hub.cli.output import JsonOption, console, finish, print_table, write_json
from work_data_hub.cli.session import open_hub, read_settings
from work_data_hub.domain.kernel.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from work_data_hub.application.compare.model import CompareOptions, CompareReport, OtherSide
    from work_data_hub.application.compare.page import Section
    from work_data_hub.application.domains import Domain
    from work_data_hub.config.settings import Settings
    from work_data_hub.domain.kernel.contract import TableContract
    from work_data_hub.domain.kernel.period import Period


def compare(
    domain: DomainArgument,
    *,
    period: Annotated[
        str, typer.Option("--period", "-p", help="Month, as 2025-10 or 2025-10-01.", show_default=False)
    ],
    other: Annotated[
        str,
        typer.Option(
            "--with",
            help="The other side: .xlsx, .csv or .parquet, or schema.table of a database.",
            show_default=False,
        ),
    ],
    table: Annotated[
        str | None, typer.Option(help="Our table, such as scale_fact; the domain's first fact by default.")
    ] = None,
    key: Annotated[
        str | None, typer.Option(help="Columns that name a row, as a,b; found out by default.")
    ] = None,
    tolerance: Annotated[
        str | None,
        typer.Option(help="Difference that amounts may have, as 0.01, or column=0.000001; several as a,b."),
    ] = None,
    ignore: Annotated[str | None, typer.Option(help="Columns to leave out, as a,b.")] = None,
    samples: Annotated[int, typer.Option(min=0, help="How many rows of each kind to show.")] = 10,
    sheet: Annotated[str | None, typer.Option(help="Sheet of the workbook; our label by default.")] = None,
    url_env: Annotated[
        str | None,
        typer.Option(
            help="Environment variable that holds the URL of the other database.", show_default=False
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the report here too, as Markdown.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Compare a month of a table with another system's rows. Ends with 0 for parity, 3 for differences."""
    from work_data_hub.application.compare.use_case import compare_table

    settings, options = read_settings(), _options(key, tolerance, ignore, samples)
    _require_page(out)
    with open_hub(settings) as hub:
        month, contract = month_of(period, hub, domain), table_named(hub.domain(domain), table)
        with _other_side(settings, other, contract, month, sheet=sheet, url_env=url_env) as side:
            report = compare_table(
                hub.ports.store, hub.domain(domain), contract, month, side, options=options
            )
    _tell(report, out, as_json=as_json)
    finish(report.exit_status)


def table_named(domain: "Domain", name: str | None) -> "TableContract":
    """Find a table by its name, with or without its layer; without one, the first published fact."""
    from work_data_hub.domain.kernel.contract import Conservation, Layer

    facts = (
        c for c in domain.contracts if c.layer is Layer.GOLD and c.conservation is Conservation.ROW_PRESERVING
    )
    asked = (c for c in domain.contracts if name in (c.name, f"{c.layer}.{c.name}", c.qualified_name, c.key))
    found = next(facts if name is None else asked, None)
    if found is None:
        raise UsageError(
            f"{domain.name} has no table {name}",
            expected=", ".join(c.name for c in domain.contracts),
            fix="name one with --table",
        )
    return found


def _tell(report: "CompareReport", out: Path | None, *, as_json: bool) -> None:
    from work_data_hub.application.compare.page import document, headline, markdown, remarks, sections

    if out is not None:
        _write(out, markdown(report))
    if as_json:
        write_json(document(report))
        return
    screen = console()
    screen.print(Text(headline(report), style="bold"))
    sign, style = ("✓", "green") if report.findings.parity else ("✗", "bold yellow")
    screen.print(Text.assemble((f"{sign} ", style), report.verdict))
    for remark in remarks(report):
        screen.print(Text(f"  {remark}", style="dim"))
    for section in sections(report, brief=True):
        screen.print()
        screen.print(Text(section.title, style="bold"))
        print_table(_drawn(section))


def _drawn(section: "Section") -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for place, head in enumerate(section.heads):
        table.add_column(head, justify="left" if place < section.left else "right", no_wrap=True)
    for row in section.rows:
        table.add_row(*map(Text, row))
    return table


def _write(out: Path, page: str) -> None:
    try:
        out.write_text(page, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{out} can't be written: {error.strerror}", fix="name another file") from error


def _require_page(out: Path | None) -> None:
    if out is not None and out.suffix.lower() != ".md":
        raise UsageError(f"{out} is no Markdown file", expected="a name that ends with .md", fix="rename it")


def _options(key: str | None, tolerance: str | None, ignore: str | None, samples: int) -> "CompareOptions":
    from work_data_hub.application.compare.model import CompareOptions

    named = [part.rpartition("=") for part in _parts(tolerance)]
    return CompareOptions(
        key=_parts(key),
        ignore=frozenset(_parts(ignore)),
        tolerance=max((_number(value) for name, _, value in named if not name), default=Decimal(0)),
        tolerances={name: _number(value) for name, _, value in named if name},
        samples=samples,
    )


def _parts(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number < 0:
        raise UsageError(f"{text!r} is no tolerance", expected="0.01, or column=0.01", fix="write a number")
    return number


@contextmanager
def _other_side(
    settings: "Settings",
    other: str,
    contract: "TableContract",
    month: "Period",
    *,
    sheet: str | None,
    url_env: str | None,
) -> Iterator["OtherSide"]:
    from work_data_hub.io.compare.files import SUFFIXES, file_side

    path = Path(other).expanduser()
    if url_env is None and (path.suffix.lower() in SUFFIXES or path.is_file()):
        yield file_side(path, (sheet,) if sheet else (contract.label, contract.name))
        return
    with _database(settings, url_env) as url:
        from work_data_hub.io.compare.tables import open_table

        with open_table(url, other, contract, month) as side:
            yield side


@contextmanager
def _database(settings: "Settings", url_env: str | None) -> Iterator[str]:
    from work_data_hub.bootstrap import warehouse_url

    if url_env is None:
        with warehouse_url(settings) as url:
            yield url
    elif os.environ.get(url_env):
        yield os.environ[url_env]
    else:
        raise ConfigurationError(
            f"the environment has no {url_env}",
            expected="postgresql://user:password@host:5432/database",
            fix=f"set {url_env} to the URL of the other database",
        )
