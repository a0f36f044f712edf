"""Lines that stand twice: the same row is counted out, another row under the same number gets a suffix."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import pyarrow as pa

from work_data_hub.domain.pricing.silver.money import Flags
from work_data_hub.domain.pricing.silver.raw_lines import LINEAGE


def whole_repeats(rows: pd.DataFrame) -> Flags:
    """Say of each row whether one with the same cells, wherever it stands, comes before it."""
    made = {*LINEAGE, "period", "bu_id", "run_id", "ingested_at"}
    cells = [name for name in rows.columns if name not in made]
    return np.asarray(rows.duplicated(subset=cells), bool) if len(rows) else np.zeros(0, bool)


def distinct_numbers(orders: pa.Array, numbers: pa.Array) -> tuple[pa.Array, int]:
    """Give line numbers that are distinct in their order: a repeat gets #2, #3 …; and how many were changed."""
    pairs = list(zip(orders.to_pylist(), numbers.to_pylist(), strict=True))
    taken = set(pairs)
    seen: dict[tuple[str | None, str | None], int] = {}
    given = list(_numbered(pairs, taken, seen))
    changed = sum(new != old for new, (_, old) in zip(given, pairs, strict=True))
    return pa.array(given, pa.string()), changed


def _numbered(
    pairs: Iterable[tuple[str | None, str | None]],
    taken: set[tuple[str | None, str | None]],
    seen: dict[tuple[str | None, str | None], int],
) -> Iterable[str | None]:
    for order, number in pairs:
        time = seen.get((order, number), 0) + 1
        if number is None or time == 1:
            seen[order, number] = time
            yield number
            continue
        # a number that the source itself has may look like a suffix
        while (order, f"{number}#{time}") in taken:
            time += 1
        seen[order, number] = time
        taken.add((order, f"{number}#{time}"))
        yield f"{number}#{time}"
