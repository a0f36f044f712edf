"""What is wrong and what is expected, in Chinese and in English."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from work_data_hub.application.quarantine.book import QuarantineLine
from work_data_hub.application.scopes import without_member

_ONE_OF: Final = "one of "
_MONTH_SCOPE: Final = "period="


@dataclass(frozen=True, slots=True)
class RuleWords:
    """The Chinese words for one rule; {month} and {known} stand for what the line says."""

    problem: str
    expected: str


@dataclass(frozen=True, slots=True)
class QuarantineWords:
    """The words for every rule, and the columns that tell which record a row is about."""

    rules: Mapping[str, RuleWords]
    context: tuple[str, ...] = ()

    def problem(self, line: QuarantineLine) -> str:
        """Say in Chinese what is wrong; a rule without words is told as the hub tells it."""
        words = self.rules.get(line.rule)
        return _filled(words.problem, line) if words else english_problem(line)

    def expected(self, line: QuarantineLine) -> str:
        """Say in Chinese what would be right."""
        words = self.rules.get(line.rule)
        return _filled(words.expected, line) if words else line.expected or ""


def english_problem(line: QuarantineLine) -> str:
    """Say in English what is wrong: the column and what it does not meet."""
    return f"{line.column} {line.reason}" if line.column else line.reason


def month_of_scope(scope: str) -> str:
    """Give the month of a scope, whoever's it is, as people write it, 2025-11; other scopes stay as they are.

    >>> month_of_scope("period=2025-11-01"), month_of_scope("bu_id=BU1,period=2025-11-01"), month_of_scope("all")
    ('2025-11', '2025-11', 'all')
    """
    shared = without_member(scope)
    return shared.removeprefix(_MONTH_SCOPE).removesuffix("-01") if shared.startswith(_MONTH_SCOPE) else scope


def _filled(text: str, line: QuarantineLine) -> str:
    known = (line.expected or "").removeprefix(_ONE_OF)
    return text.replace("{month}", month_of_scope(line.scope)).replace("{known}", known.replace(", ", "、"))
