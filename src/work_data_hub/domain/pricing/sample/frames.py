"""Large frames for figures: rows of features with their true quantiles, and order lines as the store gives them."""

from itertools import pairwise
from math import ceil
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.frames import to_pandas
from work_data_hub.domain.pricing.config import UNKNOWN, quantile_column
from work_data_hub.domain.pricing.contracts.shapes import PRICE, QUANTITY, VALUE
from work_data_hub.domain.pricing.contracts.silver import ORDER_LINE
from work_data_hub.domain.pricing.sample.accounts import EXCLUDED, published, usable
from work_data_hub.domain.pricing.sample.cells import Cells, chosen, decimals, order_cells, segment_cells
from work_data_hub.domain.pricing.sample.law import Ints
from work_data_hub.domain.pricing.sample.lines import Lines, Mark, make_lines
from work_data_hub.domain.pricing.sample.options import PRICE_RISE, PricingOptions
from work_data_hub.domain.pricing.sample.quirks import SHARES, make_odd
from work_data_hub.domain.pricing.sample.sample import make_truth
from work_data_hub.domain.pricing.sample.truth import UnitTruth, band_numbers
from work_data_hub.domain.pricing.sample.units import BANDS, WIDE

QUANTILES: Final = (0.1, 0.5, 0.9)
BAND_NAMES: Final = tuple(
    [f"{low}-{high - 1}" for (low, *_), (high, *_) in pairwise(BANDS)] + [f"{BANDS[-1][0]}+"]
)
_RATE_PLACES: Final = 1_000_000
_CENT_TO_PRICE: Final = 10_000
_QUANTITY_PLACES: Final = 10_000
_NO_RUN: Final = "sample"


def make_truth_frame(rows: int, seed: int) -> pd.DataFrame:
    """Give so many clean lines by day: features, discount_pct, true_q_0_10 and so on, and the columns of their law.

    All that moves a discount is among them; `customer_effect` is the customer's own part.
    """
    truth, lines = _wide(rows, seed, odd=False)
    law = truth.law_at(lines.customer, lines.product, lines.quantity, lines.day)
    segments = segment_cells(truth.unit, truth.catalogue, lines)
    quantity, price = np.log(lines.quantity), np.log(lines.list_cents / 100)
    people = truth.catalogue.customers
    return pd.DataFrame(
        {
            "order_id": lines.order,
            "order_date": lines.day,
            **{name: pc.fill_null(column, UNKNOWN).to_pandas() for name, column in segments.items()},
            "qty_band": np.array(BAND_NAMES, dtype=object)[band_numbers(lines.quantity)],
            "log_quantity": quantity,
            "log_list_price": price,
            "log_list_value": quantity + price,
            "customer_effect": people.effect[lines.customer],
            "contract_discount": people.contract[lines.customer],
            "negotiated": law.contract,
            "price_risen": lines.day >= np.datetime64(PRICE_RISE),
            "discount_pct": law.draw(np.random.default_rng([seed, rows])),
            **{quantile_column(p, "true_q"): law.quantile(p) for p in QUANTILES},
            **law.columns(),
        }
    )


def make_order_lines(rows: int, seed: int) -> pd.DataFrame:
    """Give so many order lines, odd ones among them, in the types of order_line."""
    # as many more as are refused for their currency, and no repeats
    truth, lines = _wide(ceil(rows / (1 - SHARES[Mark.OTHER_CURRENCY])) + 1, seed, odd=True)
    lines = lines.take(np.flatnonzero(published(lines))[:rows])
    cells = order_cells(truth.unit, truth.catalogue, lines)
    segments = segment_cells(truth.unit, truth.catalogue, lines)
    named = {name: pc.fill_null(segments[name], UNKNOWN) for name in ("region", "product_family")}
    columns = cells | segments | named | _typed(truth, lines) | _marks(lines)
    made = [_cast(columns[field.name], field.type) for field in _bare_schema()]
    return to_pandas(pa.Table.from_arrays(made, schema=_bare_schema()))


def _wide(rows: int, seed: int, *, odd: bool) -> tuple[UnitTruth, Lines]:
    options = PricingOptions(seed=seed, lines=rows)
    truth = make_truth(WIDE, options, rows)
    lines = make_lines(truth, rows, options.draws("lines"))
    return truth, make_odd(lines, truth.catalogue.customers, options.draws("quirks")) if odd else lines


def _typed(truth: UnitTruth, lines: Lines) -> Cells:
    """Give what order_line adds to the cells of a file: exact prices, values and discounts."""
    unlisted = np.isin(lines.mark, [Mark.LIST_PRICE_NULL])
    unsold = lines.mark == Mark.SELL_PRICE_NULL
    cost = truth.catalogue.products.cost_cents[lines.product]
    unknown = unsold | (lines.list_cents <= 0)
    return {
        "list_price": decimals(lines.list_cents * _CENT_TO_PRICE, PRICE, unlisted),
        "sell_price": decimals(lines.sell_cents * _CENT_TO_PRICE, PRICE, unsold),
        "unit_cost": decimals(cost * _CENT_TO_PRICE, PRICE),
        "quantity": decimals(lines.quantity * _QUANTITY_PLACES, QUANTITY),
        "list_value": decimals(lines.list_cents * lines.quantity * _CENT_TO_PRICE, VALUE, unlisted),
        "discount_pct": decimals(_discounts(lines), ORDER_LINE.column("discount_pct").dtype, unknown),
    }


def _discounts(lines: Lines) -> Ints:
    """Give 1 - sell / list in millionths, halves away from zero."""
    cents = np.maximum(lines.list_cents, 1)
    off = (cents - lines.sell_cents) * _RATE_PLACES
    rounded: Ints = np.sign(off) * ((2 * np.abs(off) + cents) // (2 * cents))
    return rounded


def _marks(lines: Lines) -> Cells:
    reasons = ("", *dict.fromkeys(EXCLUDED.values()))
    codes = np.array([reasons.index(EXCLUDED.get(mark, "")) - 1 for mark in Mark])
    rows = len(lines)
    return {
        "bu_id": pa.repeat(WIDE.bu_id, rows),
        "period": pa.array(lines.day.astype("datetime64[M]").astype("datetime64[D]")),
        "file_id": pa.repeat(_NO_RUN, rows),
        "sheet": pa.repeat("orders", rows),
        "row_number": pa.array(np.arange(2, rows + 2)),
        "line_kind": pa.repeat("order", rows),
        "usable": pa.array(usable(lines)),
        "exclusion": chosen(reasons[1:], codes[lines.mark]),
    }


def _bare_schema() -> pa.Schema:
    """Give the contract's columns but for the stamps, which the store adds."""
    return pa.schema([f for f in ORDER_LINE.arrow_schema if f.name not in {"run_id", "ingested_at"}])


def _cast(column: pa.Array, dtype: pa.DataType) -> pa.Array:
    return column if column.type == dtype else column.cast(dtype)
