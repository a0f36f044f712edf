"""Which rows of the orders are lines of the business unit; the others are skipped and counted."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.pricing.config import BuConfig
from work_data_hub.domain.pricing.silver.cells import RULES, read
from work_data_hub.domain.pricing.silver.lookups import Lookups
from work_data_hub.domain.pricing.silver.money import Flags
from work_data_hub.domain.pricing.silver.raw_lines import RawLines


def of_the_unit(unit: BuConfig, raw: RawLines) -> Flags:
    """Say which rows have the words and the cells that the unit's lines have, whatever their quantity."""
    flags = np.ones(len(raw), bool)
    for header, word in unit.lines.equals.items():
        flags &= np.asarray(pc.equal(raw.text(header), word).fill_null(False))
    for header in unit.lines.not_null:
        flags &= np.asarray(raw.text(header).is_valid())
    return flags


def large_enough(unit: BuConfig, raw: RawLines, lookups: Lookups) -> Flags:
    """Say which rows reach the least quantity; one that can't be read is not skipped, but rejected later."""
    least = unit.lines.min_quantity
    if least is None:
        return np.ones(len(raw), bool)
    rule = RULES["quantity"]
    quantities, _ = read(raw.column(unit.columns.quantity, lookups), rule)
    return np.asarray(pc.greater_equal(quantities, pa.scalar(least)).fill_null(True))
