"""Whether a model should be trained again, with the reason why or why not."""

from collections.abc import Mapping, Sequence
from typing import Any

from work_data_hub.domain.pricing.config import DriftRules


def retrain(figures: Mapping[str, Any], drifted: Sequence[str], rules: DriftRules) -> tuple[bool, str]:
    """Ask for it where P10-P90 holds too few or too many actuals, or where inputs drifted and no actuals can tell.

    Inputs that drift while the bands still hold are named, and no more: features that add up the past drift while
    the past grows.
    """
    named = f"drift of {', '.join(drifted)}" if drifted else ""
    if figures["actuals"] < rules.min_lines:
        few = f"{figures['actuals']:,} actuals of {rules.min_lines:,} that a verdict on coverage needs"
        return bool(drifted), f"{named}; {few}" if named else few
    low, high = rules.coverage
    outside = not low <= figures["coverage"] <= high
    said = f"coverage {figures['coverage']:.3f} lies {'outside' if outside else 'within'} {low:g} to {high:g}"
    return outside, f"{said}; {named}" if named else said
