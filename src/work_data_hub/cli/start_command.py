"""`wdh start`: from nothing to a filled hub and its UI; what scripts/start calls."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from work_data_hub.cli.doctor_checks import NEEDED_BYTES, free_bytes
from work_data_hub.cli.months import WARNED, MonthRun, replace_company_ids, run_month, worst
from work_data_hub.cli.output import JsonOption, console, finish, write_json
from work_data_hub.cli.progress import Steps, done, steps, tell
from work_data_hub.cli.project import project_folder
from work_data_hub.cli.run_command import show_runs
from work_data_hub.cli.sample_command import MANIFEST, is_filled, write_samples
from work_data_hub.cli.session import logs_folder, open_hub, read_settings
from work_data_hub.cli.stages import run_stages
from work_data_hub.cli.summary import table_lines
from work_data_hub.domain.kernel.errors import (
    ConfigurationError,
    HubError,
    InputRefusedError,
    NoCandidateError,
)

if TYPE_CHECKING:
    from work_data_hub.application.sources import SourceSpec
    from work_data_hub.bootstrap import Hub
    from work_data_hub.config.settings import Settings
    from work_data_hub.domain.kernel.period import Period

_GIB = 1024**3


def start(
    once: Annotated[bool, typer.Option("--once", help="Do not serve the UI: fill the hub and end.")] = False,
    port: Annotated[
        int | None, typer.Option("--port", help="Port of the UI.", show_default="DAGSTER_PORT, 3000")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Bring everything up: database, schema, sample months, tables; then serve the Dagster UI."""
    from work_data_hub.cli.webserver import ending_on_signals, refuse_taken_port

    began = time.monotonic()
    settings = read_settings()
    chosen = port or settings.dagster_port
    with ending_on_signals():
        refuse_full_disk(settings.wdh_home)
        if not once:
            refuse_taken_port(chosen)
        status = _fill_and_serve(settings, None if once else chosen, began, as_json=as_json)
    finish(status)


def refuse_full_disk(folder: Path) -> None:
    """Refuse to begin what a small disk would stop half-way."""
    free = free_bytes(folder)
    if free < NEEDED_BYTES:
        raise ConfigurationError(
            f"{free / _GIB:.1f} GiB free on the disk of {folder}",
            expected=f"at least {NEEDED_BYTES // _GIB} GiB",
            fix="free some space, or set WDH_HOME to another disk",
        )


def _fill_and_serve(settings: "Settings", port: int | None, began: float, *, as_json: bool) -> int:
    from work_data_hub.cli.migrations import upgrade
    from work_data_hub.orchestration.instance import write_instance_file

    done("Dagster's home", str(write_instance_file(settings).parent))
    with open_hub(settings) as hub:
        done("database", "embedded Postgres" if _embedded(settings) else "reached")
        done("schema", f"at {upgrade(_url(settings)).current}")
        _land_samples(settings)
        runs = _fill(hub)
        declared = declared_refusals(settings.landing_root)
        status = _summarise(runs, declared, time.monotonic() - began, as_json=as_json)
        if port is not None:
            _serve(settings, port, tuple(hub.domains))
    return status


def _embedded(settings: "Settings") -> bool:
    from work_data_hub.bootstrap import EMBEDDED

    return settings.database_url.get_secret_value() == EMBEDDED


def _url(settings: "Settings") -> str:
    from work_data_hub.io.embedded.server import EmbeddedServer

    # not through the hub's context manager: leaving a second one would let go of the server
    if _embedded(settings):
        return EmbeddedServer(settings.wdh_home).url()
    return settings.database_url.get_secret_value()


def _land_samples(settings: "Settings") -> None:
    root = settings.landing_root
    if is_filled(root):
        done("landing root", str(root))
        return
    from work_data_hub.domain.annuity.sample.options import SampleOptions
    from work_data_hub.domain.pricing.sample.options import PricingOptions
    from work_data_hub.domain.retail.sample.options import RetailOptions

    manifest = write_samples(root, SampleOptions(), RetailOptions(), PricingOptions())
    told = f"{len(manifest.months)} sample months, the retail and the price desk's files"
    done("landing root", f"{told} written to {root}")


def _fill(hub: "Hub") -> list[MonthRun]:
    runs: list[MonthRun] = []
    for name, domain in hub.domains.items():
        runs += _fill_months(hub, name) if domain.source else _fill_stages(hub, name)
    return runs


def _fill_months(hub: "Hub", name: str) -> list[MonthRun]:
    periods, tables = hub.status(name).months(), len(hub.domain(name).tables)
    runs: list[MonthRun] = []
    with steps(name, len(periods) * tables) as shown:
        for number, period in enumerate(periods, start=1):
            runs.append(_bring_up(hub, name, period, shown))
            shown.reach(number * tables)
    _resolve_companies(hub, runs)
    return runs


def _fill_stages(hub: "Hub", name: str) -> list[MonthRun]:
    """Run a domain that takes drops, unless none of them has fallen yet."""
    domain = hub.domain(name)
    if not any(_has_fallen(hub, source) for source in domain.drops.values()):
        tell(f"{name}: no drop in the landing root yet, passed over")
        return []
    with steps(name, len(domain.tables)) as shown:
        runs = list(run_stages(hub, name, shown))
        shown.reach(len(domain.tables))
    return runs


def _has_fallen(hub: "Hub", source: "SourceSpec") -> bool:
    try:
        return bool(hub.ports.drop_box.glance(source))
    except NoCandidateError:
        return False
    except InputRefusedError:
        # there is something; the run says what is wrong with it
        return True


def _resolve_companies(hub: "Hub", runs: list[MonthRun]) -> None:
    """Replace temporary ids by what the months taught each other; months that were all fresh taught nothing."""
    loaded = [month for month in runs if month.error is None]
    if not any(month.run_id for month in loaded):
        return
    with steps("company ids", len(loaded)) as shown:
        result = replace_company_ids(hub, shown)
        shown.reach(len(loaded))
    if result.error is not None:
        tell(("! ", "yellow"), f"company ids stay as they are: {result.error.what}")


def _bring_up(hub: "Hub", domain: str, period: "Period", shown: Steps) -> MonthRun:
    """Run a month unless it is fresh, or what stands in its folder would be refused."""
    begun = time.monotonic()
    lines = table_lines(hub.status(domain).read((period,)))
    if all(line.state == "fresh" for line in lines):
        return MonthRun(str(period), "", time.monotonic() - begun, None, lines)
    refused = _refused(hub, domain, period)
    if refused is not None:
        return MonthRun(str(period), "", time.monotonic() - begun, refused, lines)
    return run_month(hub, domain, period, shown)


def _refused(hub: "Hub", domain: str, period: "Period") -> HubError | None:
    try:
        hub.ports.finder.find(hub.domain(domain).monthly_source, period)
    except InputRefusedError as error:
        return error
    return None


def judge(runs: list[MonthRun], declared: frozenset[str]) -> int:
    """Give the exit status: warnings and refusals that the sample declares are part of the show."""
    expected = {4: declared}
    statuses = [month.exit_status for month in runs if month.what not in expected.get(month.exit_status, ())]
    return worst(status for status in statuses if status != WARNED)


def declared_refusals(landing_root: Path) -> frozenset[str]:
    """Give the months that the sample manifest says are refused."""
    manifest = landing_root / MANIFEST
    if not manifest.exists():
        return frozenset()
    months = json.loads(manifest.read_text(encoding="utf-8"))["months"]
    return frozenset(month["period"] for month in months if month["outcome"].startswith("refused"))


def _summarise(runs: list[MonthRun], declared: frozenset[str], seconds: float, *, as_json: bool) -> int:
    status = judge(runs, declared)
    if as_json:
        months = [month.document for month in runs]
        write_json({"months": months, "seconds": round(seconds, 1), "exit_status": status})
        return status
    show_runs(runs)
    for period in sorted(declared):
        tell(f"  {period} is refused on purpose: the samples show what an ambiguous month looks like.")
    built = sum(bool(month.run_id) and month.error is None for month in runs)
    stopped = sum(month.error is not None for month in runs)
    rows = sum(line.published or 0 for month in runs for line in month.lines)
    console().print(
        f"{len(runs)} runs of months and stages, {built} built now, {stopped} refused or failed;"
        f" {rows:,} rows published in all; {seconds:.0f} s"
    )
    return status


def _serve(settings: "Settings", port: int, domains: tuple[str, ...]) -> None:
    from work_data_hub.cli.webserver import serve

    log = logs_folder(settings) / "dagster.log"
    try:
        with serve(project_folder() / "workspace.yaml", port, log) as webserver:
            tell("Starting the Dagster UI …")
            webserver.await_ready()
            tell(("✓ ", "green"), "Dagster UI at ", (webserver.address, "bold"), "  (Ctrl+C ends it)")
            if str(settings.environment) == "dev":
                _switch_on(port, domains)
            webserver.await_end()
    except KeyboardInterrupt:
        tell("Stopped.")


def _switch_on(port: int, domains: tuple[str, ...]) -> None:
    """Let files that fall from now on be loaded; a hub whose sensors stay off is served all the same."""
    from work_data_hub.orchestration.automation import started_in_dev
    from work_data_hub.orchestration.switches import switch_on

    try:
        switched = switch_on(port, started_in_dev(domains))
    except HubError as error:
        tell(("! ", "yellow"), f"nothing runs by itself: {error.what}")
        return
    if switched.on:
        tell(("✓ ", "green"), f"runs by itself: {', '.join(switched.on)}  (Automation in the UI)")
    if switched.off:
        tell(("! ", "yellow"), f"switched off in the UI, and left so: {', '.join(switched.off)}")
