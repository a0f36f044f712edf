"""What both brands hand over to the common sales lines, and the sums that must tie."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyarrow as pa

from work_data_hub.domain.kernel.outcome import ControlTotal, Rejection
from work_data_hub.domain.pipelines.amounts import total
from work_data_hub.domain.pipelines.exact import Integers, total_of
from work_data_hub.domain.retail.config import Brand
from work_data_hub.domain.retail.frames.row_codes import Flags
from work_data_hub.domain.retail.rules.codes import Kinds

MONEY_DIGITS: Final = 4
# a hundred thousand million of a currency: far above any line, and far below what the columns hold
_LARGEST: Final = 10**15


@dataclass(frozen=True, slots=True)
class Fates:
    """Which read lines are rejected and which are deduplicated; the others are published."""

    rejected: Flags
    deduplicated: Flags

    @property
    def published(self) -> Flags:
        """The lines that stay."""
        return ~(self.rejected | self.deduplicated)


@dataclass(frozen=True, slots=True)
class BrandLines:
    """The lines of one brand: columns of the published ones, and what became of the others."""

    brand: Brand
    columns: Mapping[str, pa.Array]
    line_types: Kinds
    item_kinds: Kinds
    amounts: Integers
    fates: Fates
    totals: tuple[ControlTotal, ...]
    rejections: tuple[Rejection, ...] = ()
    metrics: Mapping[str, float] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """Number of published lines."""
        return len(self.amounts)


def control_total(
    column: str, values: Integers, digits: int, fates: Fates, published: pa.Array, *, unreadable: int = 0
) -> ControlTotal:
    """Tie the sum of read values, in which an unreadable one is zero, with what is published."""
    return ControlTotal(
        column,
        read=total_of(values, digits),
        published=total(published),
        rejected=total_of(values[fates.rejected], digits),
        deduplicated=total_of(values[fates.deduplicated], digits),
        unreadable_cells=unreadable,
    )


def products_fit(left: Integers, right: Integers | int) -> Flags:
    """Say where the product of two whole numbers is no larger than an amount may be."""
    sizes = np.abs(left.astype(np.float64)) * np.abs(np.asarray(right, np.float64))
    return np.asarray(sizes <= _LARGEST, bool)
