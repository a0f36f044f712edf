"""Sales lines, dimensions and months of gold for the marts' tests, and what every outcome must keep to."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
from hypothesis import strategies as st
from tests.unit.retail.silver_rows import DECEMBER, Row, config, frame, held

from work_data_hub.application.laws import check_conservation
from work_data_hub.domain.kernel.build import BuildContext, InputRef
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.frames import to_pandas
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.retail.config import RetailConfig
from work_data_hub.domain.retail.contracts.gold import CUSTOMER_DIM, ORDER_FACT, ORDERS_DAILY, PRODUCT_DIM
from work_data_hub.domain.retail.contracts.silver import SALES_LINE
from work_data_hub.domain.retail.gold.orders import ORDER_FACT_INPUTS, make_order_fact
from work_data_hub.domain.retail.gold.orders_daily import ORDERS_DAILY_INPUTS, make_orders_daily

DAY = date(2010, 12, 1)
RATES = {"EUROSTYLE": Decimal("0.85315"), "CONTOSO": Decimal(1)}
CURRENCIES = {"EUROSTYLE": "GBP", "CONTOSO": "EUR"}
GOOD: Row = {
    "source_system": "EUROSTYLE",
    "order_id": "1",
    "sku": "85123A",
    "customer_id": "17850",
    "order_date": DAY,
    "line_type": "sale",
    "item_kind": "product",
    "quantity": 1,
    "country_code": "GB",
    "region": "North",
    "file_id": "f" * 16,
    "sheet": "rows",
}


def line(price: str = "1", quantity: int = 1, **changes: Any) -> Row:
    """Give a line of the good one with a price, a quantity and what else matters."""
    row = {**GOOD, "quantity": quantity, **changes}
    amount = Decimal(price) * quantity
    listed = Decimal(row.pop("list_price", price)) * quantity
    system = row["source_system"]
    money = {"unit_price": Decimal(price), "amount_local": amount, "list_amount_local": listed}
    return {**money, "currency": CURRENCIES[system], "fx_rate": RATES[system], **row}


def lines(*rows: Row) -> pd.DataFrame:
    """Give sales lines; each gets a row number and, unless it has one, a line number of its own."""
    places = [{"row_number": at, "line_number": at, **row} for at, row in enumerate(rows, start=1)]
    return to_pandas(pa.Table.from_pylist(places, schema=SALES_LINE.arrow_schema))


def product(key: int, code: str, category: str = "Unmapped", system: str | None = "EUROSTYLE") -> Row:
    return {"product_sk": key, "source_system": system, "source_product_id": code, "category": category}


def products(*rows: Row) -> pd.DataFrame:
    unknown = {"product_sk": -1, "category": "Unmapped"}
    return frame(PRODUCT_DIM, [unknown, *rows])


def customer(key: int, since: date, until: date | None = None, name: str = "17850", **changes: Any) -> Row:
    usual = {"source_system": "EUROSTYLE", "source_customer_id": name}
    return {"customer_sk": key, "valid_from": since, "valid_to": until, **usual, **changes}


def customers(*rows: Row) -> pd.DataFrame:
    return frame(CUSTOMER_DIM, [{"customer_sk": -1}, *rows])


def made(
    contract: TableContract,
    inputs: Sequence[InputRef],
    make: Callable[[BuildContext], Outcome],
    frames: Mapping[str, pd.DataFrame],
    *,
    month: Period | None = DECEMBER,
    settings: RetailConfig | None = None,
    often: bool = False,
) -> Outcome:
    """Build from the columns that the inputs name, and hold the outcome against laws; unless often, against all."""
    read = {
        ref.name: frames[ref.name][list(ref.columns)] if ref.columns else frames[ref.name]
        for ref in inputs
        if ref.name in frames or not ref.optional
    }
    outcome = make(BuildContext(month, read, settings or config()))
    check_conservation(contract, outcome)
    if not often:
        held(contract, outcome)
        json.dumps(outcome.facts)
        assert not outcome.accepted[list(contract.primary_key)].duplicated().any()
    return outcome


NOBODY = customers()


def order_fact(*rows: Row, known: pd.DataFrame = NOBODY, often: bool = False) -> Outcome:
    frames = {"sales_line": lines(*rows), "customer_dim": known}
    return made(ORDER_FACT, ORDER_FACT_INPUTS, make_order_fact, frames, often=often)


def orders_daily(*rows: Row) -> Outcome:
    orders = order_fact(*rows).accepted
    return made(ORDERS_DAILY, ORDERS_DAILY_INPUTS, make_orders_daily, {"order_fact": orders})


def _line(drawn: dict[str, Any]) -> Row:
    contoso = drawn["source_system"] == "CONTOSO"
    cost = Decimal(drawn.pop("cost")) * drawn["quantity"] if contoso and drawn["quantity"] > 0 else None
    kind, item = drawn.pop("kind")
    sign = -1 if kind == "cancellation" else 1
    quantity = sign * drawn.pop("quantity")
    region = drawn.pop("region") if contoso else "North"
    # an order is of one day and one region
    order = f"{drawn['order_id']}{region[0]}{drawn['order_date'].day}"
    given = {"line_type": kind, "item_kind": item, "cost_local": cost, "region": region}
    return line(drawn.pop("price"), quantity, **{**drawn, **given, "order_id": order})


KINDS = (
    *(("sale", "product"), ("sale", "product"), ("cancellation", "product"), ("fee", "fee")),
    *(("cancellation", "fee"), ("adjustment", "product"), ("cancellation", "adjustment")),
)
sales_of_a_month = st.lists(
    st.fixed_dictionaries(
        {
            "source_system": st.sampled_from(["EUROSTYLE", "CONTOSO"]),
            "order_id": st.sampled_from(["1", "2", "3"]),
            "sku": st.sampled_from(["A", "B", "C", "X"]),
            "customer_id": st.sampled_from(["7", "8", None]),
            "order_date": st.sampled_from([date(2010, 12, day) for day in (1, 2, 31)]),
            "quantity": st.integers(1, 9),
            "price": st.sampled_from(["0", "0.01", "2.55", "1.005", "99.9999"]),
            "cost": st.sampled_from(["0.5", "1.1111"]),
            "region": st.sampled_from(["North", "South"]),
            "kind": st.sampled_from(KINDS),
        }
    ).map(_line),
    max_size=14,
)
PRODUCTS = products(
    product(11, "A", "Apparel"),
    product(12, "B", "Garden"),
    product(21, "A", "Footwear", "CONTOSO"),
    product(22, "B", "Apparel", "CONTOSO"),
    product(23, "C", "Apparel", "CONTOSO"),
)
