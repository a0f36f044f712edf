"""The annuity tables as a whole: order, gates, nothing forgotten."""

from work_data_hub.domain.annuity.contracts import ANNUITY_CONTRACTS, PLAN, PORTFOLIO, SCALE_FACT
from work_data_hub.domain.annuity.tables import BUILDS, INTAKES
from work_data_hub.domain.kernel.build import Buildable

TABLES: tuple[Buildable, ...] = (*INTAKES, *BUILDS)


def test_every_contract_is_built_exactly_once() -> None:
    built = [table.contract.key for table in TABLES]
    assert sorted(built) == sorted(contract.key for contract in ANNUITY_CONTRACTS)


def test_every_build_comes_after_what_it_reads_its_gates_and_what_its_foreign_keys_point_at() -> None:
    done = {intake.contract.key for intake in INTAKES}
    for build in BUILDS:
        needed = {ref.contract.key for ref in build.inputs if ref.month_offset == 0}
        needed |= {gate.key for gate in build.gates}
        needed |= {reference.table for reference in build.contract.references if reference.enforced}
        assert needed <= done, build.contract.key
        done.add(build.contract.key)


def test_references_are_gates_of_the_fact_and_the_plan_is_one_of_the_portfolio() -> None:
    gates = {build.contract.key: {gate.name for gate in build.gates} for build in BUILDS}
    assert gates[SCALE_FACT.key] == {"plan", "portfolio", "product_line", "branch", "customer"}
    assert gates[PORTFOLIO.key] == {PLAN.name}


def test_only_the_month_before_may_be_absent() -> None:
    optional = {ref.name for build in BUILDS for ref in build.inputs if ref.optional}
    assert optional == {"scale_fact@-1", "scale_detail@-1"}
