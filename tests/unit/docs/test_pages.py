"""The pages that people read agree with the code, as far as a name, a default or a link can tell."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import yaml
from pydantic import SecretStr

import work_data_hub.config
from work_data_hub.cli.main import build_app
from work_data_hub.config.env_example import env_example
from work_data_hub.config.settings import Settings
from work_data_hub.domain.annuity.columns import (
    BUSINESS_COLUMNS,
    INCOME_COLUMNS,
    RAW_COLUMNS,
    RAW_INCOME_COLUMNS,
)
from work_data_hub.domain.annuity.companies import OVERRIDE_ORDER
from work_data_hub.domain.annuity.config import AnnuityConfig, AnnuityMappings
from work_data_hub.domain.annuity.contracts import ANNUITY_CONTRACTS
from work_data_hub.domain.annuity.income import INCOME_RULES
from work_data_hub.domain.annuity.sample.months import MONTHS
from work_data_hub.domain.annuity.scale import SCALE_RULES
from work_data_hub.domain.annuity.steps import detail_pipeline
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.pipelines.steps import CleanColumns, ColumnRule, RejectWhere

ROOT = Path(__file__).parents[3]
ANNUITY = (ROOT / "docs" / "annuity.md").read_text(encoding="utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))
CONFIG = Path(str(work_data_hub.config.__file__)).parent
# these steps read text, and there is no text they can't read
NEVER_REJECT = {"text", "branch_name", "customer_name"}


def table_rows(page: str) -> Iterator[list[str]]:
    for line in page.splitlines():
        if line.startswith("| `"):
            yield [cell.strip(" `") for cell in line.strip("|").split(" | ")]


def rejection_rules() -> set[str]:
    mappings = yaml.safe_load((CONFIG / "annuity_mappings.yml").read_text(encoding="utf-8"))
    config = AnnuityConfig(
        start_month="2023-11", mappings=AnnuityMappings(**mappings), salt=SecretStr("any salt")
    )
    pipelines = (detail_pipeline(rules, config, Period(2025, 11)) for rules in (SCALE_RULES, INCOME_RULES))
    steps = [step for pipeline in pipelines for step in pipeline.steps]
    named = {step.rule for step in steps if isinstance(step, RejectWhere)}
    given = [rule for step in steps if isinstance(step, CleanColumns) for rule in step.rules.values()]
    return named | {rule.rule.name if isinstance(rule, ColumnRule) else rule.name for rule in given}


def test_settings_table_holds_every_setting_with_its_default() -> None:
    example = dict(re.findall(r"^([A-Z_]+)=(.*)$", env_example(), re.MULTILINE))
    told = {row[0]: row[1] for row in table_rows(OPERATIONS) if row[0].lower() in Settings.model_fields}
    required = {name for name, field in Settings.model_fields.items() if field.is_required()}
    expected = {
        name.upper(): "–" if name in required else example.get(name.upper(), "–")
        for name in Settings.model_fields
    }
    assert told == expected


def test_every_rejection_rule_is_told() -> None:
    words = {row[0] for row in table_rows(ANNUITY)}
    assert rejection_rules() - NEVER_REJECT - words == set()


def test_every_annuity_table_is_told() -> None:
    assert [c.key for c in ANNUITY_CONTRACTS if not re.search(rf"\b{c.name}\b", ANNUITY)] == []


def test_every_column_of_the_sheets_and_of_silver_is_told() -> None:
    raw = (*RAW_COLUMNS, *RAW_INCOME_COLUMNS)
    headers = {header for column in raw for header in (column.label, *column.aliases)}
    # the underscore is how the warehouse writes the bracket
    assert {header for header in headers - {"流失_含待遇支付"} if header not in ANNUITY} == set()
    silver = (*BUSINESS_COLUMNS, *INCOME_COLUMNS)
    assert {column.name for column in silver if f"`{column.name}`" not in ANNUITY} == set()


def test_override_files_are_told_in_their_order() -> None:
    line = next(line for line in ANNUITY.splitlines() if line.startswith("| `override`"))
    places = [line.index(f"`{name}`") for name, _ in OVERRIDE_ORDER]
    assert places == sorted(places)


def test_every_sample_month_is_told() -> None:
    assert [str(month.period) for month in MONTHS] == re.findall(
        r"^\| (\d{4}-\d\d) \|", ANNUITY, re.MULTILINE
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    # pictures are looked at by people, in the page
    links = re.findall(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not leads_somewhere(page, link)] == []


def leads_somewhere(page: Path, link: str) -> bool:
    if re.match(r"\w+://", link):
        return True
    name, _, anchor = link.partition("#")
    target = page.parent / name if name else page
    return target.exists() and (not anchor or anchor in anchors(target))


def anchors(page: Path) -> Sequence[str]:
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads]


def test_every_command_that_is_told_exists() -> None:
    app = build_app()
    known = {command.name for command in app.registered_commands} | {g.name for g in app.registered_groups}
    told = {
        name
        for page in PAGES
        for name in re.findall(
            r"`(?:[A-Z_]+=\S+ )?(?:\.venv/bin/)?wdh ([a-z][a-z-]*)", page.read_text("utf-8")
        )
    }
    assert told
    assert told <= known
