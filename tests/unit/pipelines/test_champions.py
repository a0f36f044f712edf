"""The promotion rule: who wins, who does not, and that the reason says it."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from work_data_hub.domain.kernel.models import Judgement, ModelVerdict, ModelVersion, Trained
from work_data_hub.domain.pipelines.champions import Candidate, PromotionRule, judge, kept_back, recompute

RULE = PromotionRule(margin=0.02, naive_margin=0.1, coverage=(0.72, 0.88))
PROMOTED, REFUSED = ModelVerdict.PROMOTED, ModelVerdict.REFUSED


def judged(
    loss: float,
    incumbent: float | None = 1.0,
    naive: float = 1.2,
    coverage: float | None = 0.8,
    rule: PromotionRule = RULE,
    **more: Any,
) -> Judgement:
    return judge(
        challenger=Candidate("new", loss, coverage, {"mae": 0.1}),
        incumbent=None if incumbent is None else Candidate("old", incumbent, 0.79),
        naive=Candidate("segment bands", naive, 0.9),
        rule=rule,
        rows="f" * 8,
        **more,
    )


@pytest.mark.parametrize(
    ("judgement", "verdict", "reason"),
    [
        (judged(0.9), PROMOTED, "loss 0.9 is 10.00% below that of the incumbent old, 1"),
        (judged(0.98), PROMOTED, "2.00% below that of the incumbent"),
        (judged(0.99), REFUSED, "1.00% below that of the incumbent old, 1, and must be more than 2.00% below"),
        (judged(1.0), REFUSED, "loss 1 is equal to that of the incumbent old"),
        (judged(1.5), REFUSED, "25.00% above that of the segment bands, 1.2"),
        (judged(0.97, naive=1.0), REFUSED, "3.00% below that of the segment bands, 1, and must be more than 10.00%"),
        (judged(1.0, incumbent=None), PROMOTED, "16.67% below that of the segment bands"),
        (judged(1.3, incumbent=None), REFUSED, "above that of the segment bands"),
        (judged(0.5, coverage=0.9), REFUSED, "coverage 90.00% is outside 72.0% to 88.0%"),
        (judged(0.5, coverage=0.72), PROMOTED, "coverage 72.00% is within"),
        (judged(0.5, coverage=None), REFUSED, "no coverage was measured"),
        (judged(float("nan")), REFUSED, "its loss nan is no number"),
        (judged(0.5, incumbent=float("inf")), PROMOTED, "the incumbent old has no loss to compare with"),
        (judged(0.0, incumbent=0.0, rule=PromotionRule()), REFUSED, "loss 0 is equal to"),
        (judged(-2.0, incumbent=-1.0, naive=-1.0), PROMOTED, "loss -2 is 100.00% below"),
        (judged(0.5, withdrawn=("new",)), REFUSED, "people took this version out of force"),
    ],
)  # fmt: skip
def test_the_verdict_and_its_reason(judgement: Judgement, verdict: ModelVerdict, reason: str) -> None:
    assert judgement.verdict is verdict
    assert reason in judgement.reason
    assert (judgement.challenger, judgement.rows) == ("new", "f" * 8)


def test_every_test_that_failed_is_named() -> None:
    reason = judged(2.0, coverage=0.1).reason
    assert [part.partition(" ")[0] for part in reason.split("; ")] == ["loss", "loss", "coverage"]


def test_the_incumbent_does_not_take_over_from_itself() -> None:
    same = Candidate("old", 1.0, 0.8)
    judgement = judge(
        challenger=same, incumbent=same, naive=Candidate("naive", 9.0), rule=PromotionRule(), rows="r"
    )
    assert (judgement.verdict, judgement.reason) == (REFUSED, "it is the incumbent old itself")


losses = st.floats(min_value=-10, max_value=10, allow_subnormal=False)
maybe = st.one_of(st.none(), losses)
shares = st.one_of(st.none(), st.floats(min_value=0, max_value=1))


@given(losses, maybe, losses, shares, st.sampled_from([(), ("new",)]))
def test_stored_evidence_gives_the_same_verdict(
    loss: float, incumbent: float | None, naive: float, coverage: float | None, out: tuple[str, ...]
) -> None:
    rule = PromotionRule(0.01, 0.1, (0.7, 0.9) if coverage is not None else None)
    judgement = judged(loss, incumbent, naive, coverage, rule, withdrawn=out)
    assert recompute(json.loads(json.dumps(judgement.evidence))) == judgement


@given(losses, losses, losses, st.floats(0, 0.5))
def test_a_challenger_that_takes_over_is_better_than_both(
    loss: float, incumbent: float, naive: float, margin: float
) -> None:
    judgement = judged(loss, incumbent, naive, rule=PromotionRule(margin, margin))
    if judgement.verdict is PROMOTED:
        assert loss < min(incumbent, naive)


def test_numbers_of_libraries_are_taken() -> None:
    judgement = judged(float(np.float64(0.5)), rule=PromotionRule())
    mixed = judge(
        challenger=Candidate("new", np.float64(0.5), 0.8, {"rows": np.int64(3), "mae": np.float32(0.5)}),
        incumbent=None,
        naive=Candidate("naive", 1.0),
        rule=PromotionRule(),
        rows="r",
    )
    assert mixed.evidence["candidates"]["challenger"]["metrics"] == {"rows": 3.0, "mae": 0.5}
    assert recompute(judgement.evidence) == judgement


def test_a_judge_that_did_not_know_is_corrected() -> None:
    model = ModelVersion("price", "content")
    judgement = judge(
        challenger=Candidate(model.version, 0.5, 0.8),
        incumbent=None,
        naive=Candidate("naive", 1.0),
        rule=PromotionRule(),
        rows="r",
    )
    trained = Trained(model, judgement)
    assert kept_back(trained, {"another"}) is trained
    corrected = kept_back(trained, {model.version}).judgement
    assert corrected.verdict is REFUSED
    assert recompute(corrected.evidence).verdict is REFUSED
