"""Rows to learn from: usable order lines in an order of their own, with their target, deal and day."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pricing.contracts.feature import CATEGORICAL, FEATURES, TARGET
from work_data_hub.domain.pricing.policy.rows import codes, millionths
from work_data_hub.domain.pricing.ports import Codes, Flags, Floats
from work_data_hub.domain.pricing.training.errors import LeakageError

KEYS: Final = ("order_id", "order_line_id")
NEEDED: Final = ("line_kind", *KEYS, "order_date", "usable", TARGET)
MILLION: Final = 1e6
_EPOCH: Final = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class TrainingRows:
    """Usable lines by day and key; deals are numbered, days are counted from 1970."""

    frame: pd.DataFrame
    target: Floats
    deals: Codes
    days: Codes

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Self:
        """Keep usable order lines; how the rows were ordered before changes nothing."""
        _have(frame, NEEDED)
        usable = pc.and_(_truth(frame, "usable"), pc.equal(arrow(frame, "line_kind"), "order"))
        usable = pc.and_(usable, pc.is_valid(arrow(frame, TARGET)))
        kept = frame[np.asarray(usable.to_numpy(zero_copy_only=False), np.bool_)]
        names = ("order_date", *KEYS)
        table = pa.table({name: arrow(kept, name) for name in names})
        order = pc.sort_indices(table, sort_keys=[(name, "ascending") for name in names])
        kept = kept.iloc[np.asarray(order)].reset_index(drop=True)
        days = pc.cast(pc.cast(arrow(kept, "order_date"), pa.date32()), pa.int32())
        return cls(
            kept,
            millionths(kept, TARGET) / MILLION,
            codes(arrow(kept, "order_id"))[0],
            np.asarray(days, np.int64),
        )

    def __len__(self) -> int:
        """Count the lines."""
        return len(self.target)

    def take(self, chosen: Flags) -> "TrainingRows":
        """Give some of the rows, in the same order."""
        frame = self.frame[chosen].reset_index(drop=True)
        return TrainingRows(frame, self.target[chosen], self.deals[chosen], self.days[chosen])

    def since(self, month: Period) -> "TrainingRows":
        """Give the rows of a month and later ones."""
        return self.take(self.days >= (month.start - _EPOCH).days)

    def months_until(self, lines: int) -> Period:
        """Give the month in which so many lines had come together."""
        return Period.of(day_of(int(np.sort(self.days)[lines - 1])))

    @property
    def fingerprint(self) -> str:
        """Hash keys, days and targets, so that it can be told whether rows are the same."""
        digest = hashlib.sha256()
        for name in KEYS:
            digest.update("\x00".join(arrow(self.frame, name).to_pylist()).encode() + b"\x01")
        digest.update(self.days.tobytes() + np.round(self.target * MILLION).astype(np.int64).tobytes())
        return digest.hexdigest()


def day_of(number: int) -> date:
    """Give the day of a count of days."""
    return _EPOCH + timedelta(days=number)


def day_number(day: date) -> int:
    """Count the days until a day."""
    return (day - _EPOCH).days


def checked_features(features: Sequence[str]) -> tuple[str, ...]:
    """Refuse whatever is not declared as known when a line is entered: prices paid, ids, the target."""
    leaks = [name for name in features if name not in FEATURES]
    if leaks or not features:
        raise LeakageError(
            f"a model may not see {', '.join(leaks) or 'nothing'}",
            expected=f"features of the contract: {', '.join(FEATURES)}",
            fix="take it out of the features; what is new needs a column with an availability rule",
        )
    return tuple(features)


def feature_frame(frame: pd.DataFrame, features: Sequence[str]) -> pd.DataFrame:
    """Give the features alone, in their order: nothing else reaches a learner."""
    _have(frame, features)
    return frame[list(features)]


def texts_among(features: Sequence[str]) -> tuple[str, ...]:
    """Name the features that are texts."""
    return tuple(name for name in features if name in CATEGORICAL)


def _truth(frame: pd.DataFrame, name: str) -> pa.Array:
    return pc.fill_null(arrow(frame, name), False)


def _have(frame: pd.DataFrame, names: Sequence[str]) -> None:
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise PermanentError(
            f"the rows have no {', '.join(missing)}",
            expected="rows of order_features",
            fix="hand in all columns that training reads",
        )
