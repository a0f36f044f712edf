"""The closed list of rules that configuration may name."""

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from work_data_hub.cleansing.codes import (
    read_code,
    read_group_customer_number,
    read_plan_code,
    read_portfolio_code,
    read_source_company_id,
    text_rule,
)
from work_data_hub.cleansing.dates import DAY, MONTH
from work_data_hub.cleansing.names import read_company_name
from work_data_hub.cleansing.numbers import decimal_number
from work_data_hub.cleansing.rule import Rule
from work_data_hub.cleansing.timestamps import TIMESTAMP, TIMESTAMP_US
from work_data_hub.domain.kernel.errors import ConfigurationError

_ALL: Final = (
    text_rule("text", str, "text with one width, no invisible characters, single spaces"),
    text_rule("code", read_code, "code as text, without white space or a trailing .0"),
    text_rule("plan_code", read_plan_code, "plan code in upper case"),
    text_rule("portfolio_code", read_portfolio_code, "portfolio code without one leading F"),
    text_rule("strip_leading_c", read_group_customer_number, "group customer number without its leading C"),
    text_rule("source_company_id", read_source_company_id, "company id; N and NaN mean none"),
    text_rule("customer_name", read_company_name, "company name in one spelling, status words removed"),
    MONTH,
    DAY,
    TIMESTAMP,
    TIMESTAMP_US,
    decimal_number(18, 4, "yuan", name="amount_yuan"),
    decimal_number(18, 4, "10k_yuan", name="amount_10k_yuan"),
    decimal_number(18, 4, "100m_yuan", name="amount_100m_yuan"),
    decimal_number(18, 4, "number", name="number"),
    decimal_number(10, 6, "fraction", name="fraction"),
    decimal_number(10, 6, "percent", name="percent"),
)
RULES: Final[Mapping[str, Rule]] = MappingProxyType({rule.name: rule for rule in _ALL})


def get_rule(name: str) -> Rule:
    """Give the rule of a name, or say which names there are."""
    if name in RULES:
        return RULES[name]
    near = get_close_matches(name, RULES, n=3)
    raise ConfigurationError(
        f"there is no cleansing rule {name!r}",
        expected=f"one of {', '.join(sorted(RULES))}",
        fix=f"write {' or '.join(near)}" if near else "name a rule of the list",
        name=name,
    )
