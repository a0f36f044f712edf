"""A contract as a pandera schema, and the check of a frame against it before anything is written."""

from functools import lru_cache

import pandas as pd
import pandera.pandas as pan

from work_data_hub.domain.kernel.contract import Check, TableContract
from work_data_hub.domain.kernel.errors import Location, PermanentError
from work_data_hub.domain.kernel.keeping import keeps

_SHOWN = 5


@lru_cache
def pandera_schema(contract: TableContract) -> pan.DataFrameSchema:
    """Derive the schema: exact columns in order, Arrow types, nullability, checks and the key."""
    columns = {
        column.name: pan.Column(
            pd.ArrowDtype(column.dtype),
            checks=[_check(check) for check in column.checks],
            nullable=column.nullable,
            description=column.meaning,
        )
        for column in contract.columns
    }
    return pan.DataFrameSchema(
        columns, strict=True, ordered=True, unique=list(contract.primary_key), name=contract.key
    )


def _check(check: Check) -> pan.Check:
    def holds(series: pd.Series) -> pd.Series:
        ok = pd.Series(True, index=series.index)
        if check.at_least is not None:
            ok &= (series >= check.at_least).astype(bool)
        if check.at_most is not None:
            ok &= (series <= check.at_most).astype(bool)
        if check.one_of:
            ok &= series.isin(check.one_of)
        if check.pattern:
            ok &= series.str.fullmatch(check.pattern).astype(bool)
        return ok

    return pan.Check(holds, name=check.name, error=str(check))


def validate(contract: TableContract, frame: pd.DataFrame) -> None:
    """Refuse a frame that breaks its contract; the error lists the first failures.

    Whether anything is wrong is asked column by column in Arrow, which is many times faster; only a frame with
    something wrong goes through the schema, which knows what to say about it.
    """
    if keeps(contract, frame):
        return
    try:
        pandera_schema(contract).validate(frame, lazy=True)
    except pan.errors.SchemaErrors as error:
        raise _explain(contract, error.failure_cases) from error


def _explain(contract: TableContract, cases: pd.DataFrame) -> PermanentError:
    first = cases.iloc[0]
    shown = [
        f"{c.column}: {c.check} (row {c.index}: {c.failure_case!r})" for c in cases.head(_SHOWN).itertuples()
    ]
    return PermanentError(
        f"{contract.qualified_name} breaks its contract {contract.version} in {len(cases)} place(s): "
        + "; ".join(shown),
        where=Location(column=str(first["column"]), value=str(first["failure_case"])),
        fix="correct the step that makes the column, or reject such rows with a reason before publishing",
        failures=len(cases),
    )
