"""The annuity domain's configuration as typed, frozen values; files are read elsewhere."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Annotated, Final, Self

from pydantic import Field, SecretStr, StringConstraints, model_validator

from work_data_hub.domain.kernel.typed import READ_ONLY, CodeMap, Frozen, Month, Name, fingerprint, nothing

_SALT_PURPOSE: Final = b"work_data_hub.annuity.company_id"

CompanyId = Annotated[str, StringConstraints(pattern=r"^[0-9]{9,10}$")]
CompanyMap = Annotated[Mapping[Name, CompanyId | None], *READ_ONLY]


class AnnuityMappings(Frozen):
    """Code lists of the business: product lines, branches, plan codes and portfolio defaults."""

    product_lines: CodeMap
    branches: CodeMap
    branch_aliases: CodeMap = Field(default_factory=nothing)
    default_branch: Name = "G00"
    plan_code_fixes: CodeMap = Field(default_factory=nothing)
    default_plan_codes: CodeMap = Field(default_factory=nothing)
    portfolio_defaults_by_business_type: CodeMap = Field(default_factory=nothing)
    portfolio_defaults_by_plan_type: CodeMap = Field(default_factory=nothing)
    plan_branches: CodeMap = Field(default_factory=nothing)
    plan_type_aliases: CodeMap = Field(default_factory=nothing)

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


class CompanyOverrides(Frozen):
    """Company ids pinned by hand; None means deliberately no id. `hard_coded` is keyed by plan code."""

    plan_code: CompanyMap = Field(default_factory=nothing)
    account_number: CompanyMap = Field(default_factory=nothing)
    hard_coded: CompanyMap = Field(default_factory=nothing)
    customer_name: CompanyMap = Field(default_factory=nothing)
    account_name: CompanyMap = Field(default_factory=nothing)


class AnnuityConfig(Frozen):
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
        return fingerprint(values)
