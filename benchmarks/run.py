"""Runs figures by name and compares them with their bars, and on request with the committed baseline."""

import argparse
import importlib
import json
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from benchmarks.figure import Figure

# figure → module that measures it
FIGURES = {
    "load": "load",
    "upsert": "load",
    "workbook": "workbook",
    "workbook_peer": "workbook",
    "month": "month",
    "month_both": "month",
    "second_table": "second_table",
    "pipeline": "pipeline",
    "units": "units",
    "sensor": "sensor",
    "retail_backfill": "retail",
    "retail_month": "retail",
    "retail_growth": "retail",
    "lake_append": "lake",
    "lake_read": "lake",
    "hostile_memory": "hostile",
    "startup_help": "startup",
    "startup_graph": "startup",
    "pricing_features": "pricing_features",
    "pricing_stages": "pricing_stages",
    "pricing_spark": "pricing_spark",
    "bands_coverage": "pricing_bands",
    "bands_regret": "pricing_bands",
    "bands_crossings": "pricing_bands",
    "pricing_or": "pricing_real",
    "pricing_aw": "pricing_real",
}
# short enough for every test run
SHORT = ("pipeline", "startup", "workbook", "month", "pricing_features")
BASELINE = Path(__file__).with_name("baseline.json")
WORSE = 1.2


def main() -> int:
    """Print one line per figure; exit 1 when one does not hold."""
    options = _options()
    modules = _modules(options.names, quick=options.quick)
    figures = [
        figure for module in modules for figure in _measure(module, options.names, quick=options.quick)
    ]
    for figure in figures:
        # a bar is meant for the full size, where fixed costs are small
        shown = (
            replace(figure, bar=f"{figure.bar} at full size; not judged here") if options.quick else figure
        )
        print(shown.as_json(), flush=True)
    if options.baseline and not options.json:
        for warning in _worse(figures, _mode(quick=options.quick)):
            print(f"warning: {warning}", file=sys.stderr)
    if options.write_baseline:
        _write(figures, _mode(quick=options.quick))
    return 0 if options.quick or all(figure.holds for figure in figures) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(FIGURES))
    parser.add_argument("--json", action="store_true", help="nothing but JSON lines (no warnings)")
    parser.add_argument("--quick", action="store_true", help="small inputs; figures are shown, not judged")
    parser.add_argument(
        "--baseline", action="store_true", help="warn about ratios 20 %% worse than the baseline"
    )
    parser.add_argument("--write-baseline", action="store_true", help="write benchmarks/baseline.json")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in FIGURES and name not in FIGURES.values()]
    if unknown:
        parser.error(f"no figure {', '.join(unknown)}; there are {', '.join(FIGURES)}")
    return options


def _modules(names: list[str], *, quick: bool) -> list[str]:
    if names:
        return list(dict.fromkeys(FIGURES.get(name, name) for name in names))
    return list(SHORT) if quick else list(dict.fromkeys(FIGURES.values()))


def _measure(module: str, names: list[str], *, quick: bool) -> Iterable[Figure]:
    figures: list[Figure] = importlib.import_module(f"benchmarks.{module}").measure(quick=quick)
    return [f for f in figures if not names or f.name in names or module in names]


def _mode(*, quick: bool) -> str:
    return "quick" if quick else "full"


def _known() -> dict[str, dict[str, float]]:
    known: dict[str, dict[str, float]] = (
        json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.exists() else {}
    )
    return known


def _write(figures: Iterable[Figure], mode: str) -> None:
    known = _known()
    known[mode] = known.get(mode, {}) | {figure.name: figure.value for figure in figures}
    BASELINE.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _worse(figures: Iterable[Figure], mode: str) -> Iterable[str]:
    baseline = _known().get(mode, {})
    for figure in figures:
        known = baseline.get(figure.name)
        if figure.ratio and known and figure.value > known * WORSE:
            yield f"{figure.name} is {figure.value:.2f}, the baseline {known:.2f}: more than 20 % worse"


if __name__ == "__main__":
    sys.exit(main())
