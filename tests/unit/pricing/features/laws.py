"""What features must never do, as laws over lines; each fails with an AssertionError."""

from collections.abc import Sequence
from datetime import date

import pandas as pd
from tests.unit.pricing.features.order_rows import Row, config, frame, numbered

from work_data_hub.domain.pricing.contracts.feature import FEATURES
from work_data_hub.domain.pricing.features.build import order_features

KEY = ["line_kind", "order_id", "order_line_id"]


def told(lines: Sequence[Row], past: Sequence[Row] = ()) -> pd.DataFrame:
    """Give the features by line, in the order of the lines' names."""
    rows = order_features(frame(lines), frame(past) if past else None, config())
    return rows.set_index(KEY).sort_index()[list(FEATURES)]


def same_without_later(rows: Sequence[Row], day: date) -> None:
    """Features of lines up to a day are the same when later lines are removed."""
    _same(rows, [line for line in numbered(rows) if line["order_date"] <= day], day)


def same_with_others_later(rows: Sequence[Row], later: Sequence[Row], day: date) -> None:
    """Features of lines up to a day are the same when all later lines are others."""
    names = [{**line, "order_line_id": f"other {at}"} for at, line in enumerate(numbered(later))]
    until = [line for line in numbered(rows) if line["order_date"] <= day]
    _same(rows, [*until, *(line for line in names if line["order_date"] > day)], day)


def same_with_other_outcome(rows: Sequence[Row], at: int, changes: Row) -> None:
    """Features of a line, and of all lines up to its day, do not depend on what it was sold for."""
    lines = numbered(rows)
    other = [{**line, **changes} if place == at else line for place, line in enumerate(lines)]
    _same(lines, other, lines[at]["order_date"])


def _same(rows: Sequence[Row], others: Sequence[Row], day: date) -> None:
    until = [line for line in numbered(rows) if line["order_date"] <= day]
    expected = told(rows)
    expected = expected[expected.index.isin([tuple(line[name] for name in KEY) for line in until])]
    pd.testing.assert_frame_equal(told(others).loc[expected.index], expected, check_exact=True)
