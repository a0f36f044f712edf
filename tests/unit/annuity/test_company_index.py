"""What a month teaches about companies, and how later months use it."""

from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from tests.unit.annuity.rows import NOVEMBER, config, frame, records, scale_rows, stamped, values

from work_data_hub.domain.annuity.companies import CompanyIndex
from work_data_hub.domain.annuity.company_index import make_company_index
from work_data_hub.domain.annuity.contracts import COMPANY_INDEX
from work_data_hub.domain.annuity.scale import SCALE
from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.validation import validate

ID = "700000001"


def taught(*changes: dict[str, Any], history: pd.DataFrame | None = None) -> Outcome:
    frames = {"scale_rows": scale_rows(*({"source_company_id": ID, **change} for change in changes))}
    if history is not None:
        frames["company_index@before"] = history
    outcome = make_company_index(BuildContext(NOVEMBER, frames, config()))
    validate(COMPANY_INDEX, stamped(COMPANY_INDEX, outcome.accepted))
    return outcome


def keys(outcome: Outcome) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in records(outcome.accepted):
        found.setdefault(row["lookup_type"], {})[row["lookup_key"]] = row["company_id"]
    return found


def known(*rows: tuple[str, str, str], period: Period = NOVEMBER, confidence: str = "1") -> pd.DataFrame:
    usual = {"period": period.start, "origin": "source", "source_table": "t", "hit_count": 1, "run_id": "r"}
    return frame(
        COMPANY_INDEX,
        [
            {**usual, "lookup_type": t, "lookup_key": k, "company_id": c, "confidence": Decimal(confidence)}
            for t, k, c in rows
        ],
    )


def resolved(history: pd.DataFrame, **row: Any) -> tuple[Any, Any]:
    frames = {"scale_rows": scale_rows(row), "company_index@before": history}
    accepted = SCALE.make(BuildContext(NOVEMBER, frames, config())).accepted
    return values(accepted, "company_id")[0], values(accepted, "company_id_origin")[0]


def test_a_good_source_id_teaches_every_kind_of_key() -> None:
    assert keys(taught({"customer_name": "原岚汐科技有限公司"})) == {
        "plan_code": {"S1001": ID},
        "account_name": {"原岚汐科技有限公司": ID},
        "account_number": {"10000013": ID},
        "customer_name": {"岚汐科技有限公司": ID},
        "plan_customer": {"S1001|岚汐科技有限公司": ID},
    }


@pytest.mark.parametrize("word", ["N", "NA", "NONE", "NULL", "NAN", "A-17", "12345678", "7.0E+08", None])
def test_what_is_no_real_id_teaches_nothing(word: str | None) -> None:
    assert keys(taught({"source_company_id": word})) == {}


def test_a_collective_plan_teaches_no_plan_code_and_a_shared_account_number_no_account() -> None:
    found = keys(taught({"plan_type": "集合计划", "group_customer_number": "GM0001"}))
    assert set(found) == {"account_name", "customer_name", "plan_customer"}


def test_a_key_with_two_ids_in_one_month_is_not_learnt_but_counted_and_told() -> None:
    outcome = taught({}, {"source_company_id": "700000002", "plan_code": "S2"})
    assert set(keys(outcome)) == {"plan_code", "plan_customer"}
    metrics: Any = outcome.facts["metrics"]
    assert (metrics["conflicts.account_name"], metrics["conflicts.customer_name"]) == (1, 1)
    assert "1 of account_name" in outcome.warnings[0]


def test_totals_rows_teach_nothing() -> None:
    assert keys(taught({"row_kind": "total"})) == {}


def test_what_is_known_already_is_not_repeated_and_what_changed_is() -> None:
    history = known(("plan_code", "S1001", ID), ("account_number", "10000013", "700000009"))
    found = keys(taught({}, history=history))
    assert "plan_code" not in found
    assert found["account_number"] == {"10000013": ID}


def test_later_months_ask_the_index_before_the_source_column() -> None:
    assert resolved(known(("plan_code", "S1001", ID)), source_company_id="700000009") == (ID, "source")


def test_the_kinds_of_keys_are_asked_in_order() -> None:
    rows = [
        ("plan_code", "S1001", "700000011"),
        ("account_name", "岚汐科技有限公司", "700000012"),
        ("account_number", "10000013", "700000013"),
        ("customer_name", "岚汐科技有限公司", "700000014"),
        ("plan_customer", "S1001|岚汐科技有限公司", "700000015"),
    ]
    found = []
    while rows:
        found.append(resolved(known(*rows))[0])
        rows.pop(0)
    assert found == [f"70000001{n}" for n in range(1, 6)]


def test_a_shared_account_number_is_no_key() -> None:
    history = known(("account_number", "GM0001", ID))
    assert resolved(history, group_customer_number="GM0001")[1] == "temporary"


def test_the_newest_month_wins_and_unsure_answers_do_not_count() -> None:
    older = known(("plan_code", "S1001", "700000001"), period=NOVEMBER.shift(-2))
    newer = known(("plan_code", "S1001", "700000002"), period=NOVEMBER.shift(-1))
    for order in ([older, newer], [newer, older]):
        assert resolved(pd.concat(order))[0] == "700000002"
    assert resolved(known(("plan_code", "S1001", ID), confidence="0.59"))[1] == "temporary"


def test_an_index_without_rows_knows_nothing() -> None:
    assert CompanyIndex.of(known()).keys == {}


def test_rows_are_counted_by_the_layer_that_answered() -> None:
    frames = {"scale_rows": scale_rows({}, {}), "company_index@before": known(("plan_code", "S1001", ID))}
    metrics: Any = SCALE.make(BuildContext(NOVEMBER, frames, config())).facts["metrics"]
    assert metrics["company_layer.index.plan_code"] == 2
