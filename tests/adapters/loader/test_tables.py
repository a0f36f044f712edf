from dataclasses import replace

import pyarrow as pa
import pytest
import sqlalchemy as sa
from tests.adapters.loader.tables import SALES

from work_data_hub.domain.kernel.contract import Column, Reference, TableContract
from work_data_hub.domain.kernel.errors import ConfigurationError
from work_data_hub.io.loader.column_types import column_type
from work_data_hub.io.loader.statements import DIALECT
from work_data_hub.io.loader.tables import index_columns, metadata_for
from work_data_hub.io.loader.views import create_view, drop_view


@pytest.mark.parametrize(
    ("dtype", "sql"),
    [
        (pa.int64(), "BIGINT"),
        (pa.decimal128(18, 4), "NUMERIC(18, 4)"),
        (pa.string(), "TEXT"),
        (pa.date32(), "DATE"),
        (pa.bool_(), "BOOLEAN"),
        (pa.float64(), "DOUBLE PRECISION"),
    ],
)
def test_arrow_types_map_one_to_one(dtype: pa.DataType, sql: str) -> None:
    assert column_type(dtype).compile(DIALECT) == sql


def test_instants_carry_a_time_zone_and_other_types_are_refused() -> None:
    instant = column_type(pa.timestamp("us", tz="UTC"))
    assert isinstance(instant, sa.DateTime)
    assert instant.timezone
    for dtype in (pa.timestamp("us"), pa.float32(), pa.large_string(), pa.list_(pa.int64())):
        with pytest.raises(ConfigurationError, match="has no type in the warehouse"):
            column_type(dtype)


def table(contract: TableContract, *others: TableContract) -> sa.Table:
    return metadata_for((contract, *others)).tables[contract.qualified_name]


def test_scope_columns_are_indexed_unless_a_key_begins_with_them() -> None:
    assert index_columns(SALES) == ()
    other = replace(SALES, primary_key=("line", "period"))
    assert index_columns(other) == (("period",),)
    assert index_columns(replace(other, indexes=(("period", "kind"),))) == (("period", "kind"),)
    assert [index.name for index in table(other).indexes] == ["ix_sales_period"]


def test_keys_references_and_closed_lists_have_stable_names() -> None:
    kinds = replace(
        SALES,
        key="shop.silver.kinds",
        columns=(Column("kind", pa.string(), "种类", "kind"),),
        primary_key=("kind",),
        scope=(),
    )
    enforced = Reference(("kind",), kinds.key, ("kind",))
    logical = Reference(("name",), "shop.silver.articles", ("name",), enforced=False)
    made = table(replace(SALES, references=(enforced, logical), unique=(("name", "kind"),)), kinds)
    assert {str(constraint.name) for constraint in made.constraints} == {
        "pk_sales",
        "uq_sales_name_kind",
        "ck_sales_kind_known",
        "fk_sales_kind",
    }
    with pytest.raises(ConfigurationError, match="not among the tables"):
        table(replace(SALES, references=(enforced,)))


def test_comments_tell_label_unit_and_meaning() -> None:
    assert table(SALES).c.amount.comment == "金额 [yuan]: amount"
    assert table(SALES).comment == "销售: Sales."


def test_the_source_language_view_quotes_its_names() -> None:
    contract = replace(SALES, view_schema="business")
    assert create_view(contract).startswith(
        'CREATE VIEW business."销售" AS SELECT shop_silver.sales.period AS "月度"'
    )
    assert drop_view(contract) == 'DROP VIEW business."销售"'
