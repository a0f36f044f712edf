"""The annuity tables as a whole: order, gates, nothing forgotten."""

from work_data_hub.domain.annuity.contracts import (
    ANNUITY_CONTRACTS,
    COMPANY_INDEX,
    COMPANY_REKEY,
    INCOME_FACT,
    PLAN,
    PORTFOLIO,
    SCALE_FACT,
)
from work_data_hub.domain.annuity.tables import BUILDS, INTAKES
from work_data_hub.domain.kernel.build import Buildable

TABLES: tuple[Buildable, ...] = (*INTAKES, *BUILDS)


def test_every_contract_is_built_exactly_once() -> None:
    built = [table.contract.key for table in TABLES]
    # replacements are published beside the monthly chain, when an answer comes
    assert sorted([*built, COMPANY_REKEY.key]) == sorted(contract.key for contract in ANNUITY_CONTRACTS)


def test_every_build_comes_after_what_it_reads_its_gates_and_what_its_foreign_keys_point_at() -> None:
    done = {intake.contract.key for intake in INTAKES} | {COMPANY_REKEY.key}
    for build in BUILDS:
        needed = {ref.contract.key for ref in build.inputs if ref.month_offset == 0 and not ref.history}
        needed |= {gate.key for gate in build.gates}
        needed |= {reference.table for reference in build.contract.references if reference.enforced}
        assert needed <= done, build.contract.key
        done.add(build.contract.key)


def test_references_are_gates_of_the_facts_and_the_plan_is_one_of_the_portfolio() -> None:
    gates = {build.contract.key: {gate.name for gate in build.gates} for build in BUILDS}
    assert gates[SCALE_FACT.key] == {"plan", "portfolio", "product_line", "branch", "customer"}
    assert gates[INCOME_FACT.key] == gates[SCALE_FACT.key]
    assert gates[PORTFOLIO.key] == {PLAN.name}


def test_only_the_month_before_the_other_sheet_and_replacements_may_be_absent() -> None:
    optional = {ref.name for build in BUILDS for ref in build.inputs if ref.optional}
    before = {"scale_fact@-1", "income_fact@-1", "scale_detail@-1"}
    assert optional == before | {"income_detail", "company_rekey"}


def test_ids_are_read_as_known_before_the_month() -> None:
    for build in BUILDS:
        assert all(ref.history for ref in build.inputs if ref.contract is COMPANY_INDEX), build.contract.key
