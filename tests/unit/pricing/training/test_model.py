"""The model as a value: its text gives it back, whatever else a row holds changes nothing."""

import json

import numpy as np
import pytest
from tests.unit.pricing.training.lines import FamilyLearner, history, unit

from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.pipelines.drift import psi
from work_data_hub.domain.pricing.contracts.feature import FEATURES
from work_data_hub.domain.pricing.training.fitting import fit_model
from work_data_hub.domain.pricing.training.model import PriceModel
from work_data_hub.domain.pricing.training.rows import TrainingRows

LEARNER = FamilyLearner()
FRAME = history()
MODEL = fit_model(TrainingRows.of(FRAME), unit(), LEARNER, FEATURES)


def test_the_text_gives_the_model_back_and_is_stable() -> None:
    text = MODEL.to_content()
    again = PriceModel.from_content(text, LEARNER)
    assert again.to_content() == text
    assert np.array_equal(again.predict_bands(FRAME).q, MODEL.predict_bands(FRAME).q)
    shuffled = TrainingRows.of(FRAME.sample(frac=1, random_state=1))
    assert fit_model(shuffled, unit(), LEARNER, FEATURES).to_content() == text


def test_another_seed_is_another_model() -> None:
    other = fit_model(TrainingRows.of(FRAME), unit(random_state=7), LEARNER, FEATURES)
    assert other.to_content() != MODEL.to_content()


def test_a_text_of_another_form_is_refused() -> None:
    kept = json.loads(MODEL.to_content()) | {"form": "price_bands/0"}
    with pytest.raises(PermanentError, match="price_bands/0"):
        PriceModel.from_content(json.dumps(kept), LEARNER)


def test_bands_are_the_mean_of_the_fold_models_in_order_and_calibrated() -> None:
    bands = MODEL.predict_bands(FRAME)
    raw = np.mean(
        [member.predict_quantiles(FRAME[list(FEATURES)], MODEL.quantiles) for member in MODEL.members], axis=0
    )
    assert len(MODEL.members) == 3
    assert (np.diff(bands.q, axis=1) >= 0).all()
    assert np.abs(bands.q - (raw + bands.offsets)).max() < 2e-6
    assert bands.offsets.any()


def test_what_a_line_was_sold_for_changes_nothing() -> None:
    changed = FRAME.assign(discount_pct=0.9, sell_price=1.0)
    quote = FRAME.drop(columns=["discount_pct", "usable"])
    assert np.array_equal(MODEL.predict_bands(changed).q, MODEL.predict_bands(FRAME).q)
    assert np.array_equal(MODEL.predict_bands(quote).q, MODEL.predict_bands(FRAME).q)


def test_no_rows_have_no_bands_and_no_drivers() -> None:
    bands, drivers = MODEL.predict_bands(FRAME[:0]), MODEL.drivers(FRAME[:0])
    assert bands.q.shape == (0, 3)
    assert len(bands.widened) == 0
    assert drivers.names.shape == drivers.effects.shape == (0, 3)


def test_the_strongest_drivers_come_first() -> None:
    drivers = MODEL.drivers(FRAME[:2], top=2)
    assert drivers.names.tolist() == [["customer_tier", "product_family"]] * 2
    assert drivers.effects.tolist() == [[-0.05, 0.02]] * 2


def test_importances_are_shares_with_the_largest_first() -> None:
    found = MODEL.importances()
    assert next(iter(found.items())) == ("product_family", 1.0)
    assert set(found) == set(FEATURES)


def test_the_reference_for_drift_knows_all_inputs_and_the_target() -> None:
    found = {drift.feature: drift for drift in psi(MODEL.reference, FRAME)}
    assert set(found) == {*FEATURES, "discount_pct"}
    assert all(drift.psi == pytest.approx(0, abs=1e-9) for drift in found.values())


def test_facts_say_what_was_learnt_from() -> None:
    assert MODEL.facts["lines"] == len(FRAME)
    assert (MODEL.facts["trained_from"], MODEL.facts["trained_until"]) == ("2025-01-01", "2025-03-31")
    assert MODEL.facts["rows"] == TrainingRows.of(FRAME).fingerprint
