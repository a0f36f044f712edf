"""Business units are files: what ships, every way to get one wrong, and a new unit by a file and nothing else."""

import re
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from work_data_hub.application.sources import OnAmbiguous
from work_data_hub.config.loader import load_source_specs, load_start_month, packaged_config
from work_data_hub.config.pricing_loader import bu_drops, load_bu_config, load_pricing_config
from work_data_hub.domain.kernel.errors import ConfigurationError
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.pricing.bronze.intakes import intakes
from work_data_hub.domain.pricing.config import HubTable, TrailingQuantile
from work_data_hub.domain.pricing.silver.inputs import order_line_inputs

SHIPPED = {"AW", "BU1", "BU2", "OR"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(packaged_config() / "pricing.yml", tmp_path)
    shutil.copytree(packaged_config() / "pricing", tmp_path / "pricing")
    return tmp_path


def changed(folder: Path, old: str, new: str, bu_id: str = "BU1") -> Path:
    file = folder / "pricing" / f"bu_{bu_id}.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    return folder


def refusal(folder: Path, bu_id: str = "BU1") -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        load_bu_config(bu_id, folder)
    assert "Fix: " in str(caught.value)
    return caught.value


def test_four_business_units_ship() -> None:
    config = load_pricing_config()
    assert set(config.units) == SHIPPED
    assert config.start_month == "2009-12"
    assert load_start_month("pricing") == Period(2009, 12)
    assert all(load_bu_config(name) == unit for name, unit in config.units.items())


def test_the_price_basis_and_the_rules_of_the_real_units() -> None:
    units = load_pricing_config().units
    assert units["AW"].price_basis.currency == "USD"
    assert units["AW"].columns.currency is None
    place, rule = units["OR"].data_paths.orders_table, units["OR"].columns.list_price
    assert isinstance(place, HubTable)
    assert place.table == "retail.silver.sales_line"
    assert isinstance(rule, TrailingQuantile)
    assert (rule.quantile, rule.days) == (0.75, 90)
    assert units["OR"].lines.min_quantity == Decimal(25)
    assert units["BU1"].guardrails.min_margin is not None
    assert [units[name].training.every_months for name in ("AW", "BU1", "BU2", "OR")] == [6, 3, 3, 6]


def test_every_unit_with_files_has_its_drops() -> None:
    drops = bu_drops(load_pricing_config())
    assert sorted(drops) == [
        *("lookups.AW", "lookups.BU1", "orders.AW", "orders.BU1"),
        *("orders.BU2", "quotes.BU1", "quotes.BU2"),
    ]
    assert all(spec.is_drop and spec.on_ambiguous is OnAmbiguous.TOGETHER for spec in drops.values())
    assert drops["lookups.BU1"].folders == ("pricing/BU1/lookups",)
    assert {f"pricing.{name}" for name in drops} <= set(load_source_specs())


def test_an_unknown_unit_is_told_the_known_ones(folder: Path) -> None:
    told = refusal(folder, "BU9")
    assert told.expected == "AW, BU1, BU2, OR"
    assert "pricing/bu_BU9.yaml" in told.fix


@pytest.mark.parametrize(
    ("old", "new", "field", "expected"),
    [
        ("training:\n", "training:\n  quantiles: [0.1, 0.5, 1.5]\n", "training.quantiles.2", "less than 1"),
        (
            "training:\n",
            "training:\n  quantiles: [0.0, 0.5, 0.9]\n",
            "training.quantiles.0",
            "greater than 0",
        ),
        ("training:\n", "training:\n  quantiles: [0.9, 0.5, 0.1]\n", "training", "quantiles that rise"),
        ("training:\n", "training:\n  split: random\n", "training.split", "'time'"),
        ("training:\n", "training:\n  test_size: 0\n", "training.test_size", "greater than 0"),
        ("training:\n", "training:\n  testsize: 0.3\n", "training.testsize", "no such key"),
        ("  order_id: {column: order_id}\n", "", "columns.order_id", "a value"),
        ("{column: sell_price}", "{colum: sell_price}", "columns.sell_price.colum", "no such key"),
        ("{column: sell_price}", "{column: 5}", "columns.sell_price.column", "text, quoted"),
        (
            "{column: sell_price}",
            "{rule: guess}",
            "columns.sell_price",
            "a column, a lookup, a value or a rule",
        ),
        ("{currency: EUR}", "{currency: euro}", "price_basis.currency", "match"),
        (
            "cap_percentile: 0.95",
            "cap_percentile: 0.01",
            "guardrails",
            "floor_percentile below cap_percentile",
        ),
        (
            "folders: [pricing/BU1]",
            "folders: [../BU1]",
            "data_paths.orders_table.folders.0",
            "below the landing",
        ),
        (
            "folders: [pricing/BU1]",
            'folders: ["{YYYYMM}"]',
            "data_paths.orders_table",
            "whose folders tell no month",
        ),
        ("lookup: products, ", "", "segments.product_family.path.0.lookup", "a value"),
        ("bu_id: BU1", "bu_id: BU7", "bu_id", "BU1, as the file is named"),
        ("bu_id: BU1\n", "", "bu_id", "a value"),
    ],
)
def test_an_error_names_file_and_field(folder: Path, old: str, new: str, field: str, expected: str) -> None:
    told = refusal(changed(folder, old, new))
    assert told.evidence["file"] == "pricing/bu_BU1.yaml"
    assert told.evidence["key"] == field
    assert expected in str(told.expected)
    with pytest.raises(ConfigurationError, match=re.escape(field)):
        load_source_specs(folder)


def test_a_path_through_look_ups_needs_look_ups(folder: Path) -> None:
    path = folder / "pricing" / "bu_BU1.yaml"
    kept = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("  lookups:")]
    path.write_text("\n".join(kept), "utf-8")
    assert "data_paths.lookups" in str(refusal(folder).expected)


def test_orders_of_a_table_have_no_file_of_quotes(folder: Path) -> None:
    more = "data_paths:\n  scoring_table: {folders: [pricing/OR], patterns: [quotes.csv]}\n"
    told = refusal(changed(folder, "data_paths:\n", more, "OR"), "OR")
    assert "no data_paths.scoring_table" in str(told.expected)


def test_a_stray_file_is_refused(folder: Path) -> None:
    (folder / "pricing" / "BU3.yml").write_text("", "utf-8")
    with pytest.raises(ConfigurationError, match=r"pricing/BU3\.yml is no file of a business unit"):
        load_pricing_config(folder)


def test_a_new_unit_is_a_new_file_and_nothing_else(folder: Path) -> None:
    text = (folder / "pricing" / "bu_BU2.yaml").read_text("utf-8").replace("BU2", "NEW7")
    (folder / "pricing" / "bu_NEW7.yaml").write_text(text, "utf-8")
    config = load_pricing_config(folder)
    assert set(config.units) == {*SHIPPED, "NEW7"}
    assert bu_drops(config)["orders.NEW7"].folders == ("pricing/NEW7",)
    assert "pricing.quotes.NEW7" in load_source_specs(folder)
    orders, quotes, lookups = intakes(config.units)
    assert "NEW7" in orders.specs
    assert "NEW7" in quotes.specs
    assert "NEW7" not in lookups.specs
    files = {name: unit for name, unit in config.units.items() if name != "OR"}
    assert "NEW7" in order_line_inputs(files, {})[0].members


def test_without_units_there_is_nothing_to_read(folder: Path) -> None:
    shutil.rmtree(folder / "pricing")
    assert load_pricing_config(folder).units == {}
    assert "a file of a business unit" in str(refusal(folder).expected)


def test_a_fingerprint_changes_with_what_results_depend_on(folder: Path) -> None:
    before = load_bu_config("BU1").fingerprint()
    assert load_bu_config("BU1", changed(folder, "orders_*", "lines_*")).fingerprint() == before


def test_a_fingerprint_changes_with_a_guardrail(folder: Path) -> None:
    before = load_bu_config("BU1").fingerprint()
    assert load_bu_config("BU1", changed(folder, "min_lines: 30", "min_lines: 31")).fingerprint() != before
