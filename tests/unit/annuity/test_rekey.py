"""Temporary ids: who waits for a company, and facts once it is known."""

from datetime import UTC, datetime
from typing import Any

from tests.unit.annuity.rows import NOVEMBER, check_law, config, fact_rows, frame, records, stamped, values

from work_data_hub.domain.annuity.contracts import (
    COMPANY_QUEUE,
    COMPANY_REKEY,
    INCOME_DETAIL,
    SCALE_DETAIL,
    SCALE_FACT,
)
from work_data_hub.domain.annuity.facts import Fact
from work_data_hub.domain.annuity.references import REFERENCES
from work_data_hub.domain.annuity.rekey import make_company_queue
from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.validation import validate

WAITS = {"company_id": "INAAAAAAAAAAAAAAAA", "company_id_origin": "temporary", "customer_name": "岚汐"}
OTHER = {"company_id": "INBBBBBBBBBBBBBBBB", "company_id_origin": "temporary", "customer_name": "澜泊"}
REAL = {"company_id": "700000001", "company_id_origin": "source", "customer_name": "别的"}
NOBODY: dict[str, Any] = {"company_id": None, "company_id_origin": None}


def replacements() -> Any:
    row = {
        "period": NOVEMBER.start,
        "temporary_id": WAITS["company_id"],
        "company_id": "600000007",
        "company_id_origin": "look_up",
        "customer_name": "岚汐",
        "learnt_at": datetime(2025, 12, 1, tzinfo=UTC),
        "run_id": "r",
    }
    return frame(COMPANY_REKEY, [row])


def test_a_name_is_queued_once_however_many_rows_carry_it() -> None:
    fees = dict.fromkeys(("fixed_fee_yuan", "performance_fee_yuan", "clawback_yuan", "tax_yuan"), 0)
    frames = {
        "scale_detail": fact_rows(WAITS, WAITS, REAL, NOBODY),
        "income_detail": fact_rows({**WAITS, **fees}, {**OTHER, **fees}, contract=INCOME_DETAIL),
    }
    outcome = make_company_queue(BuildContext(NOVEMBER, frames, config()))
    validate(COMPANY_QUEUE, stamped(COMPANY_QUEUE, outcome.accepted))
    rows = records(outcome.accepted)
    assert [(r["customer_name"], r["temporary_id"], r["state"]) for r in rows] == [
        ("岚汐", WAITS["company_id"], "pending"),
        ("澜泊", OTHER["company_id"], "pending"),
    ]
    assert outcome.counts.read == 6


def test_a_fact_bears_the_real_id_and_says_where_it_comes_from() -> None:
    frames = {"scale_detail": fact_rows(WAITS, OTHER, REAL, NOBODY), "company_rekey": replacements()}
    outcome = Fact(SCALE_DETAIL, SCALE_FACT).make(BuildContext(NOVEMBER, frames, config()))
    check_law(SCALE_FACT, outcome)
    ids = zip(
        values(outcome.accepted, "company_id"), values(outcome.accepted, "company_id_origin"), strict=True
    )
    assert list(ids) == [
        ("600000007", "look_up"),
        (OTHER["company_id"], "temporary"),
        ("700000001", "source"),
        (None, None),
    ]
    metrics: Any = outcome.facts["metrics"]
    assert (metrics["rows_rekeyed"], metrics["company_id.look_up"]) == (1, 1)


def test_references_know_the_real_id_so_that_the_fact_can_point_at_it() -> None:
    customer = next(r for r in REFERENCES if r.contract.name == "customer")
    frames = {"scale_detail": fact_rows(WAITS), "company_rekey": replacements()}
    rows = records(customer.make(BuildContext(NOVEMBER, frames, config())).accepted)
    assert [row["company_id"] for row in rows] == ["600000007"]
