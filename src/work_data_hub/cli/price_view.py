"""Scored quotes as people read them: the band of each line, what bound it, and why."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

from work_data_hub.cli.output import console, print_table
from work_data_hub.cli.progress import tell

if TYPE_CHECKING:
    from work_data_hub.application.price_quotes import ScoredQuotes

_SHOWN = 20
_BAND = ("disc_q_0_10", "disc_q_0_50", "disc_q_0_90")
_HEADS = (
    "quote",
    "line",
    "customer",
    "product",
    "list",
    "P10",
    "P50",
    "P90",
    "price at P50",
    "support",
    "bound by",
)


def document(scored: "ScoredQuotes") -> dict[str, Any]:
    """Give everything about scored quotes as plain values."""
    return {
        "model": {"name": scored.model.name, "version": scored.model.version},
        "limits_of": scored.limits_of,
        "read": scored.read,
        "scored": len(scored.lines),
        "repeated": scored.repeated,
        "lines": scored.lines.to_dict(orient="records"),
        "deals": scored.deals.to_dict(orient="records"),
        "rejections": [
            {"row": r.row_number, "column": r.column, "reason": r.reason} for r in scored.rejections
        ],
    }


def show(scored: "ScoredQuotes", out: Path | None) -> None:
    """Print the first lines, the answer for the first of them in words, and what was not scored."""
    lines = scored.lines.to_dict(orient="records")
    print_table(_table(lines[:_SHOWN]))
    place = f"; all of them are in {out}" if out else ""
    repeats = f", {scored.repeated:,} repeated" if scored.repeated else ""
    console().print(
        f"{len(lines):,} of {scored.read:,} lines scored{repeats}, by {scored.model.name} version {scored.model.version}, "
        f"limits of {scored.limits_of}{place}"
    )
    for line in lines[:3]:
        console().print(f"{line['order_id']}/{line['order_line_id']}: {line['justification']}")
    for rejection in scored.rejections[:_SHOWN]:
        tell(("! ", "yellow"), f"row {rejection.row_number}, {rejection.column}: {rejection.reason}")


def _table(lines: list[dict[Any, Any]]) -> Table:
    table = Table(*_HEADS, box=None, header_style="bold", pad_edge=False)
    for line in lines:
        table.add_row(*_cells(line))
    return table


def _cells(line: Mapping[Any, Any]) -> tuple[str, ...]:
    band = (f"{float(line[name]):.1%}" for name in _BAND)
    ids = (str(line[name]) for name in ("order_id", "order_line_id", "customer_id", "product_id"))
    price = f"{line['rec_price_q_0_50']:,.2f}"
    bound = line["bound_by"] if isinstance(line["bound_by"], str) else ""
    return (*ids, f"{line['list_price']:,.2f}", *band, price, f"{line['support']:,}", bound)
