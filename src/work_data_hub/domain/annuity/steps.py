"""The cleaning of scale rows as a pipeline: thirteen steps in the order of the business, each rule named."""

# a step is given the context whether it needs it or not
# ruff: noqa: ARG002

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.cleansing.codes import plan_code_rule, text_rule
from work_data_hub.cleansing.column import apply_rule, arrow_series, text_cells
from work_data_hub.cleansing.registry import get_rule
from work_data_hub.cleansing.rule import Rule
from work_data_hub.cleansing.text import is_blank_name
from work_data_hub.domain.annuity.columns import AMOUNTS, PLAN_TYPES
from work_data_hub.domain.annuity.companies import LayeredCompanies
from work_data_hub.domain.annuity.config import AnnuityConfig, AnnuityMappings
from work_data_hub.domain.annuity.ports import CompanyResolver
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.pipelines.core import Pipeline, PipelineConfig, PipelineContext
from work_data_hub.domain.pipelines.steps import (
    CleanColumns,
    CopyColumn,
    Derive,
    DropColumns,
    FillBlank,
    MapValues,
    RejectWhere,
    RenameColumns,
)

# bronze writes amounts without their unit
AMOUNT_SOURCES: Final = {name.removesuffix("_yuan"): name for name in AMOUNTS}
AMOUNT_RULE: Final = replace(get_rule("amount_yuan"), name="unreadable_number")
RATE_RULE: Final = replace(get_rule("fraction"), name="unreadable_number")
SOURCE_ID_RULE: Final = get_rule("source_company_id")
_MONTH_RULE: Final = replace(get_rule("month"), name="unreadable_month")
_BRANCH_RULE: Final = text_rule(
    "branch_name", lambda name: None if is_blank_name(name) else name, "branch as written"
)
_LOWEST_RETURN: Final = Decimal(-1)
_HIGHEST_RETURN: Final = Decimal(10)
_TEXTS: Final = (
    *("business_type", "plan_type", "plan_name", "portfolio_type", "portfolio_name"),
    *("subsidiary_name", "group_customer_name"),
)
_LEGACY: Final = (
    *("row_kind", "source_company_id", "extra_cells"),
    *("year", "month", "remark", "source_id"),
)


def scale_pipeline(
    config: AnnuityConfig, period: Period, companies: CompanyResolver | None = None
) -> Pipeline:
    """Compose the cleaning of scale rows for one month."""
    mappings = config.mappings
    pipeline = Pipeline("scale_detail", PipelineConfig(mode="collect_errors"))
    steps = (
        # a row's own month takes the place of the month it was loaded for, and must be the same
        DropColumns(("period",), "drop the loaded month"),
        RenameColumns({**AMOUNT_SOURCES, "reporting_month": "period"}, "rename"),
        Derive("account_name", _name_as_written, "keep the customer name as written"),
        *_plan_steps(mappings),
        *_branch_steps(mappings),
        MapValues("business_type", "product_line_code", mappings.product_lines, name="product line"),
        RejectWhere(
            partial(_is_blank, column="product_line_code"),
            "unknown_business_type",
            "business_type",
            "is blank or has no product line",
            f"one of {', '.join(mappings.product_lines)}",
        ),
        *_month_steps(period),
        *_number_steps(),
        *_portfolio_steps(mappings),
        CleanColumns(
            {
                "group_customer_number": _code_rule("strip_leading_c"),
                "subsidiary_number": _code_rule("code"),
            },
            "customer numbers",
        ),
        CopyColumn("group_customer_number", "account_number", "account number"),
        CleanColumns({"customer_name": get_rule("customer_name")}, "customer name"),
        ResolveCompanies(companies or company_resolver(config)),
        DropColumns(_LEGACY, "drop legacy columns"),
    )
    for step in steps:
        pipeline.add_step(step)
    return pipeline


def company_resolver(config: AnnuityConfig) -> CompanyResolver:
    """Give the resolver that the configuration describes."""
    return LayeredCompanies(config.overrides, config.salt.get_secret_value())


def _code_rule(name: str) -> Rule:
    return replace(get_rule(name), name="unreadable_code")


def _plan_steps(mappings: AnnuityMappings) -> tuple[CleanColumns | MapValues | FillBlank | RejectWhere, ...]:
    plan_code = replace(plan_code_rule(mappings.plan_code_fixes), name="unreadable_code")
    return (
        CleanColumns({**dict.fromkeys(_TEXTS, get_rule("text")), "plan_code": plan_code}, "plan code"),
        MapValues("plan_type", "plan_type", mappings.plan_type_aliases, on_missing="keep", name="plan type"),
        RejectWhere(
            partial(_is_none_of, column="plan_type", known=PLAN_TYPES),
            "unknown_plan_type",
            "plan_type",
            "is blank or unknown",
            f"one of {', '.join(PLAN_TYPES)}",
        ),
        FillBlank("plan_code", "plan_type", mappings.default_plan_codes, "default plan code"),
        RejectWhere(
            partial(_is_blank, column="plan_code"),
            "missing_plan_code",
            "plan_code",
            "is blank, and the plan type has no default",
            "a plan code",
        ),
    )


def _branch_steps(mappings: AnnuityMappings) -> tuple[CleanColumns | MapValues | FillBlank | Derive, ...]:
    return (
        CleanColumns({"branch_name": _BRANCH_RULE}, "branch name"),
        MapValues("branch_name", "branch_code", mappings.branch_codes, name="branch code"),
        FillBlank("branch_code", "plan_code", mappings.plan_branches, "branch of the plan"),
        Derive("branch_code", partial(_branch_or, default=mappings.default_branch), "default branch"),
    )


# bounds are judged on cells as written, so that a rejection shows what stands in the sheet
def _month_steps(period: Period) -> tuple[CleanColumns | RejectWhere, ...]:
    return (
        RejectWhere(
            partial(_is_of_another_month, period=period),
            "period_mismatch",
            "period",
            f"is not the month {period} that is being loaded",
            f"the month {period}",
        ),
        CleanColumns({"period": _MONTH_RULE}, "month"),
        RejectWhere(
            partial(_is_blank, column="period"),
            "unreadable_month",
            "period",
            "is blank",
            f"the month {period}",
        ),
    )


def _number_steps() -> tuple[CleanColumns | RejectWhere, ...]:
    rules = {**dict.fromkeys(AMOUNTS, AMOUNT_RULE), "period_return": RATE_RULE}
    return (
        RejectWhere(
            _is_out_of_range,
            "return_out_of_range",
            "period_return",
            "lies out of range",
            f"a fraction from {_LOWEST_RETURN} to {_HIGHEST_RETURN}",
        ),
        CleanColumns(rules, "numbers"),
    )


def _portfolio_steps(mappings: AnnuityMappings) -> tuple[CleanColumns | FillBlank, ...]:
    by_business = mappings.portfolio_defaults_by_business_type
    by_plan = mappings.portfolio_defaults_by_plan_type
    return (
        CleanColumns({"portfolio_code": _code_rule("portfolio_code")}, "portfolio code"),
        FillBlank("portfolio_code", "business_type", by_business, "default portfolio of the business"),
        FillBlank("portfolio_code", "plan_type", by_plan, "default portfolio of the plan type"),
    )


@dataclass(frozen=True, slots=True)
class ResolveCompanies:
    """Give every row its company id and where it comes from; a source id that can't be read is none."""

    companies: CompanyResolver
    name: str = "company id"

    def execute(self, data: pd.DataFrame, context: PipelineContext) -> pd.DataFrame:
        """Give the frame with company_id and company_id_origin."""
        read = apply_rule(data["source_company_id"], SOURCE_ID_RULE)
        keys = data[["plan_code", "account_number", "customer_name", "account_name"]]
        found = self.companies.resolve(keys.assign(source_company_id=read.values))
        return data.assign(company_id=found["company_id"], company_id_origin=found["company_id_origin"])


def _is_blank(data: pd.DataFrame, *, column: str) -> pd.Series:
    return data[column].isna()


def _is_none_of(data: pd.DataFrame, *, column: str, known: tuple[str, ...]) -> pd.Series:
    return ~data[column].isin(known)


def _read(cells: pd.Series, rule: Rule) -> pd.Series:
    values, _ = apply_rule(cells, rule)
    return values


def _is_of_another_month(data: pd.DataFrame, *, period: Period) -> pd.Series:
    return _read(data["period"], _MONTH_RULE) != period.start


def _is_out_of_range(data: pd.DataFrame) -> pd.Series:
    rates = _read(data["period_return"], RATE_RULE)
    return (rates < _LOWEST_RETURN) | (rates > _HIGHEST_RETURN)


def _name_as_written(data: pd.DataFrame) -> pd.Series:
    names = text_cells(data["customer_name"])
    seen = pc.not_equal(pc.utf8_trim_whitespace(names), "")
    return arrow_series(pc.if_else(seen, names, pa.scalar(None, names.type)), like=data["customer_name"])


def _branch_or(data: pd.DataFrame, *, default: str) -> pd.Series:
    codes = data["branch_code"]
    return arrow_series(pc.fill_null(text_cells(codes), default), like=codes)
