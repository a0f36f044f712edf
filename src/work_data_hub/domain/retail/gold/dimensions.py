"""The dimensions: days, products with their category, customers as they were; each with its unknown member."""

from collections import Counter
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.build import BuildContext, InputRef
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.retail.config import UNMAPPED
from work_data_hub.domain.retail.contracts.gold import CUSTOMER_DIM, DATE_DIM, PRODUCT_DIM, UNKNOWN
from work_data_hub.domain.retail.contracts.silver import (
    CATEGORY_MAP,
    CUSTOMER_XWALK,
    PRODUCT_XWALK,
    SOURCE_CUSTOMER,
    SOURCE_PRODUCT,
)
from work_data_hub.domain.retail.frames.outcomes import Values, date_keys, rows_of, unknown_row
from work_data_hub.domain.retail.frames.shaping import day_number, days
from work_data_hub.domain.retail.frames.surrogates import joined, surrogate_keys
from work_data_hub.domain.retail.rules.countries import NOWHERE, places_of

DATE_DIM_INPUTS: Final = (InputRef(SOURCE_PRODUCT, columns=("first_order_date", "last_order_date")),)
_PRODUCT: Final = (
    *("source_system", "source_product_id", "product_name", "item_kind"),
    *("brand", "color", "size", "list_price", "cost_price"),
)
PRODUCT_DIM_INPUTS: Final = (
    InputRef(SOURCE_PRODUCT, columns=_PRODUCT),
    InputRef(CATEGORY_MAP, columns=("source_system", "source_product_id", "unified_category")),
    InputRef(PRODUCT_XWALK, columns=("source_system", "source_product_id", "unified_product_id", "status")),
)
_CUSTOMER: Final = (
    *("source_system", "source_customer_id", "country_name", "age_range", "signup_date"),
    *("valid_from", "valid_to", "is_current"),
)
CUSTOMER_DIM_INPUTS: Final = (
    InputRef(SOURCE_CUSTOMER, columns=_CUSTOMER),
    InputRef(
        CUSTOMER_XWALK, columns=("source_system", "source_customer_id", "unified_customer_id", "status")
    ),
)
_WEEKEND: Final = 6


def make_date_dim(context: BuildContext) -> Outcome:
    """Make a row of every day from the first to the last that a product was ordered on."""
    products = context.frame(SOURCE_PRODUCT.name)
    first = pc.min(arrow(products, "first_order_date")).as_py()
    last = pc.max(arrow(products, "last_order_date")).as_py()
    known = first is not None and last is not None
    span = np.arange(day_number(first), day_number(last) + 1) if known else np.zeros(0, np.int64)
    nobody = unknown_row(DATE_DIM, {"date_key": UNKNOWN, "is_weekend": False})
    rows = rows_of(DATE_DIM, nobody, {**_calendar(days(span)), "date_key": date_keys(span)})
    return Outcome(rows, Counts(len(products), len(rows)), facts={"metrics": {"days": len(span)}})


def _calendar(day: pa.Array) -> dict[str, Values]:
    weekday = pc.day_of_week(day, count_from_zero=False, week_start=1)
    return {
        "day": day,
        "year": pc.year(day),
        "quarter": pc.quarter(day),
        "month": pc.month(day),
        "iso_week": pc.iso_week(day),
        "weekday": weekday,
        "month_start": pc.floor_temporal(day, unit="month").cast(pa.date32()),
        "is_weekend": pc.greater_equal(weekday, _WEEKEND),
    }


def make_product_dim(context: BuildContext) -> Outcome:
    """Give every product of the brands a key, its unified id and its category."""
    products = context.frame(SOURCE_PRODUCT.name)
    taken = {name: arrow(products, name) for name in _PRODUCT}
    codes = joined(taken["source_system"], taken["source_product_id"])
    mapped = _found(codes, context.frame(CATEGORY_MAP.name), "source_product_id", "unified_category")
    category = _categories(mapped, taken["item_kind"])
    walk = context.frame(PRODUCT_XWALK.name)
    columns: dict[str, Values] = {
        **taken,
        "product_sk": surrogate_keys(taken["source_system"], taken["source_product_id"]),
        "unified_product_id": _found(codes, walk, "source_product_id", "unified_product_id"),
        "category": category,
        "crosswalk_status": _found(codes, walk, "source_product_id", "status"),
    }
    nobody = unknown_row(PRODUCT_DIM, {"product_sk": UNKNOWN, "category": UNMAPPED})
    rows = rows_of(PRODUCT_DIM, nobody, columns)
    metrics = _by_brand("products", taken["source_system"])
    metrics |= _by_brand("unmapped", taken["source_system"].filter(pc.equal(category, UNMAPPED)))
    return Outcome(rows, Counts(len(products), len(rows)), facts={"metrics": metrics})


def _categories(mapped: pa.Array, kinds: pa.Array) -> pa.Array:
    """Give products their category; what is no product is set apart from what is not mapped."""
    fees, adjustments = pc.equal(kinds, "fee"), pc.equal(kinds, "adjustment")
    other = pc.if_else(fees, "Fees", pc.if_else(adjustments, "Adjustments", UNMAPPED))
    return pc.coalesce(mapped, other)


def make_customer_dim(context: BuildContext) -> Outcome:
    """Give every customer a key for each time of one country, with its region and unified id."""
    customers = context.frame(SOURCE_CUSTOMER.name)
    taken = {name: arrow(customers, name) for name in _CUSTOMER}
    system, customer = taken["source_system"], taken["source_customer_id"]
    codes, walk = joined(system, customer), context.frame(CUSTOMER_XWALK.name)
    places = places_of(taken["country_name"], context.config.mappings.countries)
    columns: dict[str, Values] = {
        **taken,
        "customer_sk": surrogate_keys(system, customer, taken["valid_from"]),
        "country_code": places.codes,
        "region": places.regions,
        "unified_customer_id": _found(codes, walk, "source_customer_id", "unified_customer_id"),
        "crosswalk_status": _found(codes, walk, "source_customer_id", "status"),
    }
    unknown = {"customer_sk": UNKNOWN, "country_code": NOWHERE.code, "region": NOWHERE.region}
    rows = rows_of(CUSTOMER_DIM, unknown_row(CUSTOMER_DIM, {**unknown, "is_current": True}), columns)
    metrics = _by_brand("customers", system.filter(taken["is_current"]))
    metrics |= {"earlier_countries": len(codes) - len(codes.unique())}
    return Outcome(rows, Counts(len(customers), len(rows)), facts={"metrics": metrics})


def _found(codes: pa.Array, frame: pd.DataFrame, key: str, column: str) -> pa.Array:
    """Look up a column by brand and code; null where the table has no row."""
    rows = pc.index_in(codes, joined(arrow(frame, "source_system"), arrow(frame, key)))
    return arrow(frame, column).take(rows)


def _by_brand(name: str, systems: pa.Array) -> dict[str, int]:
    return {f"{name}.{system}": lines for system, lines in sorted(Counter(systems.to_pylist()).items())}
