from dataclasses import replace
from decimal import Decimal

import pyarrow as pa
import pytest

from tests.unit.kernel.tables import SALES
from work_data_hub.application.ledgers import PLATFORM_CONTRACTS
from work_data_hub.domain.annuity.contracts import ANNUITY_CONTRACTS, SCALE_FACT
from work_data_hub.domain.kernel.contract import RejectBudget, TableContract
from work_data_hub.domain.kernel.errors import ConfigurationError

ALL = (*ANNUITY_CONTRACTS, *PLATFORM_CONTRACTS)


@pytest.mark.parametrize(
    "change",
    [
        {"primary_key": ("nowhere",)},
        {"scope": ("nowhere",)},
        {"control_totals": ("nowhere",)},
        {"indexes": (("nowhere",),)},
        {"primary_key": ("note",)},
        {"key": "shop.gold"},
        {"columns": (*SALES.columns, SALES.columns[0])},
    ],
)
def test_a_contract_that_contradicts_itself_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError, match="contradicts itself"):
        replace(SALES, **change)  # type: ignore[arg-type]


def test_names_follow_from_the_key() -> None:
    assert SCALE_FACT.schema == "annuity_gold"
    assert SCALE_FACT.qualified_name == "annuity_gold.scale_fact"
    assert SCALE_FACT.asset_key == ("annuity", "gold", "scale_fact")
    assert {contract.schema for contract in PLATFORM_CONTRACTS} == {"hub"}


@pytest.mark.parametrize("contract", ALL, ids=lambda c: c.key)
def test_money_is_never_a_float(contract: TableContract) -> None:
    for column in contract.columns:
        if column.unit == "yuan" or column.name.endswith("_yuan"):
            assert pa.types.is_decimal(column.dtype), column.name


@pytest.mark.parametrize("contract", ALL, ids=lambda c: c.key)
def test_every_column_says_what_it_means(contract: TableContract) -> None:
    assert all(column.meaning and column.label for column in contract.columns)
    assert contract.description
    assert contract.grain
    assert contract.owner.startswith("team:")


@pytest.mark.parametrize("contract", ANNUITY_CONTRACTS, ids=lambda c: c.key)
def test_references_point_at_keys_of_other_tables(contract: TableContract) -> None:
    tables = {c.key: c for c in ANNUITY_CONTRACTS}
    for reference in contract.references:
        assert tables[reference.table].primary_key == reference.target


@pytest.mark.parametrize(
    ("budget", "rejected", "read", "exceeded"),
    [
        (RejectBudget(), 10, 100, False),
        (RejectBudget(), 11, 100, True),
        (RejectBudget(rows=5), 6, 1000, True),
        (RejectBudget(ratio=Decimal(0)), 1, 1000, True),
        (RejectBudget(), 0, 0, False),
    ],
)
def test_the_budget_counts_rows_and_ratio(
    budget: RejectBudget, rejected: int, read: int, exceeded: bool
) -> None:
    assert budget.exceeded_by(rejected, read) is exceeded
