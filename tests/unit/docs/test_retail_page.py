"""The page about retail agrees with the code: tables, sources, codes, rules, segments, thresholds, what runs by itself."""

import ast
import re
from decimal import Decimal
from pathlib import Path

from work_data_hub.config.loader import load_retail_config, load_source_specs
from work_data_hub.domain import retail
from work_data_hub.domain.pipelines.drops import NO_MONTH
from work_data_hub.domain.retail.contracts import RETAIL_CONTRACTS
from work_data_hub.domain.retail.contracts.silver import ITEM_KINDS
from work_data_hub.domain.retail.customers.rfm import SEGMENTS, STAGES
from work_data_hub.domain.retail.silver import eurostyle_cells
from work_data_hub.domain.retail.silver.contoso_frames import ITEM_RULES

PAGE = (Path(__file__).parents[3] / "docs" / "retail.md").read_text(encoding="utf-8")
CODE = Path(retail.__file__).parent
RULES = load_retail_config().mappings


def section(title: str) -> str:
    """Give the text below a heading, up to the next one."""
    return re.split(r"^## ", PAGE.partition(f"## {title}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def rows(title: str) -> list[list[str]]:
    """Give the cells of the tables of a section, without heads and rules."""
    lines = [line for line in section(title).splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_every_retail_table_is_told() -> None:
    assert [c.name for c in RETAIL_CONTRACTS if not re.search(rf"\b{c.name}\b", PAGE)] == []


def test_every_source_is_told_with_its_folders() -> None:
    told = {
        name: tuple(re.findall(r"`([\w/]+)`", folders))
        for names, folders, *_ in rows("Which file where")[1:]
        for name in re.findall(r"`(\w+)`", names)
    }
    specs = load_source_specs()
    assert told == {
        name.removeprefix("retail."): spec.folders
        for name, spec in specs.items()
        if name.startswith("retail.")
    }


def test_the_codes_of_each_kind_are_those_of_the_configuration() -> None:
    told = {
        kind.strip("`"): tuple(codes.split(", ")) for kind, codes in rows("Line types and item kinds")[1:]
    }
    assert set(told) == set(ITEM_KINDS)
    assert (told["fee"], told["adjustment"]) == (RULES.codes.fees, RULES.codes.adjustments)


def named_faults() -> set[str]:
    """Give the rules that retail's code names in so many words where it finds fault with a row."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in CODE.rglob("*.py"))
    calls = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call))
    rules = [
        call.args[2]
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in {"Fault", "_fault"} and len(call.args) > 2
    ]
    return {rule.value for rule in rules if isinstance(rule, ast.Constant) and isinstance(rule.value, str)}


def test_every_rule_that_rejects_is_told_and_no_other() -> None:
    reading = {rule.name for rule in (*eurostyle_cells._RULES.values(), *ITEM_RULES.values()) if rule}
    named = named_faults()
    assert {"test_code", "unknown_sale"} <= named
    told = [re.findall(r"`(\w+)`", cells[0]) for cells in rows("What is refused, what is rejected")[1:]]
    assert {rule for some in told for rule in some} == reading | named | {NO_MONTH}


def test_the_segments_are_those_of_the_code() -> None:
    table = [cells for cells in rows("Customers") if cells[0].isdigit()]
    assert {
        (int(r), int(f), m): name for r, f, *names in table for m, name in enumerate(names, start=1)
    } == SEGMENTS
    assert [stage for stage in STAGES if f"`{stage}`" not in section("Customers")] == []


def test_limits_of_customers_are_those_of_the_configuration() -> None:
    told, rules = " ".join(section("Customers").split()), RULES.customers
    first, last = rules.cluster_range
    for words in (
        f"no order for more than {rules.churned_after_days} days",
        f"first order at most {rules.new_within_days} days ago",
        f"none for more than {rules.at_risk_after_days}",
        f"one from {first} to {last}",
        f"at most {rules.silhouette_rows:,} customers",
    ):
        assert words in told


def test_thresholds_are_those_of_the_configuration() -> None:
    told = {
        cells[0].strip("`"): [Decimal(number) for number in re.findall(r"\d+(?:\.\d+)?", cells[2])]
        for cells in rows("Quality, day by day")[1:]
    }
    limits = RULES.thresholds
    assert told == {
        "bronze_to_silver_rows": [limits.unexplained_rows],
        "duplicate_keys_without_line_number": [],
        "duplicate_keys": [limits.duplicate_keys],
        "null_keys": [limits.null_keys, Decimal(0)],
        "fx_coverage": [limits.fx_coverage],
        "gmv_in_normal_band": [limits.normal_band, Decimal(1)],
    }
    assert f"mean of the {limits.normal_days} days" in section("Quality, day by day")


def test_the_valuation_is_that_of_the_configuration() -> None:
    told = section("Currency")
    assert f"({RULES.valuation.valuation_date})" in told
    assert f"({RULES.valuation.oldest_days} days)" in told
