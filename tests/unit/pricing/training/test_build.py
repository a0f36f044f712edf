"""The month's price bands: due or not, judged against champion and naive bands, in the contract's types."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import pytest
from tests.unit.pricing.bu_config import pricing_config
from tests.unit.pricing.feature_rows import features
from tests.unit.pricing.training.lines import FamilyLearner, history, line, unit

from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.errors import UsageError
from work_data_hub.domain.kernel.frames import to_arrow, with_stamps
from work_data_hub.domain.kernel.models import ModelVerdict, ModelVersion
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.pipelines.champions import recompute
from work_data_hub.domain.pricing.contracts.feature import FEATURES, ORDER_FEATURES
from work_data_hub.domain.pricing.contracts.model import PRICE_BANDS
from work_data_hub.domain.pricing.training.build import PRICE_BANDS_INPUTS, price_bands, waiting
from work_data_hub.domain.pricing.training.fitting import fit_model
from work_data_hub.domain.pricing.training.rows import TrainingRows

APRIL = Period(2025, 4)


def build(
    frame: pd.DataFrame | None,
    month: Period = APRIL,
    champion: ModelVersion | None = None,
    fault: float = 0.0,
    **training: Any,
) -> Outcome:
    frames = {} if frame is None else {PRICE_BANDS_INPUTS[0].name: frame}
    config = pricing_config(unit(**training))
    context = BuildContext(month, frames, config, member="BU1", champion=champion)
    return price_bands(FamilyLearner(fault))(context)


def champion_of(frame: pd.DataFrame, fault: float = 0.0) -> ModelVersion:
    model = fit_model(TrainingRows.of(frame), unit(), FamilyLearner(fault), FEATURES)
    return ModelVersion("price_rec_BU1", model.to_content())


def months(count: int) -> pd.DataFrame:
    """A line a day in each of the first months of the year, discounts rising within a month."""
    return features(
        *(
            line(100 * month + day, 1, date(2025, month, day), 0.1 + day / 1000)
            for month in range(1, count + 1)
            for day in range(1, 29)
        )
    )


def test_the_first_model_takes_over_where_it_beats_naive_bands() -> None:
    outcome = build(history())
    assert outcome.trained is not None
    model, judgement = outcome.trained.model, outcome.trained.judgement
    assert judgement.verdict is ModelVerdict.PROMOTED
    assert judgement.challenger == model.version
    assert judgement.incumbent is None
    assert model.name == "price_rec_BU1"
    assert recompute(judgement.evidence) == judgement
    json.dumps({"about": dict(model.about), "evidence": judgement.evidence}, allow_nan=False)
    assert model.about["trained_until"] == "2025-03-31"
    assert model.about["features"] == list(FEATURES)


def test_the_row_is_of_the_contract_and_names_the_version() -> None:
    outcome = build(history())
    frame = with_stamps(PRICE_BANDS, outcome.accepted, "run", datetime(2025, 4, 1, tzinfo=UTC))
    (row,) = to_arrow(PRICE_BANDS, frame).to_pylist()
    assert outcome.trained is not None
    assert row["model_version"] == outcome.trained.model.version
    assert (row["bu_id"], row["period"]) == ("BU1", date(2025, 4, 1))
    assert row["verdict"] == "promoted"
    assert row["pinball"] < row["pinball_naive"]
    assert row["pinball_incumbent"] is row["incumbent_version"] is None
    assert row["train_lines"] + row["test_lines"] == 360
    assert json.loads(row["importances"])["product_family"] == 1.0
    assert set(json.loads(row["calibration"])) == {"q_0_10", "q_0_50", "q_0_90"}
    assert row["rows_fingerprint"] == outcome.trained.judgement.rows
    assert isinstance(outcome.facts["metrics"], dict)


def test_a_scenario_that_is_not_built_trains_nothing_and_says_what_it_would_need() -> None:
    with pytest.raises(UsageError, match=r"scenario B .* is not built: it needs .*quote_line"):
        build(history(), scenario="B")


def test_a_worse_challenger_is_refused_and_kept() -> None:
    champion = champion_of(history()[:180])
    outcome = build(history(), champion=champion, fault=0.05)
    assert outcome.trained is not None
    judgement = outcome.trained.judgement
    assert judgement.verdict is ModelVerdict.REFUSED
    assert judgement.incumbent == champion.version
    assert "incumbent" in judgement.reason
    assert outcome.accepted["incumbent_version"].tolist() == [champion.version]
    assert outcome.accepted["pinball_incumbent"][0] < outcome.accepted["pinball"][0]


def test_a_better_challenger_takes_over() -> None:
    champion = champion_of(history()[:180], fault=0.05)
    outcome = build(history(), champion=champion)
    assert outcome.trained is not None
    assert outcome.trained.judgement.verdict is ModelVerdict.PROMOTED
    assert outcome.trained.judgement.incumbent == champion.version


def test_rows_are_judged_on_that_neither_has_seen_where_there_are_enough() -> None:
    frame = history(deals=300)
    champion = champion_of(frame[:500])
    outcome = build(frame, champion=champion)
    assert outcome.trained is not None
    evidence = outcome.trained.judgement.evidence
    assert evidence["incumbent_had_seen"] == 0
    assert evidence["learnt_until"] < evidence["test_from"]
    known = json.loads(champion.content)["facts"]["trained_until"]
    assert known < evidence["test_from"]


def test_a_challenger_is_judged_by_what_it_learnt_since_the_incumbent() -> None:
    frame = history(deals=800)
    champion = champion_of(frame[:1980])
    known = json.loads(champion.content)["facts"]["trained_until"]
    outcome = build(frame, champion=champion)
    assert outcome.trained is not None
    evidence = outcome.trained.judgement.evidence
    # with the usual share of deals for the test it would be the incumbent once more
    assert known < evidence["learnt_until"] < evidence["test_from"]
    assert evidence["incumbent_had_seen"] == 0


def test_where_there_are_too_few_the_evidence_says_what_the_incumbent_had_seen() -> None:
    outcome = build(history(), champion=champion_of(history()))
    assert outcome.trained is not None
    evidence = outcome.trained.judgement.evidence
    assert evidence["incumbent_had_seen"] == outcome.accepted["test_lines"][0]


def test_coverage_is_a_gate() -> None:
    outcome = build(history(), promotion={"coverage": (0.01, 0.02)})
    assert outcome.trained is not None
    assert outcome.trained.judgement.verdict is ModelVerdict.REFUSED
    assert "coverage" in outcome.trained.judgement.reason


@pytest.mark.parametrize("frame", [None, features(), history(deals=10)])
def test_too_little_history_makes_no_model_and_says_so(frame: pd.DataFrame | None) -> None:
    outcome = build(frame)
    assert outcome.trained is None
    assert len(outcome.accepted) == 0
    assert outcome.counts.published == 0
    assert outcome.facts["why_not"]
    to_arrow(PRICE_BANDS, with_stamps(PRICE_BANDS, outcome.accepted, "run", datetime(2025, 4, 1, tzinfo=UTC)))


def test_lines_of_one_day_are_too_little_as_well() -> None:
    outcome = build(history(days=1))
    assert outcome.trained is None
    assert "earlier and a later part" in str(outcome.facts["why_not"])


def test_models_are_due_every_so_many_months_from_the_first_that_could_be_trained() -> None:
    frame = months(8)
    due = []
    for number in range(2, 10):
        month = Period(2025, number)
        before = TrainingRows.of(frame[frame["order_date"] < pd.Timestamp(month.start)])
        told = waiting(before, month, unit(min_lines=50, every_months=3))
        due.append((number, told))
    # 50 lines have come together in February
    assert [number for number, told in due if told is None] == [3, 6, 9]
    assert "not enough history" in str(due[0][1])
    assert due[2][1] == "not due: every 3 months from 2025-03"


def test_a_month_that_is_not_due_trains_nothing() -> None:
    outcome = build(months(3), min_lines=50, every_months=2)
    assert outcome.trained is None
    assert outcome.facts["why_not"] == "not due: every 2 months from 2025-03"


def test_only_so_many_months_are_learnt_from() -> None:
    outcome = build(months(3), min_lines=50, history_months=2)
    assert outcome.trained is not None
    assert outcome.trained.model.about["trained_from"] == "2025-02-01"


def test_what_the_month_itself_holds_is_not_even_read() -> None:
    (ref,) = PRICE_BANDS_INPUTS
    assert ref.contract is ORDER_FEATURES
    assert ref.history
    assert ref.scope(APRIL, "BU1").before == ("period", date(2025, 4, 1))
    assert "sell_price" not in ref.columns
    assert set(FEATURES) <= set(ref.columns)
