"""LightGBM behind the learner's protocol: repeatable, kept as text to the last bit, honest with unknown texts."""

import json
import subprocess
import sys
from typing import cast

import numpy as np
import pandas as pd
import pytest

from work_data_hub.domain.kernel.errors import ConfigurationError, PermanentError
from work_data_hub.domain.pricing.ports import Learner, Regressor
from work_data_hub.io.learners.gbm import DEFAULTS, GbmLearner, GbmQuantileRegressor

QUANTILES = (0.1, 0.5, 0.9)
SMALL = {"n_estimators": 10, "quantile_estimators": 8, "num_leaves": 4, "quantiles": QUANTILES}
LEARNER: Learner = GbmLearner()


def rows(count: int = 200, seed: int = 1) -> tuple[pd.DataFrame, np.ndarray]:
    draw = np.random.default_rng(seed)
    family, amount = draw.integers(0, 3, count), draw.normal(size=count)
    target = 0.1 * family + 0.02 * amount + draw.gamma(2, 0.01, count)
    amount[::17] = np.nan
    names = pd.Series(np.array(["tools", "pipes", "seals"])[family], dtype=object)
    names[::29] = None
    frame = pd.DataFrame({"family": names, "amount": amount, "negotiated": draw.random(count) < 0.5})
    return frame, np.round(target, 6)


def fitted(seed: int = 3, **params: object) -> Regressor:
    frame, target = rows()
    return LEARNER.new({**SMALL, **params}, seed).fit(frame, target, ("family",))


def test_quantiles_are_learnt_and_mostly_in_order() -> None:
    frame, target = rows()
    q = fitted().predict_quantiles(frame, QUANTILES)
    assert q.dtype == np.float64
    assert q.shape == (200, 3)
    assert (np.diff(q, axis=1) >= 0).mean() > 0.95
    below = (target[:, None] < q).mean(axis=0)
    assert below == pytest.approx(QUANTILES, abs=0.06)
    assert np.array_equal(fitted().predict(frame), q[:, 1])


def test_equal_rows_and_seed_are_an_equal_model_and_another_seed_another() -> None:
    assert LEARNER.dump(fitted()) == LEARNER.dump(fitted())
    assert LEARNER.dump(fitted(seed=4)) != LEARNER.dump(fitted())


def test_what_is_loaded_predicts_the_same_to_the_last_bit() -> None:
    model = fitted()
    text = LEARNER.dump(model)
    again = LEARNER.load(text)
    frame, _ = rows(seed=9)
    assert np.array_equal(
        again.predict_quantiles(frame, QUANTILES), model.predict_quantiles(frame, QUANTILES)
    )
    assert LEARNER.dump(again) == text
    assert again.get_params() == model.get_params()
    json.dumps(again.get_params())


def test_it_predicts_the_same_in_another_process() -> None:
    model, (frame, _) = fitted(), rows(20, seed=9)
    code = (
        "import sys, json, pandas as pd\n"
        "from work_data_hub.io.learners.gbm import GbmLearner\n"
        "text, rows = json.load(sys.stdin)\n"
        "q = GbmLearner().load(text).predict_quantiles(pd.DataFrame(rows), (0.1, 0.5, 0.9))\n"
        "print(json.dumps(q.tolist()))"
    )
    told = json.dumps([LEARNER.dump(model), json.loads(frame.to_json(orient="records", double_precision=15))])
    frame = pd.DataFrame(json.loads(told)[1])
    done = subprocess.run(
        [sys.executable, "-c", code], input=told, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == model.predict_quantiles(frame, QUANTILES).tolist()


def test_an_unseen_text_is_a_missing_one() -> None:
    model, (frame, _) = fitted(), rows(30)
    unseen, missing = (
        model.predict_quantiles(frame.assign(family=pd.Series([value] * 30, dtype=object)), QUANTILES)
        for value in ("new", None)
    )
    assert np.array_equal(unseen, missing)
    assert not np.array_equal(unseen, model.predict_quantiles(frame, QUANTILES))


def test_columns_are_found_by_name_and_arrow_types_are_taken() -> None:
    model, (frame, _) = fitted(), rows(30)
    arrow = frame.convert_dtypes(dtype_backend="pyarrow")[["negotiated", "amount", "family"]].assign(more=1)
    assert np.array_equal(
        model.predict_quantiles(arrow, QUANTILES), model.predict_quantiles(frame, QUANTILES)
    )
    with pytest.raises(PermanentError, match="amount"):
        model.predict(frame.drop(columns="amount"))


def test_a_discount_that_all_share_is_what_every_quantile_says() -> None:
    frame, _ = rows()
    model = LEARNER.new(SMALL, 1).fit(frame, np.full(200, 0.4), ("family",))
    assert np.round(model.predict_quantiles(frame, QUANTILES), 6) == pytest.approx(0.4)


@pytest.mark.parametrize("from_median", [True, False])
@pytest.mark.parametrize("quantile", QUANTILES)
def test_contributions_add_up_to_the_quantile(quantile: float, from_median: bool) -> None:
    model, (frame, _) = fitted(from_median=from_median), rows(20)
    told = LEARNER.contributions(model, frame, quantile)
    assert told.shape == (20, 4)
    assert told.sum(axis=1) == pytest.approx(model.predict_quantiles(frame, (quantile,))[:, 0])


def test_importances_name_every_feature() -> None:
    found = LEARNER.importances(fitted())
    assert set(found) == {"family", "amount", "negotiated"}
    assert max(found, key=lambda name: found[name]) == "family"


def test_parameters_are_the_defaults_but_for_what_is_named() -> None:
    model = LEARNER.new({"n_estimators": 7}, 5)
    assert model.get_params() == {**DEFAULTS, "n_estimators": 7, "seed": 5}
    changed = model.set_params(num_leaves=3)
    assert changed.get_params()["num_leaves"] == 3


def test_a_parameter_with_a_typing_error_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="n_estimatrs"):
        LEARNER.new({"n_estimatrs": 7}, 5)
    with pytest.raises(ConfigurationError, match="leaves"):
        LEARNER.new({}, 5).set_params(leaves=3)


def test_more_threads_are_asked_for_by_the_learner() -> None:
    assert GbmLearner(threads=2).new({}, 1).get_params()["num_threads"] == 2
    assert GbmLearner().new({}, 1).get_params()["num_threads"] == 1


def test_what_was_not_learnt_is_not_told() -> None:
    frame, _ = rows()
    with pytest.raises(ConfigurationError, match=r"0\.25"):
        fitted().predict_quantiles(frame, (0.25,))
    with pytest.raises(PermanentError, match="learnt nothing"):
        GbmQuantileRegressor().predict(frame)
    with pytest.raises(PermanentError, match="learnt nothing"):
        LEARNER.dump(GbmQuantileRegressor())


def test_a_text_of_another_form_and_a_foreign_regressor_are_refused() -> None:
    kept = json.loads(LEARNER.dump(fitted())) | {"form": "gbm_quantiles/0"}
    with pytest.raises(PermanentError, match="gbm_quantiles/0"):
        LEARNER.load(json.dumps(kept))

    with pytest.raises(PermanentError, match="object is none of"):
        LEARNER.dump(cast("Regressor", object()))


def test_the_library_is_loaded_only_when_it_is_needed() -> None:
    code = "import sys, work_data_hub.io.learners.gbm; print('lightgbm' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
