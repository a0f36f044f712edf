"""All tables of the hub: the platform's ledgers and those of each domain; those of the warehouse among them."""

from typing import Final

from work_data_hub.application.ledgers import PLATFORM_CONTRACTS
from work_data_hub.domain.annuity.contracts import ANNUITY_CONTRACTS
from work_data_hub.domain.kernel.contract import Store, TableContract
from work_data_hub.domain.pricing.contracts import PRICING_CONTRACTS
from work_data_hub.domain.retail.contracts import RETAIL_CONTRACTS

ALL_CONTRACTS: Final[tuple[TableContract, ...]] = (
    *PLATFORM_CONTRACTS,
    *ANNUITY_CONTRACTS,
    *RETAIL_CONTRACTS,
    *PRICING_CONTRACTS,
)
WAREHOUSE_CONTRACTS: Final[tuple[TableContract, ...]] = tuple(
    contract for contract in ALL_CONTRACTS if contract.store is Store.WAREHOUSE
)
LAKE_CONTRACTS: Final[tuple[TableContract, ...]] = tuple(
    contract for contract in ALL_CONTRACTS if contract.store is Store.LAKE
)
