"""Drops of business units read by the real readers, and order lines made from them month by month."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from work_data_hub.config.pricing_loader import bu_drops, load_pricing_config
from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.sheets import DropPart
from work_data_hub.domain.pricing.bronze.intakes import intakes
from work_data_hub.domain.pricing.silver.order_line import make_order_line
from work_data_hub.io.readers.drop_reader import read_drop

CONFIG = load_pricing_config()


def landed(root: Path, bu_id: str) -> dict[str, Outcome]:
    """Read every drop of a business unit that lies below the root, as its file says."""
    drops = bu_drops(CONFIG)
    found = {}
    for intake in intakes(CONFIG.units):
        spec = drops.get(intake.source_of(bu_id))
        if spec is None:
            continue
        names = sorted(
            path for pattern in spec.patterns for path in root.joinpath(spec.folders[0]).glob(pattern)
        )
        parts = [
            DropPart(path.name[-16:], path.name, read)
            for path in names
            for read in read_drop(path, intake.spec_of(bu_id))
        ]
        found[intake.source] = intake.make(tuple(parts))
    return found


def by_month(drops: Mapping[str, Outcome], bu_id: str) -> dict[Period, Outcome]:
    """Make the order lines of every month that orders or quotes lie in."""
    bronze = {name: outcome.accepted for name, outcome in drops.items()}
    months = sorted(
        {day for name in ("orders", "quotes") if name in bronze for day in bronze[name]["period"]}
    )
    return {Period.of(day): _month(bronze, Period.of(day), bu_id) for day in months}


def _month(bronze: Mapping[str, pd.DataFrame], month: Period, bu_id: str) -> Outcome:
    frames = {}
    for name, rows in bronze.items():
        of_month = rows if name == "lookups" else rows[rows["period"] == month.start]
        if len(of_month):
            frames[name] = of_month
    return make_order_line(BuildContext(month, frames, CONFIG, member=bu_id))
