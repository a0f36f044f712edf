"""Small pictures for the UI: a figure over twelve months as an SVG that a markdown cell can show."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from urllib.parse import quote

Point = tuple[str, Decimal | None]

# the UI hides longer markdown behind a click
INLINE_LIMIT = 1000
_HEIGHT, _BAR, _STEP = 40, 12, 16
# a blue that stands out on white and on black
_INK = "#4a90d9"
_KEPT = "/:;,='()@ "
_WHOLE_FROM = 1000


def sparkline(points: Sequence[Point], title: str) -> str:
    """Draw a bar per month as SVG, from zero; a month without a figure is a gap, the last bar is the strongest."""
    bars = list(_bars([value for _, value in points]))
    before, last = "".join(bars[:-1]), "".join(bars[-1:])
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{_STEP * len(points)}' height='{_HEIGHT}' role='img'>"
        f"<title>{_plain(title)}</title>"
        f"<path fill='{_INK}' fill-opacity='.55' d='{before}'/><path fill='{_INK}' d='{last}'/></svg>"
    )


def trend(points: Sequence[Point], name: str) -> str:
    """Write the picture as markdown, with the last, the lowest and the highest figure as text below it."""
    told = [(month, value) for month, value in points if value is not None]
    if not told:
        return f"no {name} yet"
    last, lowest, highest = told[-1], min(told, key=_figure), max(told, key=_figure)
    span = f"{points[0][0]} to {points[-1][0]}"
    picture = quote(sparkline(points, f"{name}, {span}: {_told(last)}"), safe=_KEPT)
    return (
        f"![{name}, {span}: {_told(last)}](<data:image/svg+xml,{picture}>)\n\n"
        f"{_told(last)}; lowest {_told(lowest)}, highest {_told(highest)}; {len(told)} of {len(points)} months"
    )


def _figure(point: tuple[str, Decimal]) -> Decimal:
    return point[1]


def _told(point: tuple[str, Decimal]) -> str:
    month, value = point
    return f"{value.quantize(Decimal(1)) if abs(value) >= _WHOLE_FROM else value.normalize():,f} in {month}"


def _bars(values: Sequence[Decimal | None]) -> Iterator[str]:
    """Give the bars as parts of a path; the smallest figure is still a line that can be seen."""
    told = [Decimal(0), *(value for value in values if value is not None)]
    low, high = min(told), max(told)
    scale = (_HEIGHT - 2) / (high - low) if high > low else Decimal(0)
    zero = round(1 + high * scale)
    for at, value in enumerate(values):
        if value is not None:
            height = round(value * scale) or 1
            yield f"M{at * _STEP} {zero}h{_BAR}v{-height}h{-_BAR}z"


def _plain(text: str) -> str:
    return text.replace("&", "and").replace("<", "").replace(">", "")
