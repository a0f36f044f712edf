"""Every rule has Chinese words, and every rejected column a place in the sheet."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.annuity.rows import config

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
from work_data_hub.domain.pipelines.steps import CleanColumns, ColumnRule, RejectWhere

# these rules read text, and there is no text they can't read
NEVER_REJECT = {"text", "branch_name", "customer_name"}
SHEETS = [(SCALE_RULES, SCALE_DETAIL, SCALE_ROWS), (INCOME_RULES, INCOME_DETAIL, INCOME_ROWS)]
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


def test_words_are_chinese() -> None:
    for words in load_quarantine_words("annuity").rules.values():
        for text in (words.problem, words.expected):
            assert any("一" <= char <= "鿿" for char in text), text


def test_columns_of_the_context_stand_in_a_sheet() -> None:
    known = {column.name for contract in (SCALE_ROWS, INCOME_ROWS) for column in raw_columns(contract)}
    assert set(load_quarantine_words("annuity").context) <= known


def test_a_domain_without_a_file_is_told_in_english_alone() -> None:
    assert load_quarantine_words("retail").rules == {}


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
