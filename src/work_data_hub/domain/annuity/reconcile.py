"""Whether the figures of a scale row tie: opening assets and flows give the closing ones."""

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.annuity.columns import AMOUNTS
from work_data_hub.domain.kernel.outcome import Comparison
from work_data_hub.domain.pipelines.amounts import CENT, ZERO, arrow, total


def flows_within_rows(accepted: pd.DataFrame) -> tuple[Comparison, int]:
    """Compare opening + contributions - outflow + result with closing; also count the rows off by a cent."""
    columns = {name: pc.cast(arrow(accepted, name), pa.decimal128(30, 4)) for name in AMOUNTS}
    whole = pc.and_(pc.is_valid(columns["opening_aum_yuan"]), pc.is_valid(columns["closing_aum_yuan"]))
    filled = {
        name: pc.fill_null(values.filter(whole), pa.scalar(ZERO, values.type))
        for name, values in columns.items()
    }
    flows = pc.subtract(filled["contributions_yuan"], filled["outflow_incl_benefits_yuan"])
    moved = pc.add(pc.add(filled["opening_aum_yuan"], flows), filled["investment_result_yuan"])
    off = pc.greater(pc.abs(pc.subtract(moved, filled["closing_aum_yuan"])), pa.scalar(CENT))
    rows = len(moved)
    comparison = Comparison(
        "opening_and_flows_give_closing",
        "all rows",
        total(moved),
        total(filled["closing_aum_yuan"]),
        CENT * max(rows, 1),
        note=f"{rows:,} rows that state both; a cent a row is tolerated",
    )
    return comparison, int(pc.sum(off).as_py() or 0)
