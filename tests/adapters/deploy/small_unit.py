"""Three months of the first business unit's sample: enough lines for a model of the second month, few months to build."""

import csv
from pathlib import Path

from work_data_hub.domain.pricing.sample.options import PricingOptions
from work_data_hub.io.samples.pricing_landing import write_pricing

_FIRST = "2025-09"
_LINES = 20_000


def write_small_unit(root: Path) -> Path:
    """Write the files below a landing root; give the file of quotes."""
    write_pricing(root, PricingOptions(lines=_LINES))
    unit = root / "pricing" / "BU1"
    (unit / "orders_2024.csv").unlink()
    orders = unit / "orders_2025.csv"
    with orders.open(encoding="utf-8", newline="") as file:
        # some days are written with slashes
        rows = [row for row in csv.DictReader(file) if row["order_date"].replace("/", "-")[:7] >= _FIRST]
    with orders.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return unit / "quotes_2025-11.csv"
