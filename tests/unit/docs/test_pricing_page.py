"""The page about the price desk agrees with the code: tables, drops, features, exclusions, rules, limits, schedules."""

import ast
import re
from pathlib import Path

import pytest

from work_data_hub.config.pricing_loader import bu_drops, load_pricing_config
from work_data_hub.domain import pricing
from work_data_hub.domain.pipelines.drops import NO_MONTH
from work_data_hub.domain.pricing.config import BuConfig, DriftRules, Guardrails, Training
from work_data_hub.domain.pricing.contracts.silver import EXCLUSIONS, ORDER_LINE
from work_data_hub.domain.pricing.deals.aggregator import METHOD
from work_data_hub.domain.pricing.features.manifest import feature_manifest
from work_data_hub.domain.pricing.readiness import scenario
from work_data_hub.domain.pricing.readiness.contracts import CONTRACTS
from work_data_hub.domain.pricing.silver.cells import RULES
from work_data_hub.domain.pricing.training.atoms import SHARE
from work_data_hub.domain.pricing.training.judging import FEWEST_UNSEEN
from work_data_hub.domain.pricing.training.pipeline import TOO_GOOD
from work_data_hub.registry import pricing_tables

PAGE = (Path(__file__).parents[3] / "docs" / "pricing.md").read_text(encoding="utf-8")
CODE = Path(pricing.__file__).parent
# these rules read any text
NEVER_REJECT = {"word", "country", "currency"}
KNOWN = {
    "itself": "on the line itself",
    "itself; a spend rule: before": "on the line itself; by a spend rule, the day before the order",
    "order": "when the order or quote is entered: its own lines",
    "before": "the day before the order: usable lines of earlier days only",
}


def section(title: str) -> str:
    """Give the text below a heading, up to the next one."""
    return re.split(r"^## ", PAGE.partition(f"## {title}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def rows(title: str) -> list[list[str]]:
    """Give the cells of the tables of a section whose first cell is code."""
    lines = [line for line in section(title).splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def words(text: str) -> list[str]:
    """Give what is written as code."""
    return re.findall(r"`([^`]+)`", text)


def test_every_table_is_in_the_picture() -> None:
    told = section("From orders to bands")
    assert [t.contract.name for t in pricing_tables() if not re.search(rf"\b{t.contract.name}\b", told)] == []


def test_every_drop_is_told_with_its_folder_and_files() -> None:
    told = {
        words(name)[0]: (tuple(words(folder)), tuple(words(files)))
        for name, folder, files in rows("Which file where")
    }
    specs = bu_drops(load_pricing_config())
    assert told == {name: (spec.folders, spec.patterns) for name, spec in specs.items()}


def test_every_block_of_a_unit_is_told() -> None:
    own = set(BuConfig.model_fields) - {"schema_version", "bu_id", "label", "extra"}
    told = {words(cells[0])[0] for cells in rows("A business unit is one file")}
    assert own <= told


def test_the_features_are_those_of_the_manifest_in_its_order() -> None:
    told = [(words(name)[0], meaning, _availability(known)) for name, meaning, known in rows("Features")]
    assert told == [(note.name, note.meaning, note.availability) for note in feature_manifest()]


def _availability(known: str) -> str:
    if known in KNOWN:
        return KNOWN[known]
    return "; ".join(KNOWN[part] for part in known.split("; "))


def test_every_exclusion_is_told() -> None:
    told = [words(cells[0])[0] for cells in rows("Order lines") if len(cells) == 2]
    assert sorted(told) == sorted(EXCLUSIONS)


def test_every_rule_that_rejects_is_told_and_no_other() -> None:
    told = {name for cells in rows("Order lines") if len(cells) == 3 for name in words(cells[0])}
    reading = {rule.name for rule in RULES.values()} - NEVER_REJECT
    assert told == reading | _named_faults() | {NO_MONTH}


def _named_faults() -> set[str]:
    """Give the rules that the code names in so many words where it finds fault with a line."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in CODE.rglob("*.py"))
    calls = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call))
    rules = [
        c.args[2] for c in calls if isinstance(c.func, ast.Name) and c.func.id == "Fault" and len(c.args) > 2
    ]
    return {rule.value for rule in rules if isinstance(rule, ast.Constant) and isinstance(rule.value, str)}


def test_the_budget_is_that_of_the_contract() -> None:
    assert (float(ORDER_LINE.budget.ratio), ORDER_LINE.budget.free) == (1 / 20, 10)
    assert "More than one in twenty lines of a month (and more than ten)" in section("Order lines")


def test_every_guardrail_is_told() -> None:
    told = {name for cells in rows("Guardrails") for name in words(cells[0])}
    assert told == set(Guardrails.model_fields) - {"min_lines"}


def test_figures_of_training_are_the_defaults() -> None:
    rules = Training.model_validate({})
    bands, champion = section("Bands"), " ".join(section("Champion").split())
    assert f"(`folds`, {rules.folds})" in bands
    assert f"(`calibration_shrinkage`, {rules.calibration_shrinkage:g})" in bands
    assert (SHARE, rules.test_size) == (1 / 20, 1 / 5)
    assert "one line in twenty or more" in bands
    low, high = rules.promotion.coverage
    assert f"coverage by lot of {low * 100:.0f} to {high * 100:.0f} %" in champion
    assert f"if {FEWEST_UNSEEN} or more" in champion
    assert f"explains {TOO_GOOD:.1%} or more".replace("%", " %") in section("Features")


@pytest.mark.parametrize("named", ["psi_warn", "psi_alert", "missing_change", "min_lines", "coverage"])
def test_figures_of_drift_are_the_defaults(named: str) -> None:
    rules, told = DriftRules.model_validate({}), " ".join(section("Diagnostics and drift").split())
    assert {
        "psi_warn": f"`warn` above {rules.psi_warn:g}",
        "psi_alert": f"`alert` above {rules.psi_alert:g}",
        "missing_change": f"by more than {rules.missing_change:g}",
        "min_lines": f"Below {rules.min_lines} lines",
        "coverage": f"outside {rules.coverage[0]:g} to {rules.coverage[1]:g}",
    }[named] in told


def test_the_scenarios_are_those_that_have_contracts() -> None:
    lines = re.findall(r"^\| ([A-E]) \| (.+) \| (yes|no) \|$", section("Scenarios"), re.MULTILINE)
    assert {name: (data, built) for name, data, built in lines} == {
        name: (contract.data, "yes" if contract.built else "no") for name, contract in CONTRACTS.items()
    }
    told = " ".join(section("Scenarios").split())
    for said in (
        f"lost {scenario.LAPSED_DAYS} days later",
        f"from {scenario.LEAST_QUOTES} decided quotes on, of which {scenario.LOST:.0%} are".replace(
            "%", " %"
        ),
        f"as mapped from {scenario.MAPPED:.0%}, as not mapped below {scenario.UNMAPPED:.0%}".replace(
            "%", " %"
        ),
    ):
        assert said in told


def test_the_method_of_deals_has_its_name() -> None:
    assert f"`{METHOD}`" in section("Deals")
