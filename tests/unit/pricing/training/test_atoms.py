"""Shared discounts: quantiles near one are drawn onto it where that loses less."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from work_data_hub.domain.pricing.training.atoms import Atoms, shared_discounts
from work_data_hub.domain.pricing.training.metrics import pinball

QUANTILES = (0.1, 0.5, 0.9)


def test_a_discount_of_its_own_for_every_line_is_none_that_is_shared() -> None:
    target = np.linspace(0, 0.5, 400)
    atoms = Atoms.learn(np.tile([0.1, 0.2, 0.3], (400, 1)), target, QUANTILES)
    assert atoms == Atoms()
    assert not atoms.on(np.array([[0.1, 0.2, 0.3]])).any()


def test_only_as_near_as_loses_least() -> None:
    draw = np.random.default_rng(2)
    # half of the lines share 0.1; the others' quantiles lie a hundredth above it and must stay there
    target = np.concatenate([np.full(500, 0.1), draw.uniform(0.108, 0.112, 500)])
    near = np.tile([0.0995, 0.1, 0.1005], (500, 1))
    others = np.tile([0.1084, 0.11, 0.1116], (500, 1))
    atoms = Atoms.learn(np.vstack([near, others]), target, QUANTILES)
    assert atoms.values == (0.1,)
    assert 0.0005 <= atoms.reach < 0.008
    assert (atoms.drawn(near) == 0.1).all()
    assert (atoms.drawn(others) == others).all()


@given(
    arrays(np.float64, st.tuples(st.integers(20, 40), st.just(3)), elements=st.floats(-0.2, 0.6)),
    st.integers(0, 9),
)
def test_drawing_keeps_order_and_never_loses_on_the_rows_it_was_learnt_from(
    raw: np.ndarray, seed: int
) -> None:
    ordered = np.sort(raw, axis=1)
    target = np.random.default_rng(seed).choice([0.0, 0.1, 0.4], len(raw))
    atoms = Atoms.learn(ordered, target, QUANTILES)
    drawn = atoms.drawn(ordered)
    assert (np.diff(drawn, axis=1) >= 0).all()
    assert pinball(target, drawn, QUANTILES).mean() <= pinball(target, ordered, QUANTILES).mean() + 1e-9
    assert np.abs(drawn - ordered).max() <= atoms.reach


def test_discounts_that_rounded_prices_set_apart_are_one() -> None:
    target = np.concatenate([np.repeat([0.4, 0.400001, 0.399998], [40, 30, 20]), np.linspace(0.5, 0.9, 110)])
    assert shared_discounts(target) == (0.4,)
    assert shared_discounts(np.array([0.2, 0.2, 0.3, 0.3, 0.300001])) == (0.2, 0.3)
    assert shared_discounts(np.array([])) == ()
