"""Sums over the days before a line and the day before it, as running sums that every engine can work out.

A key and a day stand together in one whole number, a stamped key: key * STRIDE + day. A line adds to its key's
running sum on its day and is taken out again when its day is no longer among the days before; what a row itself
adds is subtracted, so that only strictly earlier days count. All numbers are whole: sums do not depend on order.
"""

from dataclasses import dataclass
from typing import Final

import narwhals as nw

from work_data_hub.domain.kernel.frame_adapter import FrameAdapter

# more than the days from the first to the last that a stamped key can hold, and those after it that are taken out
STRIDE: Final = 2**17
YEAR: Final = 365
USED: Final = "used"
ASKED: Final = "asked"


@dataclass(frozen=True, slots=True)
class Window:
    """What is added up by one stamped key over some days, and what is told of its last earlier day.

    Measures are named after `name`: `<name>_lines`, `<name>_<sum>`, `<name>_last_lines`, `<name>_last_<column>`.
    """

    name: str
    key: str
    sums: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    days: int = YEAR
    # what the last day is told as, where it is
    last_day: str | None = None


def daily(lines: FrameAdapter, past: FrameAdapter | None, window: Window) -> FrameAdapter:
    """Give one row for each key and day that matters: those of lines that ask, and earlier ones of their keys."""
    columns = tuple(dict.fromkeys((USED, *window.sums, *window.last)))
    sums = {name: nw.col(name).sum() for name in columns}
    days = lines.groupby_agg([window.key], **sums).with_columns(asked=nw.lit(1, nw.Int64))
    if past is not None:
        earlier = past.groupby_agg([window.key], **sums).with_columns(asked=nw.lit(0, nw.Int64))
        sums[ASKED] = nw.col(ASKED).max()
        days = days.concat(earlier).groupby_agg([window.key], **sums)
    stamped = nw.col(window.key)
    return (
        days.with_columns(who=stamped - stamped % STRIDE)
        # a key's first day has none before it, and what comes after the last that asks is asked by nobody
        .with_columns(since=stamped.min().over("who"), until=(stamped * nw.col(ASKED)).max().over("who"))
        .filter(nw.col("since") < nw.col("until"), stamped <= nw.col("until"))
        .cached()
    )


def measured(days: FrameAdapter, window: Window) -> FrameAdapter:
    """Give the measures of each key and day, by the stamped key."""
    running = _running(days, window)
    if window.last or window.last_day:
        running = running.cached()
    told = running.filter(nw.col(ASKED) == 1)
    if window.last or window.last_day:
        told = _with_last(told, running, window)
    return told.select(
        window.key,
        _named(USED, f"{window.name}_lines", before=True),
        *(_named(name, f"{window.name}_{name}", before=True) for name in window.sums),
        *(f"{window.name}_last_{name}" for name in _last_columns(window)),
    )


def _named(column: str, name: str, *, before: bool = False) -> nw.Expr:
    value = nw.col(f"{column}_run") - nw.col(column) if before else nw.col(column)
    return value.alias(name)


def _last_columns(window: Window) -> tuple[str, ...]:
    day = (window.last_day,) if window.last_day else ()
    return (*window.last, *day)


def _running(days: FrameAdapter, window: Window) -> FrameAdapter:
    """Give the rows of days with the sums up to each: of the lines still in its window, and of days ever used."""
    stamped, sums = nw.col(window.key), (USED, *window.sums)
    kept = [name for name in window.last if name not in sums]
    added = days.select(
        "who",
        window.key,
        ASKED,
        *sums,
        *kept,
        (nw.col(USED) > 0).cast(nw.Int64).alias("seen"),
        (stamped * 2 + 1).alias("at"),
    )
    # a day leaves before the sums of the day on which it no longer counts are read
    leaving = days.filter(nw.col(USED) > 0, stamped + (window.days + 1) <= nw.col("until")).select(
        "who",
        window.key,
        (nw.col(ASKED) * 0).alias(ASKED),
        *((0 - nw.col(name)).alias(name) for name in sums),
        *((nw.col(name) * 0).alias(name) for name in kept),
        (nw.col(USED) * 0).alias("seen"),
        ((stamped + (window.days + 1)) * 2).alias("at"),
    )
    rows = added.concat(leaving)
    run = nw.col(*sums, "seen").cum_sum().over("who", order_by="at").name.suffix("_run")
    return rows.select("who", window.key, ASKED, *sums, *kept, "seen", "at", run).filter(
        nw.col("at") % 2 == 1
    )


def _with_last(told: FrameAdapter, running: FrameAdapter, window: Window) -> FrameAdapter:
    """Add what is told of the last earlier day that was used; nothing where there is none."""
    named = {f"{window.name}_last_{name}": nw.col(name) for name in window.last}
    day = {f"{window.name}_last_{window.last_day}": nw.col(window.key) % STRIDE} if window.last_day else {}
    # a key has fewer days than STRIDE, so that key and number fit one whole number
    used = running.filter(nw.col("seen") == 1).select(
        (nw.col("who") + nw.col("seen_run")).alias("last"),
        *(value.alias(name) for name, value in (named | day).items()),
    )
    number = nw.col("seen_run") - nw.col("seen")
    return told.with_columns(last=nw.col("who") + number).join(used, on=["last"])
