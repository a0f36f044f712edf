from datetime import UTC, date, datetime
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest
from tests.adapters.loader.conftest import Heard
from tests.adapters.loader.tables import OCTOBER, SALES, sales

from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.kernel.frames import to_pandas
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader

ODD = pa.Table.from_pylist(
    [
        {
            "period": date(2025, 10, 1),
            "line": 2**63 - 1,
            "name": "规模明细 “引号”, \\N \t\n'x'",
            "amount": Decimal("99999999999999.9999"),
            "ratio": 1e-300,
            "sold_at": datetime(1970, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
            "paid": True,
            "kind": "return",
        },
        {
            "period": date(2025, 10, 1),
            "line": -(2**63),
            "name": "",
            "amount": Decimal("-99999999999999.9999"),
            "ratio": float("inf"),
            "sold_at": datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
            "paid": False,
            "kind": "sale",
        },
        {
            "period": date(2025, 10, 1),
            "line": 0,
            "amount": Decimal("0.0001"),
            "sold_at": datetime(1, 1, 1, tzinfo=UTC),
        },
        {"period": date(2025, 10, 1), "line": 1},
    ],
    schema=SALES.arrow_schema,
)


def test_every_type_comes_back_exactly_as_it_went_in(loader: WarehouseLoader) -> None:
    loader.load_dataframe(ODD, SALES, scope=OCTOBER)
    assert loader.read(SALES, order_by=("line",)).equals(ODD.sort_by("line"))


def test_a_pandas_frame_loads_as_its_arrow_table_does(loader: WarehouseLoader) -> None:
    loader.load_dataframe(to_pandas(ODD), SALES, scope=OCTOBER)
    assert loader.read(SALES, order_by=("line",)).equals(ODD.sort_by("line"))


def test_an_empty_table_reads_in_the_contracts_types(loader: WarehouseLoader) -> None:
    assert loader.read(SALES).equals(SALES.arrow_schema.empty_table())


def test_a_float_where_money_is_declared_is_refused(loader: WarehouseLoader) -> None:
    wrong = sales(2).set_column(3, "amount", pa.array([1.5, 2.5]))
    with pytest.raises(PermanentError, match="amount is double") as caught:
        loader.load_dataframe(wrong, SALES, scope=OCTOBER)
    assert "decimal128(18, 4)" in str(caught.value)


def test_a_pandas_frame_of_wrong_types_is_refused(loader: WarehouseLoader) -> None:
    frame = to_pandas(sales(2)).assign(amount=[1.5, 2.5])
    with pytest.raises(PermanentError, match="amount is double in the frame"):
        loader.load_dataframe(frame, SALES, scope=OCTOBER)


def test_a_missing_column_is_refused(loader: WarehouseLoader) -> None:
    with pytest.raises(PermanentError, match="lacks paid"):
        loader.load_dataframe(to_pandas(sales(1)).drop(columns="paid"), SALES, scope=OCTOBER)
    with pytest.raises(PermanentError, match="paid is absent"):
        loader.load_dataframe(sales(1).drop_columns(["paid"]), SALES, scope=OCTOBER)


@pytest.mark.parametrize(
    ("column", "values", "sqlstate"),
    [
        ("name", pa.array(["a\0b"]), "22021"),
        ("kind", pa.array(["gift"]), "23514"),
        ("line", pa.array([None], pa.int64()), "23502"),
    ],
)
def test_values_the_table_refuses_are_permanent_errors_with_a_way_out(
    loader: WarehouseLoader, column: str, values: pa.Array, sqlstate: str
) -> None:
    table = sales(1)
    rows = table.set_column(table.column_names.index(column), table.schema.field(column), values)
    with pytest.raises(PermanentError, match="Fix: ") as caught:
        loader.load_dataframe(rows, SALES, scope=OCTOBER)
    assert caught.value.evidence["sqlstate"] == sqlstate
    assert "tea" not in str(caught.value)


def test_columns_without_a_place_are_dropped_and_named(loader: WarehouseLoader, heard: Heard) -> None:
    frame = to_pandas(sales(2)).assign(a=1, b=2)
    result = loader.load_dataframe(frame, SALES, scope=OCTOBER)
    assert result.dropped_columns == ("a", "b")
    assert heard.events == []


def test_more_than_five_dropped_columns_are_a_warning(loader: WarehouseLoader, heard: Heard) -> None:
    allowed = loader.get_allowed_columns(SALES)
    assert allowed == SALES.column_names == loader.get_allowed_columns("shop_silver.sales")
    five = to_pandas(sales(1)).assign(**dict.fromkeys("abcde", 1))
    assert loader.project_columns(five, allowed).warning is None
    six = loader.project_columns(five.assign(f=1), allowed)
    assert six.dropped == ("a", "b", "c", "d", "e", "f")
    assert isinstance(six.frame, pd.DataFrame)
    assert tuple(six.frame.columns) == SALES.column_names
    assert heard.events == [("columns_dropped", {"columns": six.dropped, "warning": six.warning})]


def test_an_arrow_table_is_projected_too(loader: WarehouseLoader) -> None:
    wide = sales(1).append_column("x", pa.array([1]))
    projection = loader.project_columns(wide, SALES.column_names)
    assert projection.frame.equals(sales(1))
    assert projection.dropped == ("x",)


def test_a_table_that_is_not_there_is_named(loader: WarehouseLoader) -> None:
    with pytest.raises(PermanentError, match=r"shop_silver\.nowhere is not in the database"):
        loader.get_allowed_columns("shop_silver.nowhere")
