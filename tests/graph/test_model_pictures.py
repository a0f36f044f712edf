"""Pictures of a model: short enough for the UI to show them inline, and telling the figures as text."""

from urllib.parse import unquote

from work_data_hub.orchestration.model_pictures import calibration, importances
from work_data_hub.orchestration.pictures import INLINE_LIMIT


def test_a_calibrated_quantile_lies_on_the_line() -> None:
    drawn = unquote(calibration([(0.1, 0.1), (0.5, 0.6), (0.9, 0.9)]))
    assert "cx='9' cy='81'" in drawn
    assert "cx='45' cy='36'" in drawn
    assert "P50: 60.0%" in drawn


def test_features_are_drawn_largest_first_and_at_most_eight() -> None:
    drawn = unquote(importances({f"f{n}": n / 45 for n in range(10)}))
    assert drawn.count("<rect") == 8
    assert drawn.index("f9 20%") < drawn.index("f8 18%")
    assert "width='120'" in drawn
    assert "f1 " not in drawn


def test_nothing_judged_and_nothing_used_are_said() -> None:
    assert calibration([]) == "not judged yet"
    assert importances({}) == importances({"a": 0.0}) == "no feature was used"


def test_pictures_are_shown_without_a_click() -> None:
    assert len(calibration([(0.1, 0.1), (0.5, 0.5), (0.9, 0.9)])) < INLINE_LIMIT
    assert len(importances({f"quite_a_long_feature_{n}": 0.1 for n in range(10)})) < INLINE_LIMIT
