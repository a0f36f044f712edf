"""The cleaning of a sheet's rows as a pipeline: steps in the order of the business, each rule named."""

# a step is given the context whether it needs it or not
# ruff: noqa: ARG002

from dataclasses import dataclass, replace
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
from work_data_hub.domain.annuity.columns import PLAN_TYPES
from work_data_hub.domain.annuity.companies import (
    ANSWER_COLUMNS,
    KEY_COLUMNS,
    SOURCE_ID,
    CompanyIndex,
    LayeredCompanies,
)
from work_data_hub.domain.annuity.config import AnnuityConfig, AnnuityMappings
from work_data_hub.domain.annuity.ports import CompanyResolver
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.pipelines.core import Pipeline, PipelineConfig, PipelineContext
from work_data_hub.domain.pipelines.model import TransformStep
from work_data_hub.domain.pipelines.steps import (
    CleanColumns,
    Derive,
    DropColumns,
    FillBlank,
    MapValues,
    RejectWhere,
    RenameColumns,
)

AMOUNT_RULE: Final = replace(get_rule("amount_yuan"), name="unreadable_number")
SOURCE_ID_RULE: Final = get_rule("source_company_id")
_MONTH_RULE: Final = replace(get_rule("month"), name="unreadable_month")
_BRANCH_RULE: Final = text_rule(
    "branch_name", lambda name: None if is_blank_name(name) else name, "branch as written"
)
_TEXTS: Final = ("business_type", "plan_type", "plan_name", "portfolio_type", "portfolio_name")
Steps = tuple[TransformStep, ...]


@dataclass(frozen=True, slots=True)
class SheetRules:
    """Where the cleaning of one sheet differs: its amounts, further texts and steps, and what is dropped."""

    name: str
    amounts: tuple[str, ...]
    numbers: Steps
    legacy: tuple[str, ...]
    texts: tuple[str, ...] = ()
    customer: Steps = ()

    @property
    def amount_sources(self) -> dict[str, str]:
        """Give each amount by its name in bronze, which has no unit."""
        return {name.removesuffix("_yuan"): name for name in self.amounts}


def detail_pipeline(
    rules: SheetRules, config: AnnuityConfig, period: Period, companies: CompanyResolver | None = None
) -> Pipeline:
    """Compose the cleaning of a sheet's rows for one month."""
    mappings = config.mappings
    pipeline = Pipeline(rules.name, PipelineConfig(mode="collect_errors"))
    steps: Steps = (
        # a row's own month takes the place of the month it was loaded for, and must be the same
        DropColumns(("period",), "drop the loaded month"),
        RenameColumns({**rules.amount_sources, "reporting_month": "period"}, "rename"),
        Derive("account_name", name_as_written, "keep the customer name as written"),
        *plan_steps(mappings, rules.texts),
        *_branch_steps(mappings),
        *_product_line_steps(mappings),
        *_month_steps(period),
        *rules.numbers,
        *_portfolio_steps(mappings),
        *rules.customer,
        CleanColumns({"customer_name": get_rule("customer_name")}, "customer name"),
        ResolveCompanies(companies or company_resolver(config)),
        DropColumns(rules.legacy, "drop legacy columns"),
    )
    for step in steps:
        pipeline.add_step(step)
    return pipeline


def company_resolver(config: AnnuityConfig, learnt: pd.DataFrame | None = None) -> CompanyResolver:
    """Give the resolver that the configuration describes, with what earlier months taught."""
    return LayeredCompanies(config.overrides, config.salt.get_secret_value(), CompanyIndex.of(learnt))


def code_rule(name: str) -> Rule:
    """Give a code's rule under the name that its rejections bear."""
    return replace(get_rule(name), name="unreadable_code")


def plan_steps(mappings: AnnuityMappings, texts: tuple[str, ...] = ()) -> Steps:
    """Clean the texts and give every row a known plan type and a plan code, or reject it."""
    plan_code = replace(plan_code_rule(mappings.plan_code_fixes), name="unreadable_code")
    return (
        CleanColumns(
            {**dict.fromkeys((*_TEXTS, *texts), get_rule("text")), "plan_code": plan_code}, "plan code"
        ),
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


def _branch_steps(mappings: AnnuityMappings) -> Steps:
    return (
        CleanColumns({"branch_name": _BRANCH_RULE}, "branch name"),
        MapValues("branch_name", "branch_code", mappings.branch_codes, name="branch code"),
        FillBlank("branch_code", "plan_code", mappings.plan_branches, "branch of the plan"),
        Derive("branch_code", partial(_branch_or, default=mappings.default_branch), "default branch"),
    )


def _product_line_steps(mappings: AnnuityMappings) -> Steps:
    return (
        MapValues("business_type", "product_line_code", mappings.product_lines, name="product line"),
        RejectWhere(
            partial(_is_blank, column="product_line_code"),
            "unknown_business_type",
            "business_type",
            "is blank or has no product line",
            f"one of {', '.join(mappings.product_lines)}",
        ),
    )


# bounds are judged on cells as written, so that a rejection shows what stands in the sheet
def _month_steps(period: Period) -> Steps:
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


def _portfolio_steps(mappings: AnnuityMappings) -> Steps:
    by_business = mappings.portfolio_defaults_by_business_type
    by_plan = mappings.portfolio_defaults_by_plan_type
    return (
        CleanColumns({"portfolio_code": code_rule("portfolio_code")}, "portfolio code"),
        FillBlank("portfolio_code", "business_type", by_business, "default portfolio of the business"),
        FillBlank("portfolio_code", "plan_type", by_plan, "default portfolio of the plan type"),
    )


@dataclass(frozen=True, slots=True)
class ResolveCompanies:
    """Give every row its company id, where it comes from and which layer knew it; an unreadable id is none."""

    companies: CompanyResolver
    name: str = "company id"

    def execute(self, data: pd.DataFrame, context: PipelineContext) -> pd.DataFrame:
        """Give the frame with company_id, company_id_origin and company_id_layer."""
        keys = data.reindex(columns=list(KEY_COLUMNS))
        if SOURCE_ID in data:
            keys[SOURCE_ID], _ = apply_rule(data[SOURCE_ID], SOURCE_ID_RULE)
        found = self.companies.resolve(keys)
        return data.assign(**{name: found[name] for name in ANSWER_COLUMNS})


def _is_blank(data: pd.DataFrame, *, column: str) -> pd.Series:
    return data[column].isna()


def _is_none_of(data: pd.DataFrame, *, column: str, known: tuple[str, ...]) -> pd.Series:
    return ~data[column].isin(known)


def _read(cells: pd.Series, rule: Rule) -> pd.Series:
    values, _ = apply_rule(cells, rule)
    return values


def _is_of_another_month(data: pd.DataFrame, *, period: Period) -> pd.Series:
    return _read(data["period"], _MONTH_RULE) != period.start


def name_as_written(data: pd.DataFrame) -> pd.Series:
    """Give the customer name as the sheet has it; white space alone is no name."""
    names = text_cells(data["customer_name"])
    seen = pc.not_equal(pc.utf8_trim_whitespace(names), "")
    return arrow_series(pc.if_else(seen, names, pa.scalar(None, names.type)), like=data["customer_name"])


def _branch_or(data: pd.DataFrame, *, default: str) -> pd.Series:
    codes = data["branch_code"]
    return arrow_series(pc.fill_null(text_cells(codes), default), like=codes)
