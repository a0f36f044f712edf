"""Every business column of the annuity tables has a source, but for the few that a build makes up."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import work_data_hub.config
from work_data_hub.domain.annuity.config import AnnuityMappings
from work_data_hub.domain.annuity.references import REFERENCES, ReferenceDeclaration
from work_data_hub.domain.annuity.tables import BUILDS
from work_data_hub.domain.kernel.build import TableBuild
from work_data_hub.domain.kernel.contract import Role
from work_data_hub.domain.kernel.lineage import column_lineage
from work_data_hub.domain.pipelines.references import Translated, ValueRule

CONFIG = Path(str(work_data_hub.config.__file__)).parent
MAPPINGS = AnnuityMappings(**yaml.safe_load((CONFIG / "annuity_mappings.yml").read_text(encoding="utf-8")))

# written from a template, counted over rows, or filled by the worker that asks the outside
MADE_UP = {
    "company_index": {"lookup_type", "confidence", "origin", "source_table", "hit_count"},
    "company_queue": {
        *("state", "attempts", "next_try_at", "last_tried_at"),
        *("company_id", "company_id_origin", "matched_name", "confidence", "error"),
    },
    "plan": {"remark"},
    "portfolio": {"remark"},
    "customer": {"tags", "replaced_by"},
    "aum_flow_monthly": {"detail_rows"},
    "fee_income_monthly": {"detail_rows"},
}
OUTSIDE = {"look_up"}


def sources(table: str) -> dict[str, set[str]]:
    (build,) = [build for build in BUILDS if build.contract.name == table]
    return {
        column: {f"{given.name}.{name}" for given, name in found}
        for column, found in column_lineage(build).items()
    }


@pytest.mark.parametrize("build", BUILDS, ids=lambda build: build.contract.name)
def test_every_business_column_has_a_source(build: TableBuild) -> None:
    business = {column.name for column in build.contract.columns if column.role is Role.BUSINESS}
    without = {name for name, found in column_lineage(build).items() if not found}
    name = build.contract.name
    assert without & business == MADE_UP.get(name, set())


def declared() -> Iterator[tuple[str, str]]:
    for build in BUILDS:
        for column in build.contract.columns:
            yield from ((column.name, source) for source in column.sources)


def test_every_declared_source_is_a_column_of_some_input() -> None:
    known = {
        name
        for build in BUILDS
        for ref in build.inputs
        for column in ref.contract.columns
        for name in (column.name, f"{ref.contract.name}.{column.name}")
    }
    assert {source for _, source in declared()} <= known | OUTSIDE


def test_renamed_typed_and_derived_columns_lead_to_the_sheet() -> None:
    found = sources("scale_detail")
    assert found["closing_aum_yuan"] == {"scale_rows.closing_aum"}
    assert found["outflow_incl_benefits_yuan"] == {"scale_rows.outflow_incl_benefits"}
    assert found["account_name"] == {"scale_rows.customer_name"}
    assert found["branch_code"] == {"scale_rows.branch_name", "scale_rows.plan_code"}
    assert found["product_line_code"] == {"scale_rows.business_type"}


def test_a_fact_takes_its_columns_over_and_a_mart_adds_them_up() -> None:
    assert sources("scale_fact")["account_name"] == {"scale_detail.account_name"}
    mart = sources("aum_flow_monthly")
    assert mart["closing_aum_yuan"] == mart["closing_aum_change_yuan"] == {"scale_fact.closing_aum_yuan"}


def filled_from(rule: ValueRule) -> str | None:
    inner = rule.rule if isinstance(rule, Translated) else rule
    return getattr(inner, "column", None)


@pytest.mark.parametrize("reference", REFERENCES, ids=lambda reference: reference.contract.name)
def test_a_reference_tells_the_columns_its_rules_read(reference: ReferenceDeclaration) -> None:
    table = reference.contract.name
    found = sources(table)
    for column, rule in reference.rules(MAPPINGS).items():
        if reference.contract.column(column).role is Role.STAMP:
            continue
        told = {source.split(".")[1] for source in found[column]}
        read = filled_from(rule)
        assert told == ({read} if read else set()), column
