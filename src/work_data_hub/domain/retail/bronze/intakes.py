"""The nine drops of the retail business: which file becomes which bronze table, and what is told of it."""

from collections.abc import Callable
from typing import Final

import pandas as pd

from work_data_hub.cleansing.timestamps import months_of
from work_data_hub.domain.kernel.build import DropIntake
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.sheets import DropPart
from work_data_hub.domain.pipelines.bronze import raw_columns
from work_data_hub.domain.pipelines.drops import Months, Profile, drop_outcome, drop_spec
from work_data_hub.domain.retail.bronze.contoso_profiles import (
    CHANNELS_PROFILE,
    campaigns_profile,
    customers_profile,
    items_profile,
    products_profile,
    rates_profile,
    sales_profile,
    stock_profile,
)
from work_data_hub.domain.retail.bronze.profiles import eurostyle_profile
from work_data_hub.domain.retail.contracts.bronze import (
    CONTOSO_CAMPAIGNS,
    CONTOSO_CHANNELS,
    CONTOSO_CUSTOMERS,
    CONTOSO_PRODUCTS,
    CONTOSO_SALES,
    CONTOSO_SALESITEMS,
    CONTOSO_STOCK,
    EUROSTYLE_LINES,
    EXCHANGE_RATES,
)
from work_data_hub.domain.retail.frames.coded_column import CodedColumn
from work_data_hub.domain.retail.rules.cell_rules import MOMENT

_MAY_BE_ABSENT: Final = {
    # nothing is computed from them
    "contoso_sales": ("discounted",),
    "contoso_salesitems": ("discount_applied", "discounted", "channel"),
    "contoso_products": ("brand", "color", "size", "gender"),
    "contoso_customers": ("age_range",),
}
_MAY_BE_EMPTY: Final = {
    "eurostyle_lines": ("description", "customer_id"),
    "contoso_customers": ("signup_date",),
}


def months_by_invoice(frame: pd.DataFrame) -> pd.Series:
    """Give the month of each EuroStyle line."""
    moments = CodedColumn.of(frame["invoice_date"])
    return moments.spread(months_of(moments.series, MOMENT))


def months_by_sale(frame: pd.DataFrame) -> pd.Series:
    """Give the month of each Contoso sale."""
    return months_of(frame["sale_date"])


def _intake(
    contract: TableContract, source: str, profile: Profile, months: Months | None = None
) -> DropIntake:
    absent = _MAY_BE_ABSENT.get(contract.name, ())
    required = tuple(column.name for column in raw_columns(contract) if column.name not in absent)
    spec = drop_spec(contract, required=required, may_be_empty=_MAY_BE_EMPTY.get(contract.name, ()))
    return DropIntake(contract, source, spec, _maker(contract, profile, months))


def _maker(
    contract: TableContract, profile: Profile, months: Months | None
) -> Callable[[tuple[DropPart, ...]], Outcome]:
    def make(parts: tuple[DropPart, ...]) -> Outcome:
        return drop_outcome(contract, parts, months=months, profile=profile)

    return make


INTAKES: Final[tuple[DropIntake, ...]] = (
    _intake(EUROSTYLE_LINES, "eurostyle", eurostyle_profile, months_by_invoice),
    _intake(CONTOSO_SALES, "contoso_sales", sales_profile, months_by_sale),
    _intake(CONTOSO_SALESITEMS, "contoso_salesitems", items_profile),
    _intake(CONTOSO_PRODUCTS, "contoso_products", products_profile),
    _intake(CONTOSO_CUSTOMERS, "contoso_customers", customers_profile),
    _intake(CONTOSO_STOCK, "contoso_stock", stock_profile),
    _intake(CONTOSO_CAMPAIGNS, "contoso_campaigns", campaigns_profile),
    _intake(CONTOSO_CHANNELS, "contoso_channels", CHANNELS_PROFILE),
    _intake(EXCHANGE_RATES, "rates", rates_profile),
)
