"""The fast question whether a frame keeps its contract, against the schema that explains why not."""

from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from work_data_hub.domain.kernel.contract import COUNT, MONEY, TEXT, Check, Column, TableContract
from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.kernel.frames import to_pandas
from work_data_hub.domain.kernel.keeping import keeps
from work_data_hub.domain.kernel.validation import pandera_schema, validate

KIND = Column("kind", TEXT, "k", "kind", nullable=True, checks=(Check("known", one_of=("a", "b")),))
CODE = Column("code", TEXT, "c", "code", checks=(Check("form", pattern=r"[A-Z]\d"),))
SHARE = Column("share", MONEY, "s", "share", nullable=True, checks=(Check("share", at_least=0, at_most=1),))
TABLE = TableContract(
    key="shop.silver.things", version="1.0.0", label="t", description="d", grain="g", owner="team:shop",
    columns=(Column("id", COUNT, "i", "id"), CODE, KIND, SHARE), primary_key=("id", "code"),
)  # fmt: skip
ROWS = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 3), st.none()),
        st.sampled_from(["A1", "B2", "b2", "A12"]),
        st.sampled_from(["a", "b", None, "c"]),
        st.sampled_from([None, Decimal(0), Decimal("0.5"), Decimal(1), Decimal("1.0001"), Decimal("-0.1")]),
    ),
    max_size=6,
)


def frame(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    columns = list(zip(*rows, strict=True)) if rows else [()] * 4
    schema = TABLE.arrow_schema
    arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
    return to_pandas(pa.table(arrays, names=schema.names))


@settings(max_examples=50, deadline=None)
@given(ROWS)
def test_it_says_what_the_schema_says(rows: list[tuple[object, ...]]) -> None:
    given_frame = frame(rows)
    try:
        pandera_schema(TABLE).validate(given_frame, lazy=True)
        fits = True
    except Exception:  # noqa: BLE001  # any refusal of the schema counts
        fits = False
    assert keeps(TABLE, given_frame) is fits


@pytest.mark.parametrize(
    "broken",
    [
        lambda f: f[["code", "id", "kind", "share"]],
        lambda f: f.drop(columns="kind"),
        lambda f: f.assign(more=f["id"]),
    ],
)
def test_other_columns_or_orders_are_refused(broken: object) -> None:
    wrong = broken(frame([(1, "A1", "a", Decimal(1))]))  # type: ignore[operator]
    assert not keeps(TABLE, wrong)
    with pytest.raises(PermanentError, match="breaks its contract"):
        validate(TABLE, wrong)


def test_another_frame_type_of_the_same_numbers_is_left_to_the_schema() -> None:
    numpy_ids = frame([(1, "A1", "a", Decimal(1))])
    numpy_ids = numpy_ids.assign(id=numpy_ids["id"].astype("int64"))
    assert not keeps(TABLE, numpy_ids)
    validate(TABLE, numpy_ids)
