"""Plan, portfolio, product line, branch and customer as the facts know them: which rule fills which column."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from work_data_hub.domain.annuity.config import AnnuityMappings
from work_data_hub.domain.annuity.contracts import (
    BRANCH,
    CUSTOMER,
    INCOME_DETAIL,
    PLAN,
    PORTFOLIO,
    PRODUCT_LINE,
    SCALE_DETAIL,
)
from work_data_hub.domain.annuity.rekey import REKEYED, rekeyed
from work_data_hub.domain.kernel.build import BuildContext, InputRef
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.pipelines.references import (
    Blank,
    ConcatDistinct,
    CountDistinct,
    First,
    MaxBy,
    Suffixed,
    Tag,
    Template,
    Translated,
    ValueRule,
    reference_outcome,
)

Rules = Mapping[str, ValueRule]
_ROWS: Final = (InputRef(SCALE_DETAIL), InputRef(INCOME_DETAIL, optional=True))
_SHEETS: Final = (SCALE_DETAIL.name, INCOME_DETAIL.name)
# a member of the scale sheet is known by its largest assets, one of the income sheet alone by its largest fee
_LARGEST: Final = ("closing_aum_yuan", "fixed_fee_yuan")
_REMARK: Final = Suffixed(Template("{period}"), First("sheet"), "补录")
_SINGLE_PLAN: Final = ("plan_type", "单一计划")


def _product_line(mappings: AnnuityMappings) -> Rules:
    names = {code: name for name, code in mappings.product_lines.items()}
    return {"product_line_name": Translated(First("product_line_code"), names)}


def _branch(mappings: AnnuityMappings) -> Rules:
    return {"branch_name": Translated(First("branch_code"), branch_names(mappings))}


def _plan(mappings: AnnuityMappings) -> Rules:
    main_branch = MaxBy("branch_code", _LARGEST)
    return {
        "plan_name": MaxBy("plan_name", _LARGEST),
        "plan_type": MaxBy("plan_type", _LARGEST),
        "main_branch_code": main_branch,
        "main_branch_name": Translated(main_branch, branch_names(mappings)),
        # a collective plan has many employers, so none of them is the plan's
        "customer_name": MaxBy("customer_name", _LARGEST, where=_SINGLE_PLAN),
        "company_id": MaxBy("company_id", _LARGEST, where=_SINGLE_PLAN),
        "qualifications": ConcatDistinct("business_type"),
        "portfolio_count": CountDistinct("portfolio_code"),
        "remark": _REMARK,
    }


def _portfolio(_mappings: AnnuityMappings) -> Rules:
    return {
        "portfolio_name": First("portfolio_name"),
        "portfolio_type": First("portfolio_type"),
        "plan_code": MaxBy("plan_code", _LARGEST),
        "remark": _REMARK,
    }


def _customer(_mappings: AnnuityMappings) -> Rules:
    return {
        "company_id_origin": MaxBy("company_id_origin", _LARGEST),
        "customer_name": MaxBy("customer_name", _LARGEST),
        "main_branch_code": MaxBy("branch_code", _LARGEST),
        "plan_codes": ConcatDistinct("plan_code"),
        "plan_count": CountDistinct("plan_code"),
        "tags": Tag("{YYMM}新建"),
        "replaced_by": Blank(),
    }


def branch_names(mappings: AnnuityMappings) -> Mapping[str, str]:
    """Give the one name of each branch code; what the rows say may be an alias or nonsense."""
    return {code: name for name, code in mappings.branches.items()}


@dataclass(frozen=True, slots=True)
class ReferenceDeclaration:
    """A reference table, its key column and its value rules."""

    contract: TableContract
    key: str
    rules: Callable[[AnnuityMappings], Rules]

    @property
    def inputs(self) -> tuple[InputRef, ...]:
        """Give what the build reads; only what holds a company id cares which one it is."""
        return (*_ROWS, REKEYED) if "company_id" in self.contract.column_names else _ROWS

    def make(self, context: BuildContext) -> Outcome:
        """Build the reference from the month's cleaned rows of both sheets, scale first."""
        rules = self.rules(context.config.mappings)
        frames = [rekeyed(context.frames[name], context) for name in _SHEETS if name in context.frames]
        return reference_outcome(self.contract, frames, self.key, rules, context.period)


# in the order in which they must be filled: a portfolio points at its plan
REFERENCES: Final = (
    ReferenceDeclaration(PLAN, "plan_code", _plan),
    ReferenceDeclaration(PORTFOLIO, "portfolio_code", _portfolio),
    ReferenceDeclaration(PRODUCT_LINE, "product_line_code", _product_line),
    ReferenceDeclaration(BRANCH, "branch_code", _branch),
    ReferenceDeclaration(CUSTOMER, "company_id", _customer),
)
