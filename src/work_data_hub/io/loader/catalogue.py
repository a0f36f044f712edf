"""All tables of the warehouse: the platform's ledgers and those of each domain."""

from typing import Final

from work_data_hub.application.ledgers import PLATFORM_CONTRACTS
from work_data_hub.domain.annuity.contracts import ANNUITY_CONTRACTS
from work_data_hub.domain.kernel.contract import Store, TableContract

WAREHOUSE_CONTRACTS: Final[tuple[TableContract, ...]] = tuple(
    contract for contract in (*PLATFORM_CONTRACTS, *ANNUITY_CONTRACTS) if contract.store is Store.WAREHOUSE
)
