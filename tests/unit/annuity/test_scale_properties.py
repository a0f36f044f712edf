"""Whatever stands in the cells: every row has one fate, every yuan is found again, inputs stay as they were."""

from decimal import Decimal
from typing import Any

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.annuity.rows import NOVEMBER, check_law, config, scale_rows, values

from work_data_hub.domain.annuity.contracts import SCALE_DETAIL
from work_data_hub.domain.annuity.scale import SCALE
from work_data_hub.domain.kernel.build import BuildContext

AMOUNTS = {"opening_aum": "opening_aum_yuan", "closing_aum": "closing_aum_yuan", "outflow": "outflow_yuan"}
CONFIG = config()
numbers = st.one_of(
    st.none(),
    st.decimals(-(10**12), 10**12, places=4, allow_nan=False).map(str),
    st.sampled_from(["-", "1,234.5", "(3)", "2万", "待定", "1e20", "１２", "0.00005"]),
)
bronze_rows = st.lists(
    st.fixed_dictionaries(
        {
            "row_kind": st.sampled_from(["data"] * 6 + ["subtotal", "total"]),
            "reporting_month": st.sampled_from(["202511", "2025-11-30", "2025-10", "x", None]),
            "business_type": st.sampled_from(["企年受托", "职年投资", "?", None]),
            "plan_type": st.sampled_from(["单一", "集合计划", "职业年金", "混合", None]),
            "plan_code": st.sampled_from(["S1", "1P0290", " ", None]),
            "portfolio_code": st.sampled_from(["F1", "1E+20", None]),
            "period_return": st.sampled_from(["0.1", "5%", "11", "x", None]),
            "customer_name": st.text(max_size=6) | st.none(),
            "source_company_id": st.sampled_from(["700000001", "N", "7E+8", None]),
            **dict.fromkeys(AMOUNTS, numbers),
        }
    ),
    max_size=20,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(bronze_rows)
def test_rows_and_amounts_are_conserved(changes: list[dict[str, Any]]) -> None:
    rows = scale_rows(*changes)
    untouched = rows.copy(deep=True)
    outcome = SCALE.make(BuildContext(NOVEMBER, {"scale_rows": rows}, CONFIG))
    pd.testing.assert_frame_equal(rows, untouched)
    check_law(SCALE_DETAIL, outcome)
    assert outcome.counts.balanced
    assert outcome.counts.skipped == sum(change["row_kind"] != "data" for change in changes)
    rejected = {rejection.row_number for rejection in outcome.rejections}
    kept = set(values(outcome.accepted, "row_number"))
    data = {at for at, change in enumerate(changes, start=2) if change["row_kind"] == "data"}
    assert rejected | kept == data
    assert rejected.isdisjoint(kept)
    for raw, name in AMOUNTS.items():
        (control,) = [total for total in outcome.totals if total.column == name]
        assert control.published == sum(
            (v for v in values(outcome.accepted, name) if v is not None), Decimal(0)
        )
        assert control.unreadable_cells == sum(
            change["row_kind"] == "data" and change[raw] in {"待定", "1e20"} for change in changes
        )


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(bronze_rows, st.randoms(use_true_random=False))
def test_the_order_in_which_rows_come_changes_nothing(changes: list[dict[str, Any]], random: Any) -> None:
    rows = scale_rows(*changes)
    order = list(range(len(rows)))
    random.shuffle(order)
    outcomes = [
        SCALE.make(BuildContext(NOVEMBER, {"scale_rows": given_rows}, CONFIG))
        for given_rows in (rows, rows.iloc[order].reset_index(drop=True))
    ]
    check_law(SCALE_DETAIL, outcomes[1])
    pd.testing.assert_frame_equal(outcomes[0].accepted, outcomes[1].accepted)
    assert outcomes[0].totals == outcomes[1].totals
    assert outcomes[0].rejections == outcomes[1].rejections
    assert outcomes[0].comparisons == outcomes[1].comparisons
