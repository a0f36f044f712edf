"""Whatever stands in the cells: each line has one fate, sums tie, the order of rows changes nothing."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.retail.silver_rows import (
    DECEMBER,
    EARLIER,
    GOOD_LINE,
    LATER,
    Row,
    config,
    eurostyle,
    held,
    rates,
    records,
)

from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.retail.contracts.silver import SALES_LINE
from work_data_hub.domain.retail.silver.sales_line import make_sales_line

KEEP, DROP = config(), config(codes={"exact_duplicates": "drop"})
RATE = Decimal("0.85315")
bronze_lines = st.lists(
    st.fixed_dictionaries(
        {
            "sheet": st.sampled_from([EARLIER, LATER]),
            "invoice": st.sampled_from(["1", "2", "C3", "A4", None]),
            "stock_code": st.sampled_from(["85123a", "85123A", "POST", "M", "TEST1", None]),
            "quantity": st.sampled_from(["1", "-2", "30000", "x", None]),
            "price": st.sampled_from(["0", "2.55", "-1.005", "0.001", "y"]),
            "customer_id": st.sampled_from(["13085", "13085.0", None]),
        }
    ),
    max_size=14,
)


def made(rows: pd.DataFrame, *, drop: bool) -> Outcome:
    context = BuildContext(DECEMBER, {"eurostyle_lines": rows, "fx_rate": rates()}, DROP if drop else KEEP)
    return held(SALES_LINE, make_sales_line(context))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(bronze_lines, st.booleans())
def test_each_line_has_the_fate_that_a_slow_reading_gives_it(changes: list[Row], drop: bool) -> None:
    rows = eurostyle(*changes)
    untouched = rows.copy(deep=True)
    outcome = made(rows, drop=drop)
    pd.testing.assert_frame_equal(rows, untouched)
    fates = slow_fates([{**GOOD_LINE, **change} for change in changes], drop=drop)
    assert {r["row_number"] for r in records(outcome.accepted)} == _rows(fates, "published")
    assert {rejection.row_number for rejection in outcome.rejections} == _rows(fates, "rejected")
    assert outcome.counts.deduplicated == len(_rows(fates, "deduplicated"))
    for line in records(outcome.accepted):
        raw = {**GOOD_LINE, **changes[line["row_number"] - 2]}
        amount = Decimal(raw["quantity"]) * Decimal(raw["price"]).quantize(Decimal("1e-4"))
        assert line["amount_local"] == amount
        assert line["amount_eur"] == (amount / RATE).quantize(Decimal("1e-6"), ROUND_HALF_UP)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(bronze_lines, st.randoms(use_true_random=False))
def test_the_order_in_which_rows_come_changes_nothing(changes: list[Row], random: Any) -> None:
    rows = eurostyle(*changes)
    order = list(range(len(rows)))
    random.shuffle(order)
    one, other = (made(some, drop=False) for some in (rows, rows.iloc[order].reset_index(drop=True)))
    pd.testing.assert_frame_equal(one.accepted, other.accepted)
    assert (one.totals, one.counts, one.facts) == (other.totals, other.counts, other.facts)
    assert one.rejections == other.rejections


def slow_fates(lines: list[Row], *, drop: bool) -> list[str]:
    """Tell each line's fate by reading the rules one after the other."""
    fates = []
    seen: list[Row] = []
    for line in lines:
        later = line["sheet"] == EARLIER and any(
            (other["sheet"], other["invoice"]) == (LATER, line["invoice"]) for other in lines
        )
        bad = (
            line["invoice"] is None
            or line["stock_code"] in {None, "TEST1"}
            or line["quantity"] in {None, "x"}
            or line["price"] == "y"
        )
        if later and line["invoice"] is not None:
            fates.append("deduplicated")
        elif bad:
            fates.append("rejected")
        elif drop and line in seen:
            fates.append("deduplicated")
        else:
            fates.append("published")
        seen.append(line)
    return fates


def _rows(fates: list[str], wanted: str) -> set[int]:
    return {at for at, fate in enumerate(fates, start=2) if fate == wanted}
