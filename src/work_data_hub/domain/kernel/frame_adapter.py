"""Frames that one piece of code can work on whether the engine is pandas or Spark; narwhals is the language.

Both engines obey the same laws. Rows have no order: what depends on one says so by `.over(*keys, order_by=[…])`,
and a bare shift or running sum is refused. A null key forms a group of its own and meets no row in a join.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal, Protocol, Self

import narwhals as nw
import pandas as pd

from work_data_hub.domain.kernel.errors import PermanentError

How = Literal["left", "inner", "anti"]


class FrameAdapter(Protocol):
    """What an engine's frame can do; each call gives a new frame."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, in order."""

    def select(self, *exprs: str | nw.Expr) -> Self:
        """Give these columns alone."""

    def with_columns(self, **exprs: nw.Expr) -> Self:
        """Add columns, or put them in the place of those of the same name."""

    def filter(self, *predicates: nw.Expr) -> Self:
        """Keep the rows for which every predicate is true."""

    def groupby_agg(self, keys: Sequence[str], **aggs: nw.Expr) -> Self:
        """Give one row for each combination of the keys."""

    def join(self, other: Self, on: Sequence[str], how: How = "left") -> Self:
        """Put the columns of another frame beside those of this one."""

    def concat(self, other: Self) -> Self:
        """Give the rows of both frames, which have the same columns of the same types."""

    def cached(self) -> Self:
        """Give the same rows, worked out once at most; for frames that are read more than once."""

    def to_pandas(self) -> pd.DataFrame:
        """Give the rows as pandas, in no promised order."""


FrameEngine = Callable[[pd.DataFrame], FrameAdapter]


class NarwhalsFrame:
    """The operations over any frame that narwhals takes as a lazy one; an engine adds its way in and out."""

    def __init__(self, frame: "nw.LazyFrame[Any]") -> None:
        """Take a frame of narwhals."""
        self._frame = frame

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(self._frame.collect_schema().names())

    def select(self, *exprs: str | nw.Expr) -> Self:
        """Give these columns alone."""
        return self._of(self._frame.select(*exprs))

    def with_columns(self, **exprs: nw.Expr) -> Self:
        """Add columns, or put them in the place of those of the same name."""
        return self._of(self._frame.with_columns(**exprs))

    def filter(self, *predicates: nw.Expr) -> Self:
        """Keep the rows for which every predicate is true."""
        return self._of(self._frame.filter(*predicates))

    def groupby_agg(self, keys: Sequence[str], **aggs: nw.Expr) -> Self:
        """Give one row for each combination of the keys; nulls are a key of their own."""
        return self._of(self._frame.group_by(*keys).agg(**aggs))

    def join(self, other: Self, on: Sequence[str], how: How = "left") -> Self:
        """Put the columns of another frame beside those of this one; a null key meets no row."""
        shared = sorted({*self.columns} & {*other.columns} - {*on}) if how != "anti" else []
        if shared:
            raise PermanentError(
                f"a join would give {', '.join(shared)} twice",
                expected="no column in both frames but the keys",
                fix="select or rename the columns of one frame before the join",
            )
        return self._of(self._frame.join(other._frame, on=list(on), how=how))

    def concat(self, other: Self) -> Self:
        """Give the rows of both frames, which have the same columns of the same types."""
        mine, theirs = self._frame.collect_schema(), other._frame.collect_schema()
        names = {*mine, *theirs}
        wrong = sorted(
            f"{name} ({mine.get(name)}, {theirs.get(name)})"
            for name in names
            if mine.get(name) != theirs.get(name)
        )
        if wrong:
            raise PermanentError(
                f"two frames differ in {', '.join(wrong)}",
                expected="the same columns of the same types",
                fix="cast the columns, or add those that one frame lacks",
            )
        return self._of(nw.concat([self._frame, other._frame.select(*mine)], how="vertical"))

    def cached(self) -> Self:
        """Give the same rows, worked out once at most."""
        return self

    def _of(self, frame: "nw.LazyFrame[Any]") -> Self:
        return type(self)(frame)


class PandasFrameAdapter(NarwhalsFrame):
    """A frame of pandas, Arrow-backed or not; every call is worked out at once."""

    @classmethod
    def from_pandas(cls, frame: pd.DataFrame) -> Self:
        """Take a frame; its index counts for nothing."""
        # the lazy face refuses whatever Spark could not do
        return cls(nw.from_native(_unlabelled(frame)).lazy())

    def concat(self, other: Self) -> Self:
        """Give the rows of both frames under a fresh index."""
        return self.from_pandas(super().concat(other).to_pandas())

    def to_pandas(self) -> pd.DataFrame:
        """Give the rows under a fresh index."""
        return _unlabelled(nw.to_native(self._frame))


def _unlabelled(frame: pd.DataFrame) -> pd.DataFrame:
    """Number the rows from 0, and leave the values where they are."""
    return frame.set_axis(pd.RangeIndex(len(frame)), axis=0)
