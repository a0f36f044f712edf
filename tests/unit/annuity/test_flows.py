"""The monthly mart against a slow reading of the same rows in plain Python."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.annuity.rows import NOVEMBER, check_law, config, fact_rows, records

from work_data_hub.domain.annuity.contracts import AUM_FLOW_MONTHLY, SCALE_FACT
from work_data_hub.domain.annuity.flows import MonthlyMart
from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.outcome import Outcome

SUMS = (
    *("opening_aum_yuan", "closing_aum_yuan", "contributions_yuan"),
    *("outflow_incl_benefits_yuan", "investment_result_yuan"),
)
GROUP = ("branch_code", "product_line_code", "plan_type")
Row = Mapping[str, Any]
Key = tuple[str, ...]


def mart(now: pd.DataFrame, before: pd.DataFrame | None) -> Outcome:
    frames = {"scale_fact": now} | ({} if before is None else {"scale_fact@-1": before})
    outcome = MonthlyMart(SCALE_FACT, AUM_FLOW_MONTHLY).make(BuildContext(NOVEMBER, frames, config()))
    check_law(AUM_FLOW_MONTHLY, outcome)
    return outcome


def slowly(now: Iterable[Row], before: Iterable[Row] | None) -> list[dict[str, Any]]:
    groups: dict[Key, list[Row]] = defaultdict(list)
    last: dict[Key, list[Row]] = defaultdict(list)
    for rows, into in ((now, groups), (before or (), last)):
        for row in rows:
            into[tuple(row[name] for name in GROUP)].append(row)
    return [
        _slow_row(key, groups.get(key, []), last.get(key, []), before is not None)
        for key in sorted({*groups, *last})
    ]


def _slow_row(key: Key, now: list[Row], before: list[Row], comparable: bool) -> dict[str, Any]:
    made: dict[str, Any] = {"period": NOVEMBER.start, **dict(zip(GROUP, key, strict=True))}
    made |= {"detail_rows": len(now), "plan_count": len({row["plan_code"] for row in now})}
    for name in SUMS:
        total, last = (sum((row[name] or Decimal(0) for row in rows), Decimal(0)) for rows in (now, before))
        made[name] = total
        if name != "opening_aum_yuan":
            made[name.replace("_yuan", "_change_yuan")] = total - last if comparable else None
    return made


amounts = st.none() | st.decimals(-(10**13), 10**13, places=4, allow_nan=False)
rows_of_a_month = st.lists(
    st.fixed_dictionaries(
        {
            "branch_code": st.sampled_from(["G00", "G01"]),
            "product_line_code": st.sampled_from(["PL201", "PL202"]),
            "plan_type": st.sampled_from(["单一计划", "集合计划"]),
            "plan_code": st.sampled_from(["A", "B", "C"]),
            **dict.fromkeys(SUMS, amounts),
        }
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(rows_of_a_month, rows_of_a_month)
def test_the_mart_is_what_a_slow_reading_of_the_rows_gives(now: list[Row], before: list[Row]) -> None:
    outcome = mart(fact_rows(*now), fact_rows(*before))
    assert records(outcome.accepted) == slowly(now, before or None)
    assert outcome.counts.read == len(now)


@pytest.mark.parametrize("before", [None, fact_rows()])
def test_without_the_month_before_changes_are_unknown(before: pd.DataFrame | None) -> None:
    outcome = mart(fact_rows({"closing_aum_yuan": 5}), before)
    (row,) = records(outcome.accepted)
    assert row["closing_aum_yuan"] == 5
    assert row["closing_aum_change_yuan"] is None
    assert outcome.facts["compared_with"] is None


def test_a_group_that_is_gone_stays_with_zeros_so_that_changes_add_up() -> None:
    now = fact_rows({"closing_aum_yuan": 5, "branch_code": "G01"})
    before = fact_rows(
        {"closing_aum_yuan": 3, "branch_code": "G01"}, {"closing_aum_yuan": 4, "branch_code": "G02"}
    )
    outcome = mart(now, before)
    gone = records(outcome.accepted)[1]
    assert (gone["branch_code"], gone["detail_rows"], gone["plan_count"]) == ("G02", 0, 0)
    assert (gone["closing_aum_yuan"], gone["closing_aum_change_yuan"]) == (0, -4)
    assert outcome.accepted["closing_aum_change_yuan"].sum() == 5 - 7
    assert outcome.facts["compared_with"] == "2025-10"
