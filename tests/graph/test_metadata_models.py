"""What the UI shows of models: figures that it draws, how challengers fared, pictures; of members and without them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.unit.application.models.pace import MODEL

from work_data_hub.application.runs import BuildReport, PublishRecord, Result
from work_data_hub.domain.kernel.contract import COUNT, RATIO, Column, TableContract
from work_data_hub.domain.kernel.outcome import Counts
from work_data_hub.domain.pricing.contracts.gold import PRICE_DIAGNOSTICS
from work_data_hub.domain.pricing.contracts.model import PRICE_BANDS, PRICE_LIMITS
from work_data_hub.domain.pricing.contracts.score import PRICE_RECS_LINE
from work_data_hub.domain.pricing.contracts.silver import ORDER_LINE
from work_data_hub.orchestration.members import merged_report
from work_data_hub.orchestration.metadata import run_metadata
from work_data_hub.orchestration.metadata_history import TableHistory
from work_data_hub.orchestration.pictures import INLINE_LIMIT

NOW = datetime(2025, 12, 1, tzinfo=UTC)
WON = {"verdict": "promoted", "reason": "the first", "challenger": "aa", "incumbent": None, "champion": "aa"}
TRAINED = {
    "metrics": {"pinball": 0.02, "coverage": 0.79123456789, "test_lines": 40, "collapsed": 0.5, "note": "x"},
    "model": {"name": "price_rec_BU1", **WON},
    "calibration": {"q_0_10": 0.11, "q_0_50": 0.52, "q_0_90": 0.9},
    "importances": {"list_price": 0.7, "quantity": 0.3},
}
WAITS = {"trained": False, "why_not": "no order lines before this month"}


def record(contract: TableContract, facts: dict[str, Any], scope: str, published: int = 1) -> PublishRecord:
    return PublishRecord(
        "run", contract.key, scope, "1.0.0", "code", "input", "identity", (), Counts(published, published), 0,
        (), (), (), facts, 0.5, NOW,
    )  # fmt: skip


def shown(contract: TableContract, *records: PublishRecord) -> dict[str, Any]:
    merged = merged_report([BuildReport(r.table, r.scope, Result.PUBLISHED, r) for r in records])
    told = run_metadata(merged, TableHistory(contract, NOW.date(), {}, {merged.record.scope: merged.record}))
    return {name: getattr(value, "records", getattr(value, "value", value)) for name, value in told.items()}


def of(member: str) -> str:
    return f"bu_id={member},period=2025-11-01"


def table(value: Any) -> list[dict[str, Any]]:
    return [dict(row.data) for row in value]


@pytest.fixture
def bands() -> dict[str, Any]:
    return shown(
        PRICE_BANDS,
        record(PRICE_BANDS, TRAINED, of("BU1")),
        record(PRICE_BANDS, WAITS, of("BU2"), published=0),
    )


def test_figures_that_are_columns_come_as_numbers_under_the_name_of_their_member(
    bands: dict[str, Any],
) -> None:
    numbers = {name: value for name, value in bands.items() if name.startswith("BU1 ")}
    assert numbers.items() >= {"BU1 pinball": 0.02, "BU1 coverage": 0.791235, "BU1 test_lines": 40}.items()
    assert "BU1 collapsed" not in bands
    assert not [name for name in bands if name.startswith("BU2")]


def test_a_build_says_how_its_challengers_fared_and_who_has_none(bands: dict[str, Any]) -> None:
    nothing = dict.fromkeys(("verdict", "challenger", "incumbent", "champion"), "none")
    assert table(bands["models"]) == [
        {"member": "BU1", "verdict": "promoted", "challenger": "aa", "incumbent": "none", "champion": "aa"},
        {"member": "BU2", **nothing},
    ]
    assert table(bands["reasons"]) == [
        {"member": "BU1", "reason": "the first"},
        {"member": "BU2", "reason": "no order lines before this month"},
    ]


def test_limits_that_could_not_be_set_say_why_and_have_no_verdict() -> None:
    facts = {"metrics": {"segments": 0}, "why_not": "no usable lines"}
    told = shown(PRICE_LIMITS, record(PRICE_LIMITS, facts, of("BU1"), published=0))
    assert table(told["reasons"]) == [{"member": "BU1", "reason": "no usable lines"}]
    assert "models" not in told


def test_each_challenger_is_drawn(bands: dict[str, Any]) -> None:
    assert "P50: 52.0%" in bands["BU1 calibration"]
    assert "list_price 70%" in bands["BU1 importances"]
    assert all(len(bands[f"BU1 {title}"]) < INLINE_LIMIT for title in ("calibration", "importances"))


def test_all_figures_stand_in_a_table_with_a_column_for_each_member() -> None:
    more = {"metrics": {"pinball": 0.03, "mape": 0.1}}
    told = shown(
        PRICE_BANDS,
        record(PRICE_BANDS, TRAINED, of("BU1")),
        record(PRICE_BANDS, more, of("BU2")),
        record(PRICE_BANDS, WAITS, of("OR")),
    )
    rows = {row.pop("figure"): row for row in table(told["figures"])}
    assert rows["pinball"] == {"BU1": 0.02, "BU2": 0.03}
    assert rows["mape"] == {"BU1": "", "BU2": 0.1}
    assert rows["collapsed"] == {"BU1": 0.5, "BU2": ""}


def test_a_count_of_a_flag_is_drawn_as_the_share_of_the_members_own_rows() -> None:
    told = shown(
        PRICE_RECS_LINE,
        record(PRICE_RECS_LINE, {"metrics": {"scored": 200, "cap_hit": 30}}, of("BU1"), published=200),
        record(PRICE_RECS_LINE, {"metrics": {"scored": 50, "cap_hit": 5}}, of("BU2"), published=50),
        record(PRICE_RECS_LINE, {"metrics": {"cap_hit": 0}}, of("OR"), published=0),
    )
    assert (told["BU1 cap_hit"], told["BU2 cap_hit"]) == (0.15, 0.1)
    assert "OR cap_hit" not in told
    assert "models" not in told


def test_diagnostics_are_drawn_by_member() -> None:
    facts = {"metrics": {"coverage": 0.81, "cap_rate": 0.07}, "retrain": False}
    told = shown(PRICE_DIAGNOSTICS, record(PRICE_DIAGNOSTICS, facts, of("AW")))
    assert (told["AW coverage"], told["AW cap_rate"]) == (0.81, 0.07)


def test_a_table_of_another_layer_draws_no_figures() -> None:
    told = shown(ORDER_LINE, record(ORDER_LINE, {"metrics": {"quantity": 7}}, of("BU1")))
    assert not [name for name in told if name.startswith("BU1") or name in ("figures", "models")]


def test_a_model_without_members_has_plain_names() -> None:
    ratio = (Column("loss", RATIO, "l", "loss", unit="share"), Column("lines", COUNT, "n", "lines"))
    contract = replace(MODEL, columns=(*MODEL.columns, *ratio))
    facts = {**TRAINED, "metrics": {"loss": 1.5, "lines": 3}, "steps": [{"step": "fit"}]}
    told = shown(contract, record(contract, facts, "period=2025-11-01"))
    assert (told["loss"], told["lines"]) == (1.5, 3)
    assert table(told["reasons"]) == [{"reason": "the first"}]
    assert table(told["models"])[0].keys() == {"verdict", "challenger", "incumbent", "champion"}
    assert "calibration" in told
    assert "importances" in told
    assert "figures" not in told
