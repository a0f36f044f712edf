"""The columns that scoring takes: those of the features that exist before a sale; all others are dropped."""

from typing import Final

import pandas as pd

from work_data_hub.domain.kernel.contract import Role
from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.pricing.contracts.feature import ORDER_FEATURES, TARGET

# known only after the sale
_AFTER: Final = (TARGET, "usable")
SCORING_COLUMNS: Final = tuple(
    column.name
    for column in ORDER_FEATURES.columns
    if column.name not in _AFTER and column.role is not Role.STAMP
)


def scoring_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the rows with the columns of scoring alone: a sell price or a discount is not looked at."""
    missing = [name for name in SCORING_COLUMNS if name not in frame.columns]
    if missing:
        raise PermanentError(
            f"the lines to score have no {', '.join(missing)}",
            expected="the columns of order_features; a sell price is not needed",
            fix="make the features of the lines first",
        )
    return frame[list(SCORING_COLUMNS)].reset_index(drop=True)
