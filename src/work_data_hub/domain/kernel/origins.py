"""From a cleaned column back to the column of the source it is read from: names first, then the source's headers."""

from collections.abc import Iterable

from work_data_hub.domain.kernel.contract import Column


def source_column(column: Column, candidates: Iterable[Column]) -> Column | None:
    """Give the candidate of the same name, else the one whose header is the column's label; derived ones have none."""
    found = {candidate.name: candidate for candidate in candidates}
    if column.name in found:
        return found[column.name]
    return next((c for c in found.values() if column.label in (c.label, *c.aliases)), None)
