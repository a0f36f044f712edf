"""Which columns features are made from: one list for past lines, another for lines that may not be sold yet."""

from collections.abc import Iterable
from typing import Final

from work_data_hub.domain.kernel.errors import InputRefusedError, Location
from work_data_hub.domain.pricing.config import SEGMENT_KEYS, BuConfig, TrailingSpend

# what past lines must tell, whose discounts count; one of OUTCOME besides
REQUIRED_TRAINING: Final = (
    "line_kind",
    "customer_id",
    "product_id",
    "product_family",
    "order_date",
    "list_price",
    "list_value",
)
OUTCOME: Final = ("discount_pct", "sell_price")
# what a line must tell to be scored; nothing that is known only after the sale
REQUIRED_SCORING: Final = (
    "line_kind",
    "order_id",
    "order_line_id",
    "customer_id",
    "product_id",
    "country",
    "order_date",
    "list_price",
    "quantity",
    "list_value",
    "negotiated",
)
# the quantity band is made, not read
_SEGMENT_COLUMNS: Final = tuple(key for key in SEGMENT_KEYS if key != "qty_band")


def check_training(columns: Iterable[str]) -> None:
    """Refuse past lines that lack a column."""
    _refuse(columns, REQUIRED_TRAINING, "past order lines")
    if not set(OUTCOME) & set(columns):
        raise InputRefusedError(
            "past order lines tell no outcome",
            expected="discount_pct or sell_price",
            fix="give past order lines one of these columns",
        )


def check_scoring(columns: Iterable[str], config: BuConfig) -> None:
    """Refuse new lines that lack a column or a segment key; neither sell_price nor discount_pct is asked for."""
    _refuse(columns, REQUIRED_SCORING, "order and quote lines")
    made = isinstance(config.segments.customer_tier, TrailingSpend)
    keys = [key for key in _SEGMENT_COLUMNS if not (made and key == "customer_tier")]
    _refuse(columns, keys, f"{config.bu_id}: segment keys of order and quote lines")


def _refuse(columns: Iterable[str], required: Iterable[str], what: str) -> None:
    missing = [name for name in required if name not in set(columns)]
    if missing:
        raise InputRefusedError(
            f"{what}: {', '.join(missing)} is not there",
            where=Location(column=missing[0]),
            expected=f"the columns {', '.join(required)}",
            fix="give the lines these columns; how each is obtained, the business unit's file says",
        )
