"""`wdh pricing`: train and score one business unit's bands, here or on a cluster, and score a file of quotes."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from work_data_hub.cli.output import JsonOption, console, finish, print_table, write_json
from work_data_hub.cli.progress import steps, tell
from work_data_hub.cli.session import open_hub, read_settings

if TYPE_CHECKING:
    from work_data_hub.application.runs import BuildReport
    from work_data_hub.bootstrap import Hub

DOMAIN = "pricing"
_WARNED = 3
_OF_MODEL = ("model_version", "verdict", "reason", "why_not")

app = typer.Typer(help="Discount bands of the price desk: train, score, explain.", no_args_is_help=True)

BuOption = Annotated[str, typer.Option("--bu", help="Business unit, such as BU1.")]
MonthOption = Annotated[
    str | None,
    typer.Option(
        "--month", help="Month, as 2025-11; the newest of its orders by default.", show_default=False
    ),
]
EngineOption = Annotated[str, typer.Option("--engine", help="pandas, or spark (the optional extra).")]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model-name", help="Model, or model:version; the unit's champion by default.", show_default=False
    ),
]


@app.command("train")
def train(
    bu: BuOption,
    *,
    month: MonthOption = None,
    engine: EngineOption = "pandas",
    model_name: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train the month's challenger on earlier months and judge it; what is up to date is passed over."""
    from work_data_hub.domain.kernel.contract import Layer

    with _hub(engine) as hub:
        _require_own_model(bu, model_name)
        layers = frozenset({Layer.BRONZE, Layer.SILVER, Layer.FEATURE, Layer.MODEL})
        finish(_run(hub, bu, month, layers, as_json=as_json))


@app.command("score")
def score(
    bu: BuOption,
    *,
    month: MonthOption = None,
    quotes: Annotated[
        Path | None,
        typer.Option(
            "--quotes",
            exists=True,
            dir_okay=False,
            help="Score the quotes of a file instead, and publish nothing.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the scored quotes as CSV.", show_default=False)
    ] = None,
    engine: EngineOption = "pandas",
    model_name: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Score the month's orders and open quotes with the champion, or the quotes of a file."""
    from work_data_hub.domain.kernel.contract import Layer
    from work_data_hub.domain.pricing.contracts.model import PRICE_BANDS

    with _hub(engine) as hub:
        if quotes is not None:
            finish(_score_file(hub, bu, quotes, out=out, month=month, model_name=model_name, as_json=as_json))
            return
        _require_own_model(bu, model_name)
        finish(_run(hub, bu, month, frozenset(Layer), skip=(PRICE_BANDS.key,), as_json=as_json))


@contextmanager
def _hub(engine: str) -> Iterator["Hub"]:
    with open_hub(read_settings(), engine=engine) as hub:
        yield hub


def _run(
    hub: "Hub", bu: str, month: str | None, layers: Any, *, skip: Sequence[str] = (), as_json: bool
) -> int:
    from work_data_hub.application.member_months import build_month
    from work_data_hub.domain.kernel.period import Period

    run = hub.start_run(DOMAIN)
    reports: list[BuildReport] = []
    with steps(f"{DOMAIN} {bu}", 0) as shown:
        for report in build_month(run, bu, Period.parse(month) if month else None, layers, skip):
            reports.append(report)
            shown.end(f"{report.table} {report.scope}", str(report.result))
    status = _WARNED if any(report.record.warnings for report in reports) else 0
    if as_json:
        write_json({"run": run.run.run_id, "tables": [_line(r) for r in reports], "exit_status": status})
        return status
    print_table(_table([_line(report) for report in _told(reports)]))
    for line in _said(reports):
        console().print(line)
    for report in reports:
        for warning in report.record.warnings:
            tell(("! ", "yellow"), f"{report.table} {report.scope}: {warning}")
    return status


def _require_own_model(bu: str, model_name: str | None) -> None:
    """Refuse a name that is not the unit's: what is published is scored by its champion, and by nothing else."""
    from work_data_hub.domain.kernel.errors import UsageError
    from work_data_hub.domain.pricing.config import MODEL_FAMILY

    own = f"{MODEL_FAMILY}_{bu}"
    if model_name not in (None, own):
        raise UsageError(
            f"{bu} is scored by the champion of {own}, not by {model_name}",
            expected=f"{own}, or no --model-name",
            fix=f"promote another version with `wdh models promote {own} VERSION`, or score a file with --quotes",
        )


def _score_file(
    hub: "Hub",
    bu: str,
    path: Path,
    *,
    out: Path | None,
    month: str | None,
    model_name: str | None,
    as_json: bool,
) -> int:
    from work_data_hub.application.member_months import require_member
    from work_data_hub.application.price_quotes import QuoteDesk
    from work_data_hub.cli.price_view import document, show
    from work_data_hub.domain.kernel.period import Period
    from work_data_hub.io.connectors.contents import single_file
    from work_data_hub.io.learners.gbm import GbmLearner

    domain = hub.domain(DOMAIN)
    require_member(domain, bu)
    name, _, version = (model_name or "").partition(":")
    _require_own_model(bu, name or None)
    with steps(f"quotes {path.name}", 1) as shown:
        shown.begin("scoring")
        desk = QuoteDesk(hub.ports, domain, GbmLearner(), bu)
        scored = desk.score(single_file(path), Period.parse(month) if month else None, version or None)
        shown.end("scoring", f"{len(scored.lines):,} lines")
        shown.reach(1)
    if out is not None:
        _write(out, scored.lines.to_csv(index=False))
    status = _WARNED if scored.rejections else 0
    if as_json:
        write_json({**document(scored), "exit_status": status})
    else:
        show(scored, out)
    return status


def _write(out: Path, rows: str) -> None:
    from work_data_hub.domain.kernel.errors import UsageError

    try:
        out.write_text(rows, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{out} can't be written: {error.strerror}", fix="name another file") from error


def _told(reports: "Sequence[BuildReport]") -> "list[BuildReport]":
    """Give the last report of each table: the month that was asked for."""
    return list({report.table: report for report in reports}.values())


def _line(report: "BuildReport") -> Mapping[str, Any]:
    counts = report.record.counts
    return {
        "table": report.table.partition(".")[2],
        "scope": report.scope,
        "result": str(report.result),
        "read": counts.read,
        "published": counts.published,
        "rejected": counts.rejected,
        **_verdict(report),
    }


def _verdict(report: "BuildReport") -> Mapping[str, Any]:
    """Give what a training said of its model, or why there is none."""
    facts = report.record.facts
    return {name: facts[name] for name in _OF_MODEL if name in facts}


def _said(reports: "Sequence[BuildReport]") -> Iterator[str]:
    """Say in words what trainings came to, and why a table of the month that was asked for is empty."""
    for report in reports:
        facts = report.record.facts
        if "verdict" in facts:
            yield f"{report.scope}: {facts['model_version']} {facts['verdict']}: {facts['reason']}"
    for report in _told(reports):
        if "why_not" in report.record.facts:
            yield f"{report.table} {report.scope}: {report.record.facts['why_not']}"


def _table(lines: Sequence[Mapping[str, Any]]) -> Table:
    names = ("table", "scope", "result", "read", "published", "rejected")
    table = Table(*names, box=None, header_style="bold", pad_edge=False)
    for line in lines:
        table.add_row(*(f"{line[n]:,}" if isinstance(line[n], int) else str(line[n]) for n in names))
    return table
