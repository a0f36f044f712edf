"""What every engine's frames have to do, by hand-worked answers; each engine's tests run all of it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import narwhals as nw
import pandas as pd
import pyarrow as pa
import pytest

from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.kernel.frame_adapter import FrameAdapter, FrameEngine

LINES = pa.schema(
    [("who", pa.string()), ("day", pa.int64()), ("pieces", pa.int64()), ("price", pa.decimal128(18, 4))]
)
TYPES = pa.schema(
    [
        ("text", pa.string()),
        ("whole", pa.int64()),
        ("small", pa.int32()),
        ("share", pa.float64()),
        ("money", pa.decimal128(18, 4)),
        ("total", pa.decimal128(38, 4)),
        ("day", pa.date32()),
        ("flag", pa.bool_()),
        ("moment", pa.timestamp("us", "UTC")),
        ("wall", pa.timestamp("us")),
    ]
)
ODD: Sequence[Mapping[str, Any]] = (
    {
        "text": "中国 \t'\"\\\n🀄",
        "whole": 2**62 + 1,
        "small": -(2**31),
        "share": 1e-300,
        "money": Decimal("99999999999999.9999"),
        "total": Decimal("-0.0001"),
        "day": date(1582, 10, 15),
        "flag": True,
        "moment": datetime(2024, 3, 31, 1, 30, 0, 123_456, UTC),
        "wall": datetime(2024, 3, 31, 2, 30, 0, 123_456),  # noqa: DTZ001
    },
    {"text": "", "whole": 0, "share": -0.5, "day": date(9999, 12, 31), "flag": False},
    {},
)
# the third key is none; a, b and none have two, one and two lines
SMALL: Sequence[tuple[Any, ...]] = (
    ("a", 1, 10, "1.5"),
    ("b", 2, None, None),
    (None, 3, 30, "2.25"),
    ("a", 4, 40, "0.0001"),
    (None, 5, 50, None),
)


def arrow(schema: pa.Schema, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Give rows as Arrow-backed pandas."""
    frame: pd.DataFrame = pa.Table.from_pylist(list(rows), schema).to_pandas(types_mapper=pd.ArrowDtype)
    return frame


def lines(rows: Sequence[tuple[Any, ...]] = SMALL) -> pd.DataFrame:
    """Give lines: who, day, pieces and price."""
    named = [dict(zip(LINES.names, row, strict=True)) for row in rows]
    return arrow(LINES, [{**row, "price": row["price"] and Decimal(row["price"])} for row in named])


def values(frame: FrameAdapter | pd.DataFrame) -> list[tuple[Any, ...]]:
    """Give the rows as plain values, in an order of their own."""
    found = frame if isinstance(frame, pd.DataFrame) else frame.to_pandas()
    rows = pa.Table.from_pandas(found, preserve_index=False).to_pylist()
    return sorted((tuple(row.values()) for row in rows), key=str)


class FrameLaws:
    """The laws; the fixture `engine` makes the frames."""

    @pytest.fixture
    def small(self, engine: FrameEngine) -> FrameAdapter:
        """The five lines."""
        return engine(lines())

    def test_every_type_comes_back_as_it_went_in(self, engine: FrameEngine) -> None:
        frame = arrow(TYPES, ODD)
        back = engine(frame).to_pandas()
        pd.testing.assert_frame_equal(back.sort_values("text", ignore_index=True), frame.sort_values("text", ignore_index=True))  # fmt: skip

    def test_a_frame_without_rows_keeps_its_columns_and_types(self, engine: FrameEngine) -> None:
        back = engine(arrow(TYPES, ())).filter(nw.col("whole") > 0).to_pandas()
        pd.testing.assert_frame_equal(back, arrow(TYPES, ()))

    def test_an_index_counts_for_nothing(self, engine: FrameEngine) -> None:
        turned = lines().iloc[::-1].set_axis([7, 7, 7, 7, 7])
        back = engine(turned).with_columns(twice=nw.col("day") * 2).to_pandas()
        assert list(back.index) == list(range(5))
        assert values(back[["day", "twice"]]) == [(day, 2 * day) for day in range(1, 6)]

    def test_columns_are_chosen_made_and_put_in_the_place_of_others(self, small: FrameAdapter) -> None:
        assert small.columns == ("who", "day", "pieces", "price")
        made = small.with_columns(day=nw.col("day") * 10, seen=nw.col("pieces").is_null())
        assert made.columns == ("who", "day", "pieces", "price", "seen")
        chosen = made.select("seen", "day", (nw.col("pieces") + 1).alias("more"))
        assert values(chosen) == [(False, 10, 11), (False, 30, 31), (False, 40, 41), (False, 50, 51), (True, 20, None)]  # fmt: skip

    def test_rows_are_kept_where_all_is_true_and_not_where_anything_is_unknown(
        self, small: FrameAdapter
    ) -> None:
        assert values(small.filter(nw.col("pieces") > 10, nw.col("who") == "a").select("day")) == [(4,)]
        assert values(small.filter(nw.col("pieces") != 10).select("day")) == [(3,), (4,), (5,)]

    def test_groups_know_nulls_as_a_key_and_pass_over_them_as_values(self, small: FrameAdapter) -> None:
        pieces = nw.col("pieces")
        made = small.groupby_agg(
            ["who"],
            n=nw.len(),
            known=pieces.count(),
            total=pieces.sum(),
            mean=pieces.mean(),
            last=pieces.max(),
        )
        assert values(made) == [
            ("a", 2, 2, 50, 25.0, 40),
            ("b", 1, 0, 0, None, None),
            (None, 2, 2, 80, 40.0, 50),
        ]

    def test_sums_of_decimals_are_exact(self, small: FrameAdapter) -> None:
        made = small.groupby_agg(["who"], total=nw.col("price").sum(), most=nw.col("price").max())
        assert {who: total for who, total, _ in values(made) if who != "b"} == {
            "a": Decimal("1.5001"),
            None: Decimal("2.2500"),
        }

    def test_two_keys_make_a_group_for_each_combination(self, engine: FrameEngine) -> None:
        rows = [("a", 1, 1, None), ("a", None, 2, None), (None, 1, 4, None), (None, None, 8, None)] * 2
        made = engine(lines(rows)).groupby_agg(["who", "day"], total=nw.col("pieces").sum())
        assert values(made) == [("a", 1, 2), ("a", None, 4), (None, 1, 8), (None, None, 16)]

    @pytest.mark.parametrize(
        ("how", "expected"),
        [
            ("left", [(1, "x"), (2, None), (3, None), (4, "x"), (5, None)]),
            ("inner", [(1, "x"), (4, "x")]),
            ("anti", [(2,), (3,), (5,)]),
        ],
    )
    def test_a_null_key_meets_no_row(self, how: Any, expected: object, engine: FrameEngine) -> None:
        other = arrow(pa.schema([("who", pa.string()), ("name", pa.string())]), [{"who": "a", "name": "x"}, {"name": "y"}])  # fmt: skip
        joined = engine(lines()).select("who", "day").join(engine(other), ["who"], how)
        names = [name for name in joined.columns if name != "who"]
        assert values(joined.select(*names)) == expected

    def test_a_null_in_one_of_two_keys_meets_no_row(self, engine: FrameEngine) -> None:
        mine = engine(lines([("a", None, 1, None), (None, 1, 2, None), ("a", 1, 3, None)])).select(
            "who", "day", "pieces"
        )
        other = mine.select("who", "day", nw.col("pieces").alias("theirs"))
        assert values(mine.join(other, ["who", "day"], "inner")) == [("a", 1, 3, 3)]

    def test_each_row_meets_all_rows_of_its_key_of_a_frame_made_from_itself(
        self, small: FrameAdapter
    ) -> None:
        totals = small.groupby_agg(["who"], total=nw.col("pieces").sum())
        joined = small.join(totals, ["who"]).select("day", "total")
        assert values(joined) == [(1, 50), (2, 0), (3, None), (4, 50), (5, None)]
        pairs = small.join(small.select("who", nw.col("day").alias("other")), ["who"], "inner")
        assert values(pairs.select("day", "other")) == [(1, 1), (1, 4), (2, 2), (4, 1), (4, 4)]

    def test_a_column_that_a_join_would_give_twice_is_refused(self, small: FrameAdapter) -> None:
        with pytest.raises(PermanentError, match="day, pieces, price twice"):
            small.join(small, ["who"])
        assert values(small.join(small, ["who"], "anti").select("day")) == [(3,), (5,)]

    def test_rows_of_two_frames_are_put_together_by_the_names_of_their_columns(
        self, small: FrameAdapter
    ) -> None:
        other = small.filter(nw.col("who") == "a").select("price", "who", "pieces", "day")
        both = small.concat(other).with_columns(n=nw.len().over("who"))
        assert both.columns == ("who", "day", "pieces", "price", "n")
        assert values(both.select("day", "n")) == [(1, 4), (1, 4), (2, 1), (3, 2), (4, 4), (4, 4), (5, 2)]

    def test_frames_of_other_columns_or_types_are_not_put_together(self, small: FrameAdapter) -> None:
        with pytest.raises(PermanentError, match=r"day \(Int64, None\)"):
            small.concat(small.select("who", "pieces", "price"))
        with pytest.raises(PermanentError, match=r"day \(Int64, Float64\)"):
            small.concat(small.with_columns(day=nw.col("day").cast(nw.Float64)))

    def test_windows_run_in_the_order_they_name(self, engine: FrameEngine) -> None:
        turned = engine(lines().iloc[::-1])
        pieces = nw.col("pieces")
        made = turned.with_columns(
            so_far=pieces.cum_sum().over("who", order_by=["day"]),
            before=pieces.shift(1).over("who", order_by=["day"]),
            all=pieces.sum().over("who"),
        )
        assert values(made.select("day", "so_far", "before", "all")) == [
            (1, 10, None, 50),
            (2, None, None, 0),
            (3, 30, None, 80),
            (4, 50, 10, 50),
            (5, 80, 30, 80),
        ]

    def test_a_window_passes_over_nulls_and_goes_on(self, engine: FrameEngine) -> None:
        rows = [("a", 1, 1, None), ("a", 2, None, None), ("a", 3, 4, None)]
        made = engine(lines(rows)).with_columns(
            so_far=nw.col("pieces").cum_sum().over("who", order_by=["day"])
        )
        assert values(made.select("day", "so_far")) == [(1, 1), (2, None), (3, 5)]

    def test_an_order_may_have_ties_that_a_second_column_breaks(self, engine: FrameEngine) -> None:
        rows = [("a", 1, 3, None), ("a", 1, 1, None), ("a", 1, 2, None)]
        made = engine(lines(rows)).with_columns(
            n=nw.col("pieces").cum_sum().over("who", order_by=["day", "pieces"])
        )
        assert values(made.select("pieces", "n")) == [(1, 1), (2, 3), (3, 6)]

    @pytest.mark.parametrize("expression", [nw.col("day").shift(1), nw.col("day").cum_sum(), nw.col("day").diff()])  # fmt: skip
    def test_what_depends_on_an_order_that_is_not_named_is_refused(
        self, expression: nw.Expr, small: FrameAdapter
    ) -> None:
        with pytest.raises(nw.exceptions.InvalidOperationError, match="order_by"):
            small.with_columns(x=expression)

    def test_arithmetic_gives_equal_numbers(self, engine: FrameEngine) -> None:
        rows = [("a", day, pieces, None) for day, pieces in ((1, 7), (2, -7), (3, None), (4, 0))]
        pieces = nw.col("pieces")
        made = engine(lines(rows)).with_columns(
            half=pieces / 2,
            whole=pieces // 2,
            size=pieces.abs(),
            sign=nw.when(pieces > 0).then(nw.lit("+")).when(pieces < 0).then(nw.lit("-")).otherwise(nw.lit("0")),
            filled=pieces.fill_null(100),
        )  # fmt: skip
        assert values(made.select("day", "half", "whole", "size", "sign", "filled")) == [
            (1, 3.5, 3, 7, "+", 7),
            (2, -3.5, -4, 7, "-", -7),
            (3, None, None, None, "0", 100),
            (4, 0.0, 0, 0, "0", 0),
        ]

    def test_dates_and_texts_give_equal_parts(self, engine: FrameEngine) -> None:
        schema = pa.schema([("day", pa.date32()), ("text", pa.string())])
        days = (date(2024, 12, 29), date(2024, 12, 30), date(2025, 1, 5), None)
        day = nw.col("day")
        made = engine(arrow(schema, [{"day": one, "text": "Ab"} for one in days])).select(
            "day",
            # engines differ in how wide the parts of a date are
            day.dt.year().cast(nw.Int64).alias("year"),
            day.dt.month().cast(nw.Int64).alias("month"),
            nw.col("text").str.to_lowercase().alias("text"),
        )
        expected = [(one, one.year, one.month, "ab") for one in days if one]
        assert values(made) == [(None, None, None, "ab"), *expected]

    def test_a_constant_that_names_its_type_has_it(self, small: FrameAdapter) -> None:
        made = small.with_columns(day=nw.lit(0, nw.Int64)).concat(small)
        assert values(made.groupby_agg(["day"], n=nw.len())) == [(0, 5), *((day, 1) for day in range(1, 6))]

    def test_a_frame_stays_what_it_was(self, small: FrameAdapter) -> None:
        before = values(small)
        small.with_columns(day=nw.lit(0, nw.Int64)).filter(nw.col("who") == "a").concat(small)
        assert values(small) == before

    def test_a_cached_frame_has_the_same_rows_and_types_and_goes_on(self, small: FrameAdapter) -> None:
        kept = small.with_columns(twice=nw.col("pieces") * 2).cached()
        assert kept.columns == (*small.columns, "twice")
        assert values(kept.select(*small.columns)) == values(small)
        both = kept.concat(small.with_columns(twice=nw.col("pieces") * 2))
        assert values(both.filter(nw.col("day") == 1).select("twice")) == 2 * values(
            kept.filter(nw.col("day") == 1).select("twice")
        )
