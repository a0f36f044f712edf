"""Configured matches held against each other: what contradicts itself is set aside for a person to look at."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from work_data_hub.domain.retail.config import Match

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Judged:
    """The match to use for an id, the ids that need a review with their first match, and ids that occur nowhere."""

    used: Mapping[Key, Match]
    review: Mapping[Key, Match]
    unknown: tuple[Key, ...]


def own_id(system: str, source_id: str) -> str:
    """Give the unified id of an id that nothing is known about.

    >>> own_id("EUROSTYLE", "85123A")
    'EUROSTYLE:85123A'
    """
    return f"{system}:{source_id}"


def judge(matches: Sequence[Match], known: Collection[Key]) -> Judged:
    """Choose one match for each known id; of several that follow each other in time the latest counts."""
    present = set(known)
    by_key = _grouped(matches)
    review = {key for key, mine in by_key.items() if _overlapping(mine)} | _colliding(matches, present)
    return Judged(
        {key: _latest(mine) for key, mine in by_key.items() if key in present and key not in review},
        {key: by_key[key][0] for key in by_key if key in present and key in review},
        tuple(key for key in by_key if key not in present),
    )


def _grouped(matches: Sequence[Match]) -> dict[Key, list[Match]]:
    grouped: defaultdict[Key, list[Match]] = defaultdict(list)
    for match in matches:
        grouped[match.system, match.source_id].append(match)
    return dict(grouped)


def _overlapping(mine: Sequence[Match]) -> bool:
    """Say whether an id has two matches at the same time, or one that ends before it begins."""
    backwards = any(_start(match) > _end(match) for match in mine)
    return backwards or any(
        _start(one) <= _end(other) and _start(other) <= _end(one) for one, other in combinations(mine, 2)
    )


def _colliding(matches: Sequence[Match], present: Collection[Key]) -> set[Key]:
    """Find ids of one brand that claim the same unified id, or the own id of another."""
    claims: defaultdict[tuple[str, str], set[Key]] = defaultdict(set)
    own = {own_id(*key): key for key in present}
    found: set[Key] = set()
    for match in matches:
        key = (match.system, match.source_id)
        claims[match.system, match.unified_id].add(key)
        if own.get(match.unified_id, key) != key:
            found.add(key)
    return found.union(*(keys for keys in claims.values() if len(keys) > 1))


def _latest(mine: Sequence[Match]) -> Match:
    return max(mine, key=_start)


def _start(match: Match) -> date:
    return match.valid_from or date.min


def _end(match: Match) -> date:
    return match.valid_to or date.max
