"""Turning validation errors into words: which key, which value, what was expected."""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import ErrorDetails

from work_data_hub.domain.kernel.errors import ConfigurationError
from work_data_hub.utils.redaction import MASK, looks_secret, redact

_LONGEST_VALUE = 80


@dataclass(frozen=True, slots=True)
class Problem:
    """One key that is wrong."""

    key: str
    value: str | None
    expected: str

    def __str__(self) -> str:
        """Say key, value and what was expected."""
        found = "is missing" if self.value is None else f"is {self.value}"
        return f"{self.key} {found}; expected {self.expected}"


def problems(error: ValidationError) -> Iterator[Problem]:
    """Walk the problems of a validation, secrets masked; misspelled keys first, as they explain missing ones."""
    details = error.errors(include_url=False)
    for detail in sorted(details, key=lambda detail: detail["type"] != "extra_forbidden"):
        key = ".".join(str(part) for part in detail["loc"] if part != "[key]")
        yield Problem(key, _value(key, detail), _expected(detail))


def settings_error(error: ValidationError, model: type[BaseModel]) -> ConfigurationError:
    """Name each wrong setting by its environment variable."""
    found = [Problem(p.key.upper(), _hidden(p, model), p.expected) for p in problems(error)]
    names = ", ".join(problem.key for problem in found)
    examples = model.model_fields[found[0].key.lower()].examples if found[0].value is None else None
    hint = f"; for a private server write {found[0].key}={examples[0]}" if examples else ""
    return ConfigurationError(
        "\n".join(_told(problem) for problem in found),
        fix=f"set {names} in the environment or in .env{hint}",
        variables=tuple(problem.key for problem in found),
    )


def _told(problem: Problem) -> str:
    if problem.value is None:
        return f"{problem.key} is required but not set in environment; expected {problem.expected}"
    return str(problem)


def _hidden(problem: Problem, model: type[BaseModel]) -> str | None:
    field = model.model_fields[problem.key]
    harmless = {None, *(repr(example) for example in field.examples or ())}
    secret = "SecretStr" in str(field.annotation) and problem.value not in harmless
    return MASK if secret else problem.value


def _value(key: str, detail: ErrorDetails) -> str | None:
    if detail["type"] == "missing":
        return None
    if looks_secret(key) or isinstance(detail["input"], SecretStr):
        return MASK
    text = redact(repr(detail["input"]))
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def _expected(detail: ErrorDetails) -> str:
    if detail["type"] == "value_error":
        return str(detail["ctx"]["error"])
    if detail["type"] == "missing":
        return "a value"
    if detail["type"] == "string_type":
        return "text, quoted where YAML would read something else"
    if detail["type"] == "extra_forbidden":
        return "no such key"
    if detail["type"] == "too_short":
        return f"at least {detail['ctx']['min_length']}"
    return detail["msg"].removeprefix("Input should be ")
