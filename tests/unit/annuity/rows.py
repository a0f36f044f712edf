"""Builders for scale rows as bronze holds them, and short ways through the annuity builds."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import yaml
from pydantic import SecretStr

import work_data_hub.config
from work_data_hub.domain.annuity.config import AnnuityConfig, AnnuityMappings, CompanyOverrides
from work_data_hub.domain.annuity.contracts import SCALE_DETAIL, SCALE_ROWS
from work_data_hub.domain.annuity.scale import SCALE
from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.frames import to_arrow, with_stamps
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.validation import validate

NOVEMBER = Period(2025, 11)
CONFIG_FOLDER = Path(str(work_data_hub.config.__file__)).parent
GOOD_ROW: Mapping[str, Any] = {
    "row_kind": "data",
    "reporting_month": "202511",
    "business_type": "企年受托",
    "plan_type": "单一计划",
    "plan_code": "S1001",
    "plan_name": "岚汐企业年金计划",
    "portfolio_type": "稳健型",
    "portfolio_code": "200003",
    "portfolio_name": "岚汐稳健型组合",
    "customer_name": "岚汐科技有限公司",
    "opening_aum": "100",
    "closing_aum": "115.5",
    "contributions": "20",
    "outflow_incl_benefits": "6",
    "outflow": "4",
    "benefits_paid": "2",
    "investment_result": "1.5",
    "period_return": "0.0125",
    "branch_name": "北京",
    "group_customer_number": "C10000013",
}


@cache
def mappings() -> dict[str, Any]:
    """Read the code lists that the product ships."""
    loaded: dict[str, Any] = yaml.safe_load((CONFIG_FOLDER / "annuity_mappings.yml").read_text("utf-8"))
    return loaded


def config(
    *, salt: str = "test-salt", overrides: Mapping[str, Any] | None = None, **maps: Any
) -> AnnuityConfig:
    return AnnuityConfig(
        start_month="2023-11",
        mappings=AnnuityMappings(**{**mappings(), **maps}),
        overrides=CompanyOverrides(**(overrides or {})),
        salt=SecretStr(salt),
    )


def arrow_series(cells: Sequence[Any], dtype: pa.DataType) -> pd.Series:
    return pd.Series(cells, dtype=pd.ArrowDtype(dtype))


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Give rows as plain dictionaries, nulls as None."""
    rows: list[dict[str, Any]] = pa.Table.from_pandas(frame, preserve_index=False).to_pylist()
    return rows


def frame(contract: TableContract, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Give rows in a contract's types; what a row leaves out is null."""
    columns = {
        column.name: arrow_series([row.get(column.name) for row in rows], column.dtype)
        for column in contract.columns
    }
    return pd.DataFrame(columns)


def scale_rows(*changes: Mapping[str, Any], period: Period = NOVEMBER) -> pd.DataFrame:
    """Give one bronze row per change of the good row."""
    place = {"period": period.start, "file_id": "f" * 16, "sheet": "规模明细", "run_id": "run-0"}
    return frame(
        SCALE_ROWS,
        [{**place, "row_number": at, **GOOD_ROW, **change} for at, change in enumerate(changes, start=2)],
    )


def detail(*changes: Mapping[str, Any], settings: AnnuityConfig | None = None) -> Outcome:
    """Clean rows, and check what every outcome must keep to."""
    outcome = SCALE.make(BuildContext(NOVEMBER, {"scale_rows": scale_rows(*changes)}, settings or config()))
    check_law(SCALE_DETAIL, outcome)
    return outcome


def check_law(contract: TableContract, outcome: Outcome) -> None:
    """Hold an outcome against its contract and against the conservation law of row-preserving tables."""
    whole = stamped(contract, outcome.accepted)
    validate(contract, whole)
    to_arrow(contract, whole)
    assert outcome.counts.published == len(outcome.accepted)
    assert [total.column for total in outcome.totals] == list(contract.control_totals)
    assert all(total.ties for total in outcome.totals)


def stamped(contract: TableContract, accepted: pd.DataFrame) -> pd.DataFrame:
    """Add what the publisher adds."""
    return with_stamps(contract, accepted, "run-1", datetime(2025, 12, 9, tzinfo=UTC))


def values(accepted: pd.DataFrame, column: str) -> list[Any]:
    """Give a column as plain values, nulls as None."""
    return [None if pd.isna(value) else value for value in accepted[column]]


def fact_rows(*rows: Mapping[str, Any], contract: TableContract = SCALE_DETAIL) -> pd.DataFrame:
    """Give cleaned rows from what matters about them."""
    usual = {
        "period": NOVEMBER.start,
        "file_id": "f" * 16,
        "sheet": "规模明细",
        "business_type": "企年受托",
        "product_line_code": "PL202",
        "plan_type": "单一计划",
        "plan_code": "S1001",
        "portfolio_code": "200003",
        "branch_name": "北京",
        "branch_code": "G01",
        "run_id": "run-0",
    }
    made = [{**usual, "row_number": at, **row} for at, row in enumerate(rows, start=2)]
    return frame(contract, [{k: _exact(k, v) for k, v in row.items()} for row in made])


def _exact(column: str, value: Any) -> Any:
    return Decimal(str(value)) if column.endswith("_yuan") and value is not None else value
