"""When a challenger takes over: the one promotion rule of all domains, with its reason in words."""

import json
import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from work_data_hub.domain.kernel.models import Judgement, ModelVerdict, Trained


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model or a plain rule, as it did on the judged rows; a smaller loss is better."""

    name: str
    loss: float
    coverage: float | None = None
    metrics: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PromotionRule:
    """By what share of its rival's loss a challenger must be better, and which coverage it must hold, both ends in."""

    margin: float = 0.0
    naive_margin: float = 0.0
    coverage: tuple[float, float] | None = None


def judge(
    *,
    challenger: Candidate,
    incumbent: Candidate | None,
    naive: Candidate,
    rule: PromotionRule,
    rows: str,
    withdrawn: Collection[str] = (),
) -> Judgement:
    """Judge a challenger; `rows` is the fingerprint of the rows, `withdrawn` what people took out of force."""
    evidence: dict[str, Any] = {
        "candidates": {
            "challenger": asdict(challenger),
            "incumbent": asdict(incumbent) if incumbent else None,
            "naive": asdict(naive),
        },
        "rule": asdict(rule),
        "rows": rows,
        "withdrawn": challenger.name in withdrawn,
    }
    return recompute(_plain(evidence))


def recompute(evidence: Mapping[str, Any]) -> Judgement:
    """Give the verdict that follows from stored evidence."""
    candidates = evidence["candidates"]
    challenger = Candidate(**candidates["challenger"])
    incumbent = Candidate(**candidates["incumbent"]) if candidates["incumbent"] else None
    bounds = evidence["rule"]["coverage"]
    rule = PromotionRule(**{**evidence["rule"], "coverage": tuple(bounds) if bounds else None})
    found = list(_tests(challenger, incumbent, Candidate(**candidates["naive"]), rule))
    if evidence["withdrawn"]:
        found.append((False, _WITHDRAWN))
    failed = [words for passed, words in found if not passed]
    return Judgement(
        verdict=ModelVerdict.REFUSED if failed else ModelVerdict.PROMOTED,
        reason="; ".join(failed or [words for _, words in found]),
        challenger=challenger.name,
        incumbent=incumbent.name if incumbent else None,
        evidence=evidence,
        rows=evidence["rows"],
    )


def kept_back(trained: Trained, withdrawn: Collection[str]) -> Trained:
    """Refuse a version that people took out of force, where its judge did not know."""
    judgement = trained.judgement
    if trained.model.version not in withdrawn or judgement.verdict is ModelVerdict.REFUSED:
        return trained
    evidence = {**judgement.evidence, "withdrawn": True}
    refused = replace(judgement, verdict=ModelVerdict.REFUSED, reason=_WITHDRAWN, evidence=evidence)
    return replace(trained, judgement=refused)


_WITHDRAWN = "people took this version out of force, and it is not promoted by itself again"


def _tests(
    challenger: Candidate, incumbent: Candidate | None, naive: Candidate, rule: PromotionRule
) -> Iterator[tuple[bool, str]]:
    """Give every test with its result and what it found."""
    if not math.isfinite(challenger.loss):
        yield False, f"its loss {challenger.loss} is no number that can be compared"
        return
    if incumbent is not None:
        yield _better(challenger, incumbent, rule.margin, f"incumbent {incumbent.name}")
    yield _better(challenger, naive, rule.naive_margin, naive.name)
    if rule.coverage is not None:
        yield _covers(challenger.coverage, *rule.coverage)


def _better(challenger: Candidate, rival: Candidate, margin: float, name: str) -> tuple[bool, str]:
    if challenger.name == rival.name:
        return False, f"it is the {name} itself"
    if not math.isfinite(rival.loss):
        return True, f"the {name} has no loss to compare with"
    gain = rival.loss - challenger.loss
    # equal is not better, with a margin of 0 as well
    passed = gain > 0 and gain >= margin * abs(rival.loss)
    share = f"{abs(gain / rival.loss):.2%} " if rival.loss else ""
    side = "above" if gain < 0 else "below"
    said = "equal to" if gain == 0 else f"{share}{side}"
    losses = f"loss {challenger.loss:.6g} is {said} that of the {name}, {rival.loss:.6g}"
    return passed, losses if passed else f"{losses}, and must be more than {margin:.2%} below"


def _covers(coverage: float | None, low: float, high: float) -> tuple[bool, str]:
    bounds = f"{low:.1%} to {high:.1%}"
    if coverage is None:
        return False, f"no coverage was measured, and {bounds} is asked for"
    passed = low <= coverage <= high
    return passed, f"coverage {coverage:.2%} is {'within' if passed else 'outside'} {bounds}"


def _plain(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """Give evidence as it comes back from a ledger: lists for tuples, numbers of libraries as plain ones."""
    plain: dict[str, Any] = json.loads(json.dumps(evidence, default=float))
    return plain
