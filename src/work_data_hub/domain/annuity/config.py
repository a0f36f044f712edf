"""The annuity domain's configuration as typed, frozen values; files are read elsewhere."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    SecretStr,
    StringConstraints,
    model_validator,
)

_SALT_PURPOSE: Final = b"work_data_hub.annuity.company_id"


def _read_only(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(values))


_READ_ONLY: Final = (AfterValidator(_read_only), PlainSerializer(dict))

Name = Annotated[str, StringConstraints(min_length=1, pattern=r"^\S(.*\S)?$")]
Month = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
CompanyId = Annotated[str, StringConstraints(pattern=r"^[0-9]{9,10}$")]
CodeMap = Annotated[Mapping[Name, Name], *_READ_ONLY]
CompanyMap = Annotated[Mapping[Name, CompanyId | None], *_READ_ONLY]


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


class AnnuityMappings(_Frozen):
    """Code lists of the business: product lines, branches, plan codes and portfolio defaults."""

    product_lines: CodeMap
    branches: CodeMap
    branch_aliases: CodeMap = Field(default_factory=_nothing)
    default_branch: Name = "G00"
    plan_code_fixes: CodeMap = Field(default_factory=_nothing)
    default_plan_codes: CodeMap = Field(default_factory=_nothing)
    portfolio_defaults_by_business_type: CodeMap = Field(default_factory=_nothing)
    portfolio_defaults_by_plan_type: CodeMap = Field(default_factory=_nothing)
    plan_branches: CodeMap = Field(default_factory=_nothing)
    plan_type_aliases: CodeMap = Field(default_factory=_nothing)

    @property
    def branch_codes(self) -> Mapping[str, str]:
        """Code of every branch name and alias."""
        return {**self.branches, **self.branch_aliases}

    @model_validator(mode="after")
    def _branches_agree(self) -> Self:
        known = set(self.branches.values())
        used = {
            "default_branch": {self.default_branch},
            "branch_aliases": set(self.branch_aliases.values()),
            "plan_branches": set(self.plan_branches.values()),
        }
        for field, codes in used.items():
            if strangers := sorted(codes - known):
                raise ValueError(f"{field} names {', '.join(strangers)}, which no branch has")
        if twice := sorted(set(self.branches) & set(self.branch_aliases)):
            raise ValueError(f"{', '.join(twice)} is a branch and an alias at once")
        return self


class CompanyOverrides(_Frozen):
    """Company ids pinned by hand; None means deliberately no id. `hard_coded` is keyed by plan code."""

    plan_code: CompanyMap = Field(default_factory=_nothing)
    account_number: CompanyMap = Field(default_factory=_nothing)
    hard_coded: CompanyMap = Field(default_factory=_nothing)
    customer_name: CompanyMap = Field(default_factory=_nothing)
    account_name: CompanyMap = Field(default_factory=_nothing)


class AnnuityConfig(_Frozen):
    """All that the annuity rules take from outside."""

    start_month: Month
    mappings: AnnuityMappings
    overrides: CompanyOverrides = Field(default_factory=CompanyOverrides)
    salt: SecretStr

    def fingerprint(self) -> str:
        """Give a hash that changes when results may; the start month changes none, the salt is not told."""
        values = self.model_dump(mode="json", exclude={"salt", "start_month"})
        secret = self.salt.get_secret_value().encode()
        values["salt"] = hmac.new(secret, _SALT_PURPOSE, hashlib.sha256).hexdigest()
        canonical = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()
