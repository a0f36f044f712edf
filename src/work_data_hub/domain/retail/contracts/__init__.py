"""Every retail table, declared once: the contracts of a layer stand in the module of its name."""

from typing import Final

from work_data_hub.domain.retail.contracts.bronze import BRONZE
from work_data_hub.domain.retail.contracts.gold import GOLD
from work_data_hub.domain.retail.contracts.silver import SILVER

RETAIL_CONTRACTS: Final = (*BRONZE, *SILVER, *GOLD)
