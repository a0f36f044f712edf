import pandas as pd
import pytest

from tests.unit.kernel.tables import SALES
from work_data_hub.application.ledgers import PLATFORM_CONTRACTS
from work_data_hub.domain.annuity.contracts import ANNUITY_CONTRACTS, SCALE_FACT
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.errors import ConfigurationError
from work_data_hub.domain.kernel.frames import to_arrow
from work_data_hub.domain.kernel.samples import sample_rows
from work_data_hub.domain.kernel.validation import validate

ALL = (*ANNUITY_CONTRACTS, *PLATFORM_CONTRACTS)


@pytest.mark.parametrize("contract", ALL, ids=lambda c: c.key)
def test_invented_rows_obey_their_contract(contract: TableContract) -> None:
    rows = sample_rows(contract, 50)
    assert len(rows) == 50
    validate(contract, rows)
    assert to_arrow(contract, rows).schema == contract.arrow_schema


def test_the_same_arguments_give_the_same_rows_and_another_seed_others() -> None:
    pd.testing.assert_frame_equal(sample_rows(SCALE_FACT, 20), sample_rows(SCALE_FACT, 20))
    assert not sample_rows(SCALE_FACT, 20).equals(sample_rows(SCALE_FACT, 20, seed=1))


def test_nulls_stand_where_they_may_and_nowhere_else() -> None:
    rows = sample_rows(SCALE_FACT, 200)
    may = {c.name for c in SCALE_FACT.columns if c.nullable}
    assert {name for name in rows.columns if rows[name].isna().any()} == may


def test_a_pattern_is_not_guessed() -> None:
    with pytest.raises(ConfigurationError, match="values of a pattern"):
        sample_rows(SALES, 3)


def test_rows_that_no_key_column_can_tell_apart_are_refused() -> None:
    kind = SALES.column("kind")
    contract = TableContract(
        key="shop.gold.kinds", version="1.0.0", label="k", description="d", grain="g", owner="team:shop",
        columns=(kind,), primary_key=("kind",),
    )  # fmt: skip
    with pytest.raises(ConfigurationError, match="no key column"):
        sample_rows(contract, 2)
