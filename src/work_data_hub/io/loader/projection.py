"""Keeping of a frame what its table has, and saying so when much is left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import pandas as pd
import pyarrow as pa

Frame: TypeAlias = pd.DataFrame | pa.Table
WARN_ABOVE: Final = 5


@dataclass(frozen=True, slots=True)
class Projection:
    """The columns that stay, the names of those that do not, and a warning when these are many."""

    frame: Frame
    dropped: tuple[str, ...]
    warning: str | None


def project(frame: Frame, allowed: Sequence[str]) -> Projection:
    """Keep the allowed columns, in the frame's order."""
    names = list(frame.column_names) if isinstance(frame, pa.Table) else [str(name) for name in frame.columns]
    kept = [name for name in names if name in set(allowed)]
    dropped = tuple(name for name in names if name not in kept)
    projected = frame.select(kept) if isinstance(frame, pa.Table) else frame[kept]
    warning = f"{len(dropped)} columns have no place in the table: {', '.join(dropped)}"
    return Projection(projected, dropped, warning if len(dropped) > WARN_ABOVE else None)
