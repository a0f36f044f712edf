"""The customers of both brands with the country that held at each time."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.build import BuildContext, InputRef
from work_data_hub.domain.kernel.contract import DAY, FLAG, TEXT
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.exact import Integers
from work_data_hub.domain.retail.config import RetailConfig
from work_data_hub.domain.retail.contracts.bronze import EUROSTYLE_LINES
from work_data_hub.domain.retail.contracts.silver import CONTOSO_LINE, SOURCE_CUSTOMER
from work_data_hub.domain.retail.frames.coded_column import DAY_MICROSECONDS, CodedColumn
from work_data_hub.domain.retail.frames.row_codes import in_file_order
from work_data_hub.domain.retail.frames.shaping import days, frame_of, same
from work_data_hub.domain.retail.rules.cell_rules import CODE, MOMENT, trimmed, values
from work_data_hub.domain.retail.silver.contoso_frames import CUSTOMER_RULES, CUSTOMERS_INPUT, Cells

_EUROSTYLE: Final = InputRef(
    EUROSTYLE_LINES,
    columns=("file_id", "sheet", "row_number", "customer_id", "invoice_date", "country"),
)
_CONTOSO: Final = InputRef(CONTOSO_LINE, columns=("customer_id", "order_date", "country_name"))
SOURCE_CUSTOMER_INPUTS: Final = (_EUROSTYLE, CUSTOMERS_INPUT, _CONTOSO)


def make_source_customer(context: BuildContext) -> Outcome:
    """Give the customers of both brands; one without any day is left out and counted."""
    config: RetailConfig = context.config
    listed = Cells.of(context.frame(CUSTOMERS_INPUT.name), CUSTOMER_RULES)
    parts: dict[str, dict[str, pa.Array]] = {
        config.mappings.eurostyle.system: eurostyle_customers(context.frame(_EUROSTYLE.name)),
        config.mappings.contoso.system: contoso_customers(listed, context.frame(_CONTOSO.name)),
    }
    dated = {system: _dated(columns) for system, columns in parts.items()}
    frame = frame_of(
        SOURCE_CUSTOMER,
        [
            {**columns, "source_system": same(system, len(columns["is_current"]), TEXT)}
            for system, columns in dated.items()
        ],
    )
    lost = sum(len(columns["is_current"]) for columns in parts.values()) - len(frame)
    warnings = tuple(
        f"{number} {words}"
        for number, words in (
            (lost, "customers have neither a readable signup nor an order, and are left out"),
            (len(listed.faults), "cells of contoso_customers can't be read and count as blank"),
        )
        if number
    )
    return Outcome(
        frame,
        Counts(read=len(frame) + lost, published=len(frame)),
        warnings=warnings,
        facts={"metrics": {**_metrics(dated), "without_day": lost, "unreadable_cells": len(listed.faults)}},
    )


def eurostyle_customers(frame: pd.DataFrame) -> dict[str, pa.Array]:
    """Follow each customer's country from order to order; the latest line of a day decides for the day."""
    rows = in_file_order(frame)
    customers = CodedColumn.of(rows["customer_id"]).mapped(lambda ids: values(ids, CODE))
    countries = CodedColumn.of(rows["country"]).mapped(trimmed)
    moments, known = CodedColumn.of(rows["invoice_date"]).moments(MOMENT)
    dated = np.flatnonzero(known & customers.written)
    who, when, where = customers.codes[dated], moments[dated], countries.codes[dated]
    # lines of one invoice follow each other: only where one of the three changes is something new
    news = np.flatnonzero((np.diff(who, prepend=-1) != 0) | _changes(when) | _changes(where))
    who, when, where = who[news], when[news], where[news]
    order = np.lexsort((when, who))
    who, day, where = who[order], when[order] // DAY_MICROSECONDS, where[order]
    last = (np.diff(who, append=-1) != 0) | (np.diff(day, append=-1) != 0)
    return _periods(customers, countries, who[last], day[last], where[last])


def _changes(numbers: Integers) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.append(True, numbers[1:] != numbers[:-1])[: len(numbers)]


def _periods(
    customers: CodedColumn, countries: CodedColumn, who: Integers, day: Integers, where: Integers
) -> dict[str, pa.Array]:
    """Make one row of the days on which a customer's country stays the same."""
    begins = (np.diff(who, prepend=-1) != 0) | _changes(where)
    who, first, where = who[begins], day[begins], where[begins]
    current = np.diff(who, append=-1) != 0
    until = np.append(first[1:] - 1, 0)[: len(first)]
    return {
        "source_customer_id": customers.texts.take(pa.array(who)),
        "valid_from": days(first),
        "valid_to": pc.if_else(pa.array(current), None, days(until)),
        "is_current": pa.array(current, FLAG),
        "country_name": countries.texts.take(pa.array(where, mask=where == countries.distinct)),
        "age_range": pa.nulls(len(who), TEXT),
        "signup_date": pa.nulls(len(who), DAY),
    }


def contoso_customers(listed: Cells, lines: pd.DataFrame) -> dict[str, pa.Array]:
    """Take over the customer list from the signup, or from an earlier order; buyers it lacks are there too."""
    buyers = arrow(lines, "customer_id")
    ids = pa.concat_arrays([listed.read["customer_id"].drop_null(), buyers]).unique()
    found = listed.found("customer_id", ids)
    order = pc.sort_indices(arrow(lines, "order_date"))
    # sorted by day, the first line of a buyer is the earliest
    first = pc.index_in(ids, buyers.take(order))
    ordered = arrow(lines, "order_date").take(order).take(first)
    country = arrow(lines, "country_name").take(order).take(first)
    signup = found.column("signup_date")
    return {
        "source_customer_id": ids,
        "valid_from": pc.min_element_wise(signup, ordered),
        "valid_to": pa.nulls(len(ids), DAY),
        "is_current": same(True, len(ids), FLAG),
        "country_name": pc.coalesce(found.column("country"), country),
        "age_range": found.column("age_range"),
        "signup_date": signup,
    }


def _dated(columns: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    known = columns["valid_from"].is_valid()
    return {name: values.filter(known) for name, values in columns.items()}


def _metrics(parts: Mapping[str, Mapping[str, pa.Array]]) -> dict[str, float]:
    metrics: dict[str, float] = {}
    for system, columns in parts.items():
        brand = system.lower()
        metrics[f"customers.{brand}"] = int(pc.sum(columns["is_current"]).as_py() or 0)
        metrics[f"country_changes.{brand}"] = len(columns["is_current"]) - metrics[f"customers.{brand}"]
    return metrics
