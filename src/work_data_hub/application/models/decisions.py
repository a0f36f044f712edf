"""What people decide about champions: put a version in force, or go back to the one before."""

from collections.abc import Sequence

from work_data_hub.application.models.book import Action, ChampionBook, Decision, KeptVersion, LedgerEntry
from work_data_hub.application.models.rules import champion_before, in_force
from work_data_hub.domain.kernel.errors import UsageError
from work_data_hub.domain.kernel.period import Period


def promote(
    book: ChampionBook, name: str, version: str, *, month: Period, actor: str, reason: str
) -> LedgerEntry:
    """Put a version in force from a month on."""
    return book.decide(promotion(book, name, version, month=month, actor=actor, reason=reason))


def roll_back(book: ChampionBook, name: str, *, month: Period, actor: str, reason: str) -> LedgerEntry:
    """Put the version in force again that was it before; where there was none, none is."""
    return book.decide(going_back(book, name, month=month, actor=actor, reason=reason))


def promotion(
    book: ChampionBook, name: str, version: str, *, month: Period, actor: str, reason: str
) -> Decision:
    """Give the decision that a promotion would write."""
    kept = _version(known_model(book, name), name, version)
    if kept.period is not None and Period.of(kept.period) > month:
        raise UsageError(
            f"{version} was trained for {Period.of(kept.period)} and knows what {month} could not know",
            expected=f"a month from {Period.of(kept.period)} on",
            fix="promote it for such a month, or a version that was trained earlier",
        )
    now = in_force(book.entries(name), month)
    if now == version:
        raise UsageError(f"{version} is the champion of {month} already", fix="there is nothing to do")
    said = _said(reason)
    return Decision(name, month, Action.PROMOTED, said, version, now, champion=version, actor=actor)


def going_back(book: ChampionBook, name: str, *, month: Period, actor: str, reason: str) -> Decision:
    """Give the decision that a roll-back would write."""
    known_model(book, name)
    entries = book.entries(name)
    now = in_force(entries, month)
    if now is None:
        raise UsageError(
            f"{name} has no champion for {month}",
            expected="a month with a champion",
            fix=f"see `wdh models show {name}`",
        )
    before = champion_before(entries, month)
    return Decision(name, month, Action.ROLLED_BACK, _said(reason), before, now, champion=before, actor=actor)


def known_model(book: ChampionBook, name: str) -> tuple[KeptVersion, ...]:
    """Give the versions of a model; a name that no training ever used is a usage error."""
    found = book.versions(name)
    if not found:
        raise UsageError(
            f"there is no model {name!r}",
            expected=", ".join(book.names()) or "a model that was trained; there is none yet",
            fix="name one of these, or train it first",
        )
    return found


def _version(known: Sequence[KeptVersion], name: str, version: str) -> KeptVersion:
    for kept in known:
        if kept.version == version:
            return kept
    raise UsageError(
        f"{name} has no version {version!r}",
        expected=", ".join(kept.version for kept in known),
        fix=f"name one of these; `wdh models show {name}` says more of them",
    )


def _said(reason: str) -> str:
    if not reason.strip():
        raise UsageError("a decision needs a reason", expected="--reason TEXT", fix="say why")
    return reason.strip()
