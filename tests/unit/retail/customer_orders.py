"""Orders as order_fact holds them, for the builds about customers, and what every outcome must keep to."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import yaml
from hypothesis import strategies as st

import work_data_hub.config
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.frames import to_arrow, to_pandas, with_stamps
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.validation import validate
from work_data_hub.domain.retail.config import RetailConfig, RetailMappings
from work_data_hub.domain.retail.contracts.gold import ORDER_FACT
from work_data_hub.domain.retail.contracts.silver import CUSTOMER_XWALK
from work_data_hub.domain.retail.customers.brand_matches import XWALK_COLUMNS
from work_data_hub.domain.retail.customers.purchases import PURCHASE_COLUMNS

CONFIG_FOLDER = Path(str(work_data_hub.config.__file__)).parent
RATES = {"EUROSTYLE": Decimal("0.85315"), "CONTOSO": Decimal(1)}
Row = Mapping[str, Any]


@cache
def _mappings() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((CONFIG_FOLDER / "retail_mappings.yml").read_text("utf-8"))
    return loaded


def config(**rules: Any) -> RetailConfig:
    """Give the shipped configuration with other rules about customers."""
    shipped = _mappings()
    changed = {**shipped, "customers": {**shipped["customers"], **rules}}
    return RetailConfig(start_month="2009-12", mappings=RetailMappings(**changed))


def order(day: date, customer: str | None = "A", gmv: str = "10", **changes: Any) -> Row:
    """Give an order of EuroStyle with what matters about it."""
    usual = {
        "source_system": "EUROSTYLE",
        "customer_id": customer,
        "order_date": day,
        "is_order": True,
        "products": 1,
        "units": 1,
        "gmv_paid_local": Decimal(gmv),
        "returns_local": Decimal(0),
    }
    row = usual | changes
    return {"fx_rate": RATES[row["source_system"]], **row}


def cancellation(day: date, customer: str | None = "A", value: str = "1", **changes: Any) -> Row:
    """Give an invoice that only takes back."""
    nothing = {"is_order": False, "products": 0, "units": 0, "returns_local": Decimal(value)}
    return order(day, customer, "0", **nothing, **changes)


def orders(rows: Sequence[Row]) -> pd.DataFrame:
    """Give rows in the types of order_fact."""
    return _frame(ORDER_FACT, PURCHASE_COLUMNS, rows)


def crosswalk(*rows: Row) -> pd.DataFrame:
    """Give rows of the customer crosswalk."""
    return _frame(CUSTOMER_XWALK, XWALK_COLUMNS, rows)


def match(system: str, source: str, unified: str, status: str = "matched", **changes: Any) -> Row:
    """Give one line of the crosswalk."""
    ids = {"source_system": system, "source_customer_id": source, "unified_customer_id": unified}
    return {**ids, "status": status, **changes}


def _frame(contract: TableContract, names: Sequence[str], rows: Sequence[Row]) -> pd.DataFrame:
    types = {name: contract.column(name).dtype for name in names}
    return to_pandas(pa.table({n: pa.array([r.get(n) for r in rows], t) for n, t in types.items()}))


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Give rows as plain dictionaries, nulls as None."""
    rows: list[dict[str, Any]] = pa.Table.from_pandas(frame, preserve_index=False).to_pylist()
    return rows


def held(contract: TableContract, outcome: Outcome) -> Outcome:
    """Hold an outcome against its contract, as the publisher does."""
    whole = with_stamps(contract, outcome.accepted, "run-1", datetime(2025, 12, 9, tzinfo=UTC))
    validate(contract, whole)
    to_arrow(contract, whole)
    assert outcome.counts.published == len(outcome.accepted)
    assert all(float(value) >= -1 for value in outcome.facts["metrics"].values())  # type: ignore[attr-defined]
    return outcome


def histories(first: date, last: date) -> st.SearchStrategy[list[Row]]:
    """Draw invoices of a few customers of both brands, with amounts whose cents matter."""
    exact = st.decimals(0, 300, places=4, allow_nan=False)
    one = st.builds(
        lambda day, system, customer, gmv, returns, is_order, products, units: order(
            day,
            customer,
            source_system=system,
            is_order=is_order,
            gmv=str(gmv) if is_order else "0",
            returns_local=returns,
            products=products if is_order else 0,
            units=units if is_order else 0,
        ),
        st.dates(first, last),
        st.sampled_from(["EUROSTYLE", "EUROSTYLE", "CONTOSO"]),
        st.sampled_from(["C", "A", "B", None]),
        exact | st.sampled_from([Decimal(0), Decimal(100), Decimal("99.99"), Decimal(40)]),
        exact | st.just(Decimal(0)),
        st.sampled_from([True, True, True, False]),
        st.integers(0, 9),
        st.integers(0, 99),
    )
    return st.lists(one, max_size=25)
