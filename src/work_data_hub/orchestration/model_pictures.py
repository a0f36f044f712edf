"""Small pictures of a model for the UI: is it calibrated, and what does it look at."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import quote

_SIDE: Final = 90
_INK, _GUIDE = "#4a90d9", "#999"
_KEPT: Final = "/:;,='()@ "
_BAR, _STEP, _WIDEST = 8, 12, 120
_SHOWN: Final = 8


def calibration(points: Sequence[tuple[float, float]]) -> str:
    """Draw the share of actual values below each quantile against the quantile; on the line is calibrated."""
    if not points:
        return "not judged yet"
    dots = "".join(
        f"<circle cx='{_x(nominal)}' cy='{_y(observed)}' r='4' fill='{_INK}'/>"
        for nominal, observed in points
    )
    guide = f"<path d='M0 {_SIDE}L{_SIDE} 0' stroke='{_GUIDE}'/>"
    told = ", ".join(f"P{nominal * 100:.0f}: {observed:.1%}" for nominal, observed in points)
    return _picture("calibration", _SIDE, _SIDE, guide + dots) + f"\n\nactual values below {told}"


def importances(gains: Mapping[str, float]) -> str:
    """Draw each feature's share of the gain, the largest first."""
    first = sorted(gains.items(), key=lambda item: (-item[1], item[0]))[:_SHOWN]
    if not first or first[0][1] <= 0:
        return "no feature was used"
    bars = "".join(_bars([gain for _, gain in first]))
    told = ", ".join(f"{name} {gain:.0%}" for name, gain in first)
    return _picture("importances", _WIDEST, _STEP * len(first), bars) + f"\n\n{told}"


def _x(share: float) -> int:
    return round(share * _SIDE)


def _y(share: float) -> int:
    return round((1 - share) * _SIDE)


def _bars(gains: Sequence[float]) -> Iterator[str]:
    for at, gain in enumerate(gains):
        width = max(1, round(gain / gains[0] * _WIDEST))
        yield f"<rect y='{at * _STEP}' width='{width}' height='{_BAR}' fill='{_INK}'/>"


def _picture(title: str, width: int, height: int, content: str) -> str:
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' role='img'>{content}</svg>"
    return f"![{title}](<data:image/svg+xml,{quote(svg, safe=_KEPT)}>)"
