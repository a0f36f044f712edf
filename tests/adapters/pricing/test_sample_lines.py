"""The sample's files, read by the real readers, come to what its manifest says, month by month."""

from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.adapters.pricing.drops import by_month, landed
from tests.unit.pricing.silver.bronze_rows import held

from work_data_hub.domain.kernel.errors import HeaderMissingError
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.pricing.sample.options import PricingOptions
from work_data_hub.io.samples.pricing_landing import PricingManifest, write_pricing

SAMPLE = PricingOptions(lines=3_000)


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, PricingManifest]:
    root = tmp_path_factory.mktemp("landing")
    return root, write_pricing(root, SAMPLE)


def account(outcome: Outcome) -> dict[str, Any]:
    """Tell an outcome in the words of the manifest."""
    kinds = pa.array(outcome.accepted["line_kind"].array).to_pylist()
    reasons = pa.array(outcome.accepted["exclusion"].array, from_pandas=True).drop_null().to_pylist()
    return {
        "read": outcome.counts.read,
        "published": outcome.counts.published,
        "rejected": outcome.counts.rejected,
        "deduplicated": outcome.counts.deduplicated,
        "orders": kinds.count("order"),
        "quotes": kinds.count("quote"),
        "usable": int(outcome.accepted["usable"].sum()),
        "exclusions": dict(sorted(Counter(reasons).items())),
        "quantity": int(outcome.totals[0].published),
    }


@pytest.mark.parametrize("bu_id", ["BU1", "BU2"])
def test_every_month_of_a_unit_comes_to_what_its_manifest_says(
    landing: tuple[Path, PricingManifest], bu_id: str
) -> None:
    root, manifest = landing
    months = by_month(landed(root, bu_id), bu_id)
    found = {str(month): account(held(outcome)) for month, outcome in months.items()}
    assert found == manifest.units[bu_id]["months"]
    assert len(found) == 12


def test_families_regions_and_tiers_come_through_the_look_ups(landing: tuple[Path, PricingManifest]) -> None:
    drops = landed(landing[0], "BU1")
    assert drops["lookups"].accepted["extra_cells"].notna().all()
    (month, *_) = by_month(drops, "BU1").values()
    families = set(month.accepted["product_family"])
    assert {"Pumps", "Seals"} <= families
    assert {"A", "B", "C"} <= set(month.accepted["customer_tier"])


def test_orders_without_a_sell_price_are_refused_and_quotes_are_not(
    landing: tuple[Path, PricingManifest], tmp_path: Path
) -> None:
    source = landing[0] / "pricing" / "BU2"
    target = tmp_path / "pricing" / "BU2"
    target.mkdir(parents=True)
    (target / "quotes.csv").write_bytes((source / "quotes.csv").read_bytes())
    (target / "orders.csv").write_bytes((source / "quotes.csv").read_bytes())
    with pytest.raises(HeaderMissingError, match="nettopreis"):
        landed(tmp_path, "BU2")
    (target / "orders.csv").unlink()
    (target / "orders.parquet").write_bytes((source / "orders.parquet").read_bytes())
    assert landed(tmp_path, "BU2")["quotes"].counts.published > 0
