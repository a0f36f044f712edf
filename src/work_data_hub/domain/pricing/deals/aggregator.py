"""Bands of deals from bands of lines: value-weighted means of each quantile, an approximation that has a name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.contract import COUNT, RATE
from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.kernel.frames import to_pandas
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.exact import Integers, decimals, scaled
from work_data_hub.domain.pricing.contracts.shapes import VALUE
from work_data_hub.domain.pricing.deals.weighted import sums, weighted_means
from work_data_hub.domain.pricing.policy.rows import codes, exact, millionths

# too wide where the errors of lines are independent, right only where they move together
METHOD: Final = "value_weighted_mean_of_line_quantiles"
_QUANTILES: Final = "disc_q_"


@dataclass(frozen=True, slots=True)
class DealAggregator:
    """Put lines together by deal; a line's value is the product of `value_cols`, such as list price and quantity."""

    deal_id_col: str
    value_cols: Sequence[str]

    def aggregate(self, lines: pd.DataFrame, quantiles: Sequence[str] | None = None) -> pd.DataFrame:
        """Give a row per deal in order of its id: lines, value, and deal_ before each quantile's column.

        Without names, all columns that begin with disc_q_ are quantiles. A deal of no value has no band.
        """
        names = [n for n in lines.columns if n.startswith(_QUANTILES)] if quantiles is None else quantiles
        self._check(lines, names)
        of_row, deals = codes(arrow(lines, self.deal_id_col))
        values = self._values(lines)
        totals = sums(of_row, len(deals), values)
        missing = np.asarray(totals <= 0, np.bool_)
        means = {n: weighted_means(of_row, values, totals, millionths(lines, n)) for n in names}
        columns = {
            self.deal_id_col: deals,
            "line_count": pa.array(np.bincount(of_row, minlength=len(deals)), COUNT),
            "deal_value": decimals(totals.astype(np.int64), VALUE),
            **{f"deal_{name}": decimals(mean, RATE, missing) for name, mean in means.items()},
            "method": pa.repeat(pa.scalar(METHOD), len(deals)),
        }
        return to_pandas(pa.table(columns))

    def _values(self, lines: pd.DataFrame) -> Integers:
        product = reduce(_times, (exact(lines, name) for name in self.value_cols))
        return scaled(pc.fill_null(product, 0))

    def _check(self, lines: pd.DataFrame, quantiles: Sequence[str]) -> None:
        missing = [n for n in (self.deal_id_col, *self.value_cols, *quantiles) if n not in lines.columns]
        if missing or not self.value_cols:
            raise PermanentError(
                f"the lines have no {', '.join(missing) or 'value'}",
                expected="the deal's id, the columns that make a line's value, and its quantiles",
                fix="name columns that the lines have",
            )


def _times(left: pa.Array, right: pa.Array) -> pa.Array:
    """Multiply decimals of six digits; the product is rounded to six."""
    narrow = (pc.cast(left, pa.decimal128(18, 6)), pc.cast(right, pa.decimal128(18, 6)))
    return pc.cast(
        pc.round(pc.multiply(*narrow), 6, round_mode="half_towards_infinity"), pa.decimal128(38, 6)
    )


def zero_value_deals(deals: pd.DataFrame) -> int:
    """Count the deals of no value."""
    return int(pc.sum(pc.less_equal(arrow(deals, "deal_value"), 0)).as_py() or 0)


def by_name(deals: pd.DataFrame) -> Mapping[str, pa.Array]:
    """Give the deals' columns by name."""
    return {str(name): arrow(deals, str(name)) for name in deals.columns}
