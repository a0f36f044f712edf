"""What is known about a month before it is read: expected silver values, fates, counts and exact totals."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from work_data_hub.domain.annuity.sample.cells import amount
from work_data_hub.domain.annuity.sample.draws import Mask, Objects, objects
from work_data_hub.domain.annuity.sample.facts import OVERRIDE_PLANS, PRODUCT_LINES
from work_data_hub.domain.annuity.sample.forms import SheetForm
from work_data_hub.domain.annuity.sample.layout import Layout, StatedTotal
from work_data_hub.domain.annuity.sample.pen import Sheet
from work_data_hub.domain.kernel.period import Period

_TEXT: Final = pa.string()
_BEFORE: Final = {"period": pa.date32(), "sheet": _TEXT, "row_number": pa.int64()}
_AFTER: Final = {"quarantine_rule": _TEXT, "quarantine_column": _TEXT, "quirks": _TEXT}
_AS_DRAWN: Final = (
    *("plan_type", "plan_name", "portfolio_type", "portfolio_code", "portfolio_name", "customer_name"),
    *("subsidiary_number", "subsidiary_name", "group_customer_number", "group_customer_name"),
)


@dataclass(frozen=True, slots=True)
class MonthCounts:
    """Rows below the header by kind; read = blank + repeated headers + totals + data."""

    read: int
    blank: int
    repeated_headers: int
    totals: int
    data: int
    rejected: int


@dataclass(frozen=True, slots=True)
class AmountTotal:
    """The exact sum of an amount column by fate, in yuan; cells nobody can read are counted."""

    read: Decimal
    accepted: Decimal
    rejected: Decimal
    unreadable_cells: int


@dataclass(frozen=True, slots=True)
class MonthTruth:
    """The truth about one sheet of a workbook of the sample.

    `frame` has a row per data row of the sheet with the expected silver values; `company_id` is null
    where the id is temporary (`company_id_origin` says so) or where there is none, and it is what this
    workbook alone gives: `knowledge.py` adds what earlier months taught. In a row with a
    `quarantine_rule` the cell of `quarantine_column` is null. `quirks` lists what is odd about the row.
    `own_ids` are the company ids that the rows themselves state.
    """

    period: Period
    path: str
    trait: str
    version: int | None
    sheet: str
    header_row: int
    frame: pd.DataFrame
    counts: MonthCounts
    totals: Mapping[str, AmountTotal]
    stated: tuple[StatedTotal, ...]
    own_ids: tuple[str | None, ...] = ()

    @property
    def accepted(self) -> pd.DataFrame:
        """The rows that silver must hold, without the columns that only the truth knows."""
        kept = self.frame[self.frame["quarantine_rule"].isna()]
        return kept.drop(columns=["quarantine_rule", "quarantine_column", "quirks"]).reset_index(drop=True)

    @property
    def rejected(self) -> pd.DataFrame:
        """The rows that quarantine must hold."""
        return self.frame[self.frame["quarantine_rule"].notna()].reset_index(drop=True)


def truth_frame(sheet: Sheet, layout: Layout) -> pd.DataFrame:
    """Put the expected silver values of each data row together."""
    rows = sheet.rows
    types = _types(sheet.form)
    values: dict[str, Objects] = {
        column: rows[column].to_numpy(dtype=object) for column in _AS_DRAWN if column in types
    }
    values |= sheet.truth
    values |= {column: _decimals(sheet.truth[column], -4) for column in sheet.form.amounts}
    if "period_return" in types:
        values["period_return"] = _decimals(sheet.truth["period_return"], -6)
        values["account_number"] = values["group_customer_number"]
    values["product_line_code"] = objects([PRODUCT_LINES.get(name) for name in sheet.truth["business_type"]])
    values["company_id"], values["company_id_origin"] = _companies(rows)
    values |= _fates(sheet)
    values["quirks"] = objects([";".join(labels) or None for labels in sheet.quirks])
    values["sheet"] = objects([layout.content.name] * len(rows))
    values["row_number"] = objects(layout.content.row_numbers().tolist())
    return pd.DataFrame(
        {
            name: pd.Series(_arrow(values[name], dtype), dtype=pd.ArrowDtype(dtype))
            for name, dtype in types.items()
        }
    )


def _types(form: SheetForm) -> Mapping[str, pa.DataType]:
    return {**_BEFORE, **{column.name: column.dtype for column in form.columns}, **_AFTER}


def _arrow(values: Objects, dtype: pa.DataType) -> pd.arrays.ArrowExtensionArray:
    return pd.arrays.ArrowExtensionArray(pa.array(values.tolist(), type=dtype))


def _decimals(ticks: Objects, exponent: int) -> Objects:
    return objects([None if tick is None else Decimal(tick).scaleb(exponent) for tick in ticks])


def _companies(rows: pd.DataFrame) -> tuple[Objects, Objects]:
    override = rows["plan_code"].map(OVERRIDE_PLANS)
    source = rows["source_company_id"]
    identifier = override.where(override.notna(), source)
    origin = np.select(
        [override.notna(), source.notna(), rows["customer_name"].notna()],
        ["override", "source", "temporary"],
        default="",
    )
    return (
        objects([None if pd.isna(value) else str(value) for value in identifier]),
        objects([str(name) or None for name in origin]),
    )


def _fates(sheet: Sheet) -> dict[str, Objects]:
    found = [sheet.form.faults[place] if place >= 0 else None for place in sheet.rows["fault"]]
    return {
        "quarantine_rule": objects([fault.rule if fault else None for fault in found]),
        "quarantine_column": objects([fault.column if fault else None for fault in found]),
    }


def month_counts(sheet: Sheet, layout: Layout) -> MonthCounts:
    """Count the rows of a laid-out sheet."""
    data = len(sheet.rows)
    return MonthCounts(
        read=data + layout.blank + layout.repeated_headers + layout.totals,
        blank=layout.blank,
        repeated_headers=layout.repeated_headers,
        totals=layout.totals,
        data=data,
        rejected=int((sheet.rows["fault"] >= 0).sum()),
    )


def month_totals(sheet: Sheet) -> dict[str, AmountTotal]:
    """Sum the amount columns exactly."""
    refused = (sheet.rows["fault"] >= 0).to_numpy(dtype=bool)
    return {column: _total(sheet, column, refused) for column in sheet.form.amounts}


def _total(sheet: Sheet, column: str, refused: Mask) -> AmountTotal:
    ticks = sheet.truth[column]
    at_fault = [place >= 0 and sheet.form.faults[place].column == column for place in sheet.rows["fault"]]
    accepted, rejected = _sum(ticks[~refused]), _sum(ticks[refused])
    return AmountTotal(amount(accepted + rejected), amount(accepted), amount(rejected), sum(at_fault))


def _sum(ticks: Objects) -> int:
    return sum(int(tick) for tick in ticks if tick is not None)
