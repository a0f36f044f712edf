"""Every rule has Chinese words, and every rejected column a place in the sheet."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.annuity.rows import config

import work_data_hub.domain.retail
from work_data_hub.config.loader import packaged_config
from work_data_hub.config.rejection_words import FOLDER, load_quarantine_words
from work_data_hub.domain.annuity.contracts import INCOME_DETAIL, INCOME_ROWS, SCALE_DETAIL, SCALE_ROWS
from work_data_hub.domain.annuity.income import INCOME_RULES
from work_data_hub.domain.annuity.scale import SCALE_RULES
from work_data_hub.domain.annuity.steps import SheetRules, detail_pipeline
from work_data_hub.domain.kernel.contract import Column, TableContract
from work_data_hub.domain.kernel.errors import ConfigurationError
from work_data_hub.domain.kernel.origins import source_column
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.pipelines.bronze import raw_columns
from work_data_hub.domain.pipelines.drops import NO_MONTH
from work_data_hub.domain.pipelines.steps import CleanColumns, ColumnRule, RejectWhere
from work_data_hub.domain.retail import eurostyle_cells
from work_data_hub.domain.retail.contoso_frames import ITEM_RULES
from work_data_hub.domain.retail.contracts.bronze import CONTOSO_SALESITEMS, EUROSTYLE_LINES

# these rules read text, and there is no text they can't read
NEVER_REJECT = {"text", "branch_name", "customer_name"}
SHEETS = [(SCALE_RULES, SCALE_DETAIL, SCALE_ROWS), (INCOME_RULES, INCOME_DETAIL, INCOME_ROWS)]
RAW_COLUMNS = {
    "annuity": {column.name for table in (SCALE_ROWS, INCOME_ROWS) for column in raw_columns(table)},
    "retail": {c.name for table in (EUROSTYLE_LINES, CONTOSO_SALESITEMS) for c in raw_columns(table)},
}
RETAIL_CODE = Path(str(work_data_hub.domain.retail.__file__)).parent
Rejecting = tuple[str, str | None]


def rejecting(rules: SheetRules) -> Iterator[Rejecting]:
    """Give each rule that the sheet's steps can break, with the column in question."""
    for step in detail_pipeline(rules, config(), Period(2025, 11)).steps:
        if isinstance(step, RejectWhere):
            yield step.rule, step.column
        elif isinstance(step, CleanColumns):
            for column, rule in step.rules.items():
                name = rule.rule.name if isinstance(rule, ColumnRule) else rule.name
                if name not in NEVER_REJECT:
                    yield name, column


@pytest.mark.parametrize(("rules", "target", "source"), SHEETS)
def test_every_rule_that_annuity_can_break_has_chinese_words(
    rules: SheetRules, target: TableContract, source: TableContract
) -> None:
    words = load_quarantine_words("annuity").rules
    broken = {rule for rule, _ in rejecting(rules)}
    assert broken
    assert broken - set(words) == set()


@pytest.mark.parametrize(("rules", "target", "source"), SHEETS)
def test_every_column_that_can_be_rejected_can_be_corrected(
    rules: SheetRules, target: TableContract, source: TableContract
) -> None:
    columns: set[Column] = {target.column(column or "?") for _, column in rejecting(rules)}
    assert [column.name for column in columns if source_column(column, raw_columns(source)) is None] == []


def named_faults() -> set[str]:
    """Give the rules that retail's code names in so many words where it finds fault with a row."""
    nodes = (
        node
        for path in RETAIL_CODE.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    )
    rules = [
        node.args[2]
        for node in nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"Fault", "_fault"}
    ]
    return {rule.value for rule in rules if isinstance(rule, ast.Constant) and isinstance(rule.value, str)}


def test_every_rule_that_retail_can_break_has_chinese_words_and_no_other() -> None:
    reading = {rule.name for rule in (*eurostyle_cells._RULES.values(), *ITEM_RULES.values()) if rule}
    named = named_faults()
    assert {"test_code", "unknown_sale"} <= named
    assert set(load_quarantine_words("retail").rules) == reading | named | {NO_MONTH}


@pytest.mark.parametrize("domain", ["annuity", "retail"])
def test_words_are_chinese(domain: str) -> None:
    for words in load_quarantine_words(domain).rules.values():
        for text in (words.problem, words.expected):
            assert any("一" <= char <= "鿿" for char in text), text


@pytest.mark.parametrize("domain", ["annuity", "retail"])
def test_columns_of_the_context_stand_in_a_sheet(domain: str) -> None:
    context = load_quarantine_words(domain).context
    assert context
    assert set(context) <= RAW_COLUMNS[domain]


def test_a_domain_without_a_file_is_told_in_english_alone(tmp_path: Path) -> None:
    assert load_quarantine_words("demo", tmp_path).rules == {}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("rules: {a: {problem: p}}", "rules.a.expected"),
        ("rules: {}", "rules"),
        ("rules: {a: {problem: p, expected: e}}\nmore: 1", "more"),
    ],
)
def test_a_wrong_file_is_refused_by_the_key(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "demo.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=named):
        load_quarantine_words("demo", tmp_path)


def test_every_file_of_words_belongs_to_a_domain() -> None:
    names = {path.stem for path in (packaged_config() / FOLDER).glob("*.yml")}
    assert all((packaged_config() / f"{name}.yml").is_file() for name in names)
