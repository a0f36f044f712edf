"""One measured figure against its bar, and the way pairs are measured: alternating, in one run, by medians."""

import json
import resource
import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value; `bar` says in words what it must keep, `holds` whether it does."""

    name: str
    value: float
    bar: str
    holds: bool
    detail: dict[str, object] = field(default_factory=dict)
    ratio: bool = True

    def as_json(self) -> str:
        """Write the figure as one line."""
        return json.dumps(asdict(self), ensure_ascii=False, default=str)


def at_most(name: str, value: float, bar: float, *, unit: str = "×", **detail: object) -> Figure:
    """Give a figure that must not exceed its bar."""
    return Figure(name, round(value, 4), f"≤ {bar} {unit}", value <= bar, detail, ratio=unit == "×")


def at_least(name: str, value: float, bar: float, *, unit: str = "×", **detail: object) -> Figure:
    """Give a figure that must reach its bar; a smaller one is worse."""
    return Figure(name, round(value, 4), f"≥ {bar} {unit}", value >= bar, detail, ratio=False)


def cpu_seconds() -> float:
    """Give the CPU time that this process and its ended children used, in seconds."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def timed(work: Callable[[], object], clock: Callable[[], float]) -> float:
    """Give what one call costs by a clock."""
    started = clock()
    work()
    return clock() - started


def paired(
    work: Callable[[], object], floor: Callable[[], object], pairs: int, clock: Callable[[], float]
) -> tuple[float, list[float], list[float]]:
    """Run the two in turn and give the median of the pairwise ratios, and both series."""
    ours, theirs = [], []
    for _ in range(pairs):
        theirs.append(timed(floor, clock))
        ours.append(timed(work, clock))
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    return statistics.median(ratios), ours, theirs
