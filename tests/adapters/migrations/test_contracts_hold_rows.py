"""The migrated tables take and give back rows of every contract, unchanged."""

import pytest

from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.frames import identity_hash, to_arrow
from work_data_hub.domain.kernel.samples import sample_rows
from work_data_hub.io.loader.catalogue import WAREHOUSE_CONTRACTS
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader

FREE = [c for c in WAREHOUSE_CONTRACTS if not any(reference.enforced for reference in c.references)]


@pytest.mark.parametrize("contract", FREE, ids=lambda c: c.key)
def test_rows_come_back_as_they_went_in(contract: TableContract, migrated_url: str) -> None:
    count = 1 if set(contract.primary_key) <= set(contract.scope) else 200
    rows = to_arrow(contract, sample_rows(contract, count))
    loader = WarehouseLoader(migrated_url)
    try:
        with loader.transaction() as session:
            assert session.append(contract, rows).inserted == count
        read = loader.read(contract)
    finally:
        loader.disconnect()
    assert identity_hash(contract, read) == identity_hash(contract, rows)
