"""`wdh companies`: names that go by a temporary id, and the search for their companies."""

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from work_data_hub.cli.edge import styled
from work_data_hub.cli.months import replace_company_ids
from work_data_hub.cli.output import JsonOption, console, finish, notes, print_table, write_json
from work_data_hub.cli.progress import steps
from work_data_hub.cli.session import open_hub, read_settings

if TYPE_CHECKING:
    from work_data_hub.bootstrap import Hub

_SHOWN = ("customer_name", "temporary_id", "state", "attempts", "next_try_at", "company_id", "error")

app = typer.Typer(help="Names without a company id, and the search for them.", no_args_is_help=True)


@app.command("list")
def list_names(
    *,
    state: Annotated[
        str | None, typer.Option(help="pending, processing, done or failed; those not done by default.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Names that are shown.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """Show the queue: how many names stand where, and the first of them."""
    with open_hub(read_settings()) as hub:
        names = _queue(hub)
    counts = Counter(name["state"] for name in names)
    chosen = [name for name in names if name["state"] == state or (state is None and name["state"] != "done")]
    if as_json:
        write_json({"states": dict(counts), "names": chosen[:limit], "exit_status": 0})
        return
    console().print("  ·  ".join(f"{n:,} {found}" for found, n in sorted(counts.items())) or "nobody waits")
    if chosen:
        print_table(_table(chosen[:limit]))


@app.command("search")
def search(*, as_json: JsonOption = False) -> None:
    """Look for queued names in the index and outside, and put known ids in the place of temporary ones."""
    from work_data_hub.orchestration.instance import write_instance_file

    settings = read_settings()
    write_instance_file(settings)
    with open_hub(settings) as hub:
        before = Counter(name["state"] for name in _queue(hub))
        months = len(hub.status("annuity").months())
        with steps("company ids", months) as shown:
            result = replace_company_ids(hub, shown)
            shown.reach(months)
        after = Counter(name["state"] for name in _queue(hub))
    status = 0 if result.success else 1
    if as_json:
        write_json(
            {"run": result.run_id, "before": dict(before), "after": dict(after), "exit_status": status}
        )
    elif result.error is not None:
        notes().print(styled(str(result.error)))
    else:
        console().print(
            f"{after['done'] - before['done']:,} names found now; {after['done']:,} known, "
            f"{after['pending'] + after['processing']:,} wait, {after['failed']:,} failed"
        )
    finish(status)


def _queue(hub: "Hub") -> list[Mapping[str, Any]]:
    from work_data_hub.domain.annuity.contracts import COMPANY_QUEUE
    from work_data_hub.domain.kernel.frames import to_arrow
    from work_data_hub.domain.kernel.scope import Scope

    frame = hub.ports.store.read(COMPANY_QUEUE, Scope())
    rows: list[Mapping[str, Any]] = to_arrow(COMPANY_QUEUE, frame).to_pylist()
    return rows


def _table(names: list[Mapping[str, Any]]) -> Table:
    table = Table(*_SHOWN, box=None, header_style="bold", pad_edge=False)
    for name in names:
        table.add_row(*("" if name[column] is None else str(name[column]) for column in _SHOWN))
    return table
