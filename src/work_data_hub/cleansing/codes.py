"""Reading codes: digits stay text, and spreadsheet damage is undone or refused."""

import re
from collections.abc import Callable, Mapping
from typing import Final

import pyarrow as pa

from work_data_hub.cleansing.rule import Rule, Unreadable, of_folded
from work_data_hub.cleansing.text import drop_float_tail, squash

_LOST_DIGITS: Final = re.compile(r"\d(?:\.\d+)?[eE]\+\d+", re.ASCII)
_LEADING_C: Final = re.compile(r"^[Cc](?=\d)", re.ASCII)
_NO_COMPANY: Final = frozenset({"N", "NAN"})


def text_rule(name: str, read: Callable[[str], str | None], description: str) -> Rule:
    """Make a rule of a reading that gives text."""
    return Rule(name, "text", of_folded(read), description, pa.string())


def read_code(text: str) -> str:
    """Take white space out of a code, and the .0 off one that was kept as a number."""
    code = drop_float_tail(squash(text))
    if _LOST_DIGITS.fullmatch(code):
        raise Unreadable("was kept as a number and lost digits", "the code as text, with all its digits")
    return code


def read_portfolio_code(text: str) -> str:
    """Take one leading F off a portfolio code.

    >>> read_portfolio_code("F12345.0")
    '12345'
    """
    code = read_code(text)
    return drop_float_tail(code[1:]) if len(code) > 1 and code[0] in "Ff" else code


def read_plan_code(text: str) -> str:
    """Write a plan code in upper case."""
    return read_code(text).upper()


def read_group_customer_number(text: str) -> str:
    """Take the leading C off a group customer number."""
    return _LEADING_C.sub("", read_code(text))


def read_source_company_id(text: str) -> str | None:
    """Read a company id; what people type for "none" is none."""
    code = read_code(text)
    return None if code.upper() in _NO_COMPANY else code


def plan_code_rule(fixes: Mapping[str, str]) -> Rule:
    """Make the plan-code rule that also corrects known misspellings."""
    known = {read_plan_code(wrong): read_plan_code(right) for wrong, right in fixes.items()}

    def read(text: str) -> str:
        code = read_plan_code(text)
        return known.get(code, code)

    return text_rule("plan_code", read, "plan code in upper case, known misspellings corrected")
