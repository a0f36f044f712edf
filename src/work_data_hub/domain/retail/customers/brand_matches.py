"""The unified id of a brand's customers as of a day, and how many brands the person behind it buys from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.exact import Integers
from work_data_hub.domain.retail.frames.shaping import day_of

XWALK_COLUMNS: Final = (
    *("source_system", "source_customer_id", "unified_customer_id", "status", "valid_from", "valid_to"),
)


@dataclass(frozen=True, slots=True)
class Unified:
    """Unified ids of customers, and of how many brands each buys."""

    ids: pa.Array
    brands: Integers
    unknown: int


@dataclass(frozen=True, slots=True)
class Matches:
    """What the customer crosswalk says as of a day; only matches that hold on that day bring brands together."""

    xwalk: pd.DataFrame
    as_of: int

    def unify(self, system: str, ids: pa.Array, others: Mapping[str, Callable[[], pa.Array]]) -> Unified:
        """Unify a brand's customers; `others` gives the customers of each other brand with an order by that day."""
        found, matched = self._looked_up(system, ids)
        brands = np.ones(len(ids), np.int64)
        if matched.any():
            for other, buyers in others.items():
                theirs, hold = self._looked_up(other, buyers())
                shared = pc.is_in(found, theirs.filter(pa.array(hold)))
                brands += matched & np.asarray(shared)
        own = pc.binary_join_element_wise(pa.scalar(system), ids, ":")
        return Unified(pc.coalesce(found, own), brands, found.null_count)

    def _looked_up(
        self, system: str, ids: pa.Array
    ) -> tuple[pa.Array, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
        """Give each customer's unified id, null where no row holds, and whether it is matched."""
        rows = self._holding(system)
        at = pc.index_in(ids, rows["source_customer_id"])
        matched = pc.fill_null(pc.equal(rows["status"].take(at), "matched"), False)
        return rows["unified_customer_id"].take(at), np.asarray(matched)

    def _holding(self, system: str) -> dict[str, pa.Array]:
        rows = {name: arrow(self.xwalk, name) for name in XWALK_COLUMNS}
        day = pa.scalar(day_of(self.as_of))
        begun = pc.fill_null(pc.less_equal(rows["valid_from"], day), True)
        lasts = pc.fill_null(pc.greater_equal(rows["valid_to"], day), True)
        holds = pc.and_(pc.equal(rows["source_system"], system), pc.and_(begun, lasts))
        return {name: values.filter(holds) for name, values in rows.items()}
