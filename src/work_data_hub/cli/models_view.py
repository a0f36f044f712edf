"""How `wdh models` shows models: tables and documents."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from work_data_hub.cli.output import console

if TYPE_CHECKING:
    from work_data_hub.application.models.book import ChampionBook, Decision, KeptVersion, LedgerEntry
    from work_data_hub.application.models.mirror import Mirrored

_NONE = "–"


def model_document(book: "ChampionBook", name: str) -> dict[str, Any]:
    """Give a model as part of a document: who is champion, since when, and what was said last."""
    from work_data_hub.application.models.rules import deciding

    entries, versions = book.entries(name), book.versions(name)
    held = deciding(entries)
    last = entries[-1].decision if entries else None
    return {
        "name": name,
        "champion": held[-1].decision.champion if held else None,
        "since": held[-1].decision.effective_from if held else None,
        "version_count": len(versions),
        "last_action": last.action if last else None,
        "last_month": last.effective_from if last else None,
        "last_reason": last.reason if last else None,
    }


def entry_document(entry: "LedgerEntry") -> dict[str, Any]:
    """Give a decision as part of a document."""
    return {"entry_id": entry.entry_id, "decided_at": entry.decided_at, "decision": entry.decision}


def list_table(models: Sequence[dict[str, Any]]) -> Table:
    """Draw models as a table."""
    table = _table("model", "champion", "since", "versions", "last", "month", "reason")
    for model in models:
        table.add_row(
            model["name"],
            _or_none(model["champion"]),
            _or_none(model["since"]),
            str(model["version_count"]),
            _or_none(model["last_action"]),
            _or_none(model["last_month"]),
            _or_none(model["last_reason"]),
        )
    return table


def versions_table(versions: "Sequence[KeptVersion]", champion: str | None) -> Table:
    """Draw the versions of a model."""
    table = _table("version", "trained for", "at", "run", "champion")
    for kept in versions:
        month = f"{kept.period:%Y-%m}" if kept.period else _NONE
        mark = "champion" if kept.version == champion else ""
        table.add_row(kept.version, month, f"{kept.created_at:%Y-%m-%d %H:%M}", kept.run_id, mark)
    return table


def decisions_table(entries: "Sequence[LedgerEntry]") -> Table:
    """Draw the decisions about a model in the order in which they were made."""
    table = _table("from", "what", "version", "against", "champion", "who", "at", "reason")
    for entry in entries:
        made = entry.decision
        table.add_row(
            str(made.effective_from),
            str(made.verdict or made.action),
            _or_none(made.challenger),
            _or_none(made.incumbent),
            _or_none(made.champion),
            made.actor,
            f"{entry.decided_at:%Y-%m-%d %H:%M}",
            made.reason,
        )
    return table


def show_decision(decision: "Decision", *, dry_run: bool) -> None:
    """Say what a decision changed, or would."""
    now = decision.champion or "no version"
    verb = "would be" if dry_run else "is"
    instead = f", in place of {decision.incumbent}" if decision.incumbent else ""
    line = f"{decision.name}: {now} {verb} in force from {decision.effective_from} on{instead}"
    console().print(Text.assemble(("✓ ", "green"), line))


def show_synced(done: "Sequence[Mirrored]", *, dry_run: bool) -> None:
    """Say what the tracker was told, or would be."""
    verb = "would be logged" if dry_run else "logged"
    for model in done:
        count = len(model.logged)
        versions = f"{count} version{'' if count == 1 else 's'}"
        console().print(f"{model.name}: {versions} {verb}, champion {_or_none(model.champion)}")
    if not done:
        console().print("no model was trained yet")


def _table(*heads: str) -> Table:
    return Table(*heads, box=None, header_style="bold", pad_edge=False)


def _or_none(value: object) -> str:
    return _NONE if value is None else str(value)
