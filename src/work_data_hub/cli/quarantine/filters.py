"""What the quarantine's commands share: which lines, of which domain, decided by whom."""

import getpass
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from work_data_hub.domain.kernel.errors import UsageError

if TYPE_CHECKING:
    from work_data_hub.application.quarantine.book import LineState, QuarantineLine, QuarantineQuery
    from work_data_hub.bootstrap import Hub

EVERY_STATE = "all"
SHORT_ID = 12
_LEAST_ID = 6

DomainOption = Annotated[
    str | None, typer.Option("--domain", help="Business domain; needed where there are several.")
]
TableOption = Annotated[list[str] | None, typer.Option("--table", help="Table, as scale_detail; repeatable.")]
MonthsOption = Annotated[
    list[str] | None, typer.Option("--period", "-p", help="Month, as 2025-11; repeatable.")
]
StateOption = Annotated[
    list[str] | None, typer.Option("--state", help="open, waived, fixed, replayed or all; repeatable.")
]
RuleOption = Annotated[
    list[str] | None, typer.Option("--rule", help="Rule, as unreadable_number; repeatable.")
]
AuthorOption = Annotated[
    str | None, typer.Option("--author", help="Who decides.", show_default="the user of this machine")
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show what would change; write nothing.")]


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters as they were typed."""

    domain: str | None = None
    tables: Sequence[str] | None = None
    periods: Sequence[str] | None = None
    states: Sequence[str] | None = None
    rules: Sequence[str] | None = None

    def query(self, hub: "Hub", usual: "Sequence[LineState]") -> "QuarantineQuery":
        """Give the query; what is not filtered is all, of states the usual ones."""
        from work_data_hub.application.quarantine.book import QuarantineQuery
        from work_data_hub.domain.kernel.period import Period

        return QuarantineQuery(
            today_of(hub),
            domain=hub.domain(self.domain).name if self.domain else None,
            tables=tuple(key for name in self.tables or () for key in _keys(hub, name)),
            scopes=tuple(
                dict.fromkeys(
                    scope
                    for period in self.periods or ()
                    for domain in ([hub.domain(self.domain)] if self.domain else hub.domains.values())
                    for scope in domain.month_scopes(Period.parse(period))
                )
            ),
            states=_states(self.states, usual),
            rules=tuple(self.rules or ()),
        )


def one_domain(hub: "Hub", name: str | None) -> str:
    """Give the domain that is named, or the only one whose rows can be corrected: those of monthly files."""
    correctable = [domain for domain, known in hub.domains.items() if known.source is not None]
    if name is None and len(correctable) > 1:
        raise UsageError(
            "say which domain", expected=f"--domain {' or '.join(correctable)}", fix="name one with --domain"
        )
    return hub.domain(name or correctable[0]).name


def find_lines(hub: "Hub", ids: Sequence[str]) -> "tuple[QuarantineLine, ...]":
    """Give the lines with these ids, each by its first characters at least."""
    return tuple({line.rejection_id: line for line in (_find(hub, text) for text in ids)}.values())


def today_of(hub: "Hub") -> date:
    """Give the day of the hub's clock, in UTC."""
    return hub.ports.clock.now().date()


def author_or_user(author: str | None) -> str:
    """Give who decides: as told, or the user of this machine."""
    if author is not None and author.strip():
        return author.strip()
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def _find(hub: "Hub", text: str) -> "QuarantineLine":
    from work_data_hub.application.quarantine.book import QuarantineQuery

    prefix = text.strip().lower()
    if len(prefix) < _LEAST_ID:
        raise UsageError(
            f"{text!r} is too short for an id",
            expected=f"at least its first {_LEAST_ID} characters",
            fix="see `wdh quarantine list --lines`",
        )
    found = hub.ports.quarantine.find(QuarantineQuery(today_of(hub), prefix=prefix))
    if len(found) == 1:
        return found[0]
    raise UsageError(
        f"{len(found)} lines of the quarantine begin with {text!r}",
        expected="the id of one line",
        fix="see `wdh quarantine list --lines --state all`",
    )


def _keys(hub: "Hub", name: str) -> tuple[str, ...]:
    known = [contract.key for domain in hub.domains.values() for contract in domain.contracts]
    found = tuple(key for key in known if f".{key}".endswith(f".{name}"))
    if not found:
        raise UsageError(f"there is no table {name!r}", expected=", ".join(known), fix="name one of these")
    return found


def _states(names: Sequence[str] | None, usual: "Sequence[LineState]") -> "tuple[LineState, ...]":
    from work_data_hub.application.quarantine.book import LineState

    if not names:
        return tuple(usual)
    if EVERY_STATE in names:
        return ()
    known = {str(state): state for state in LineState}
    if strangers := [name for name in names if name not in known]:
        raise UsageError(
            f"there is no state {strangers[0]!r}",
            expected=", ".join((*known, EVERY_STATE)),
            fix="name one of these",
        )
    return tuple(known[name] for name in names)
