"""Which months the sample delivers, in which folder layout, and how each sheet is dressed."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from work_data_hub.domain.annuity.sample.options import SampleOptions
from work_data_hub.domain.kernel.errors import UsageError
from work_data_hub.domain.kernel.period import Period

SHEET: Final = "规模明细"
INCOME_SHEET: Final = "收入明细"
_TAG: Final = "【for年金机构经营分析】"


class Headers(StrEnum):
    """Which of the known spellings a sheet's headers use."""

    PLAIN = "plain"
    OLD = "old"
    DECORATED = "decorated"


class Totals(StrEnum):
    """How a sheet writes its totals rows."""

    NONE = "none"
    LABELLED = "labelled"
    PREFIXED = "prefixed"


@dataclass(frozen=True, slots=True)
class Dress:
    """How a sheet looks: the header's place (from 0), spellings, totals rows, merged cells, odd columns."""

    header_row: int = 0
    first_column: int = 0
    headers: Headers = Headers.PLAIN
    totals: Totals = Totals.LABELLED
    merged: bool = False
    odd_columns: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """One workbook that stands in the landing folder."""

    folder: str
    file: str
    version: int | None = None
    superseded: bool = False

    @property
    def path(self) -> str:
        """Path relative to the landing root."""
        return f"{self.folder}/{self.file}"


@dataclass(frozen=True, slots=True)
class MonthPlan:
    """One month of the sample; several current deliveries make it ambiguous."""

    period: Period
    trait: str
    deliveries: tuple[Delivery, ...]
    dress: Dress = Dress()
    full_size: bool = False
    broken_plans: tuple[str, ...] = ()
    decoys: tuple[str, ...] = ()
    withholds_ids: bool = False
    misstates_income: bool = False

    @property
    def candidates(self) -> tuple[Delivery, ...]:
        """The workbooks that answer the patterns in the chosen folder; exactly one in a good month."""
        return tuple(delivery for delivery in self.deliveries if not delivery.superseded)

    def rows(self, options: SampleOptions) -> int:
        """Say which of the two sizes the month has."""
        return options.rows if self.full_size else options.layout_rows


def _folder(month: str, version: int | None = None) -> str:
    return f"{month}/收集数据/数据采集" + (f"/V{version}" if version else "")


def _versions(month: str, file: str, *versions: int) -> tuple[Delivery, ...]:
    return tuple(Delivery(_folder(month, v), file, v, v != max(versions)) for v in versions)


_FILE_2510: Final = f"{_TAG}25年10月年金规模收入数据"

MONTHS: Final = (
    MonthPlan(
        Period(2023, 11),
        "no level 收集数据: the file lies in {YYYYMM}/数据采集",
        (Delivery("202311/数据采集", "23年11月年金终稿数据.xlsx"),),
        Dress(headers=Headers.OLD, totals=Totals.NONE),
    ),
    MonthPlan(
        Period(2024, 11),
        "base folder, older file name 年金终稿",
        (Delivery(_folder("202411"), "24年11月年金终稿数据1209.xlsx"),),
        Dress(2, 1, Headers.OLD, Totals.PREFIXED, merged=True),
    ),
    MonthPlan(
        Period(2024, 12),
        "V1 and V2 with fewer rows; V2 is right",
        _versions("202412", f"{_TAG}24年12月年金规模收入数据 0109.xlsx", 1, 2),
        Dress(headers=Headers.DECORATED, odd_columns=True),
        withholds_ids=True,
    ),
    MonthPlan(
        Period(2025, 1),
        "V1 only; a folder V2草稿 is no version folder",
        _versions("202501", f"{_TAG}25年01月年金规模收入数据 0211.xlsx", 1),
        Dress(totals=Totals.PREFIXED, merged=True),
        decoys=(f"{_folder('202501')}/V2草稿/{_TAG}25年01月年金规模收入数据 0210.xlsx",),
        misstates_income=True,
    ),
    MonthPlan(
        Period(2025, 2),
        "flat: the file lies in {YYYYMM}",
        (Delivery("202502", f"{_TAG}25年02月年金规模收入数据 0310.xlsx"),),
        Dress(2, 1, Headers.DECORATED, merged=True),
        broken_plans=("P0290",),
        withholds_ids=True,
    ),
    MonthPlan(
        Period(2025, 9),
        "V1 and V2 with fewer rows; V2 is right; V3 holds no scale file",
        _versions("202509", f"{_TAG}25年09月年金规模收入数据 1012.xlsx", 1, 2),
        Dress(2, 1, Headers.DECORATED, merged=True, odd_columns=True),
        full_size=True,
        decoys=(
            f"{_folder('202509', 2)}/~${_TAG}25年09月年金规模收入数据 1012.xlsx",
            f"{_folder('202509', 3)}/25年09月台账登记.xlsx",
        ),
    ),
    MonthPlan(
        Period(2025, 10),
        "V2 and V3; two candidates in V3",
        (
            Delivery(_folder("202510", 2), f"{_FILE_2510} 1107.xlsx", 2, superseded=True),
            Delivery(_folder("202510", 3), f"{_FILE_2510} 1110.xlsx", 3),
            Delivery(_folder("202510", 3), f"{_FILE_2510} 1111.xlsx", 3),
        ),
    ),
    MonthPlan(
        Period(2025, 11),
        "base folder, newer file name 规模及收入数据",
        (Delivery(_folder("202511"), f"{_TAG}25年11月年金规模及收入数据 1209.xlsx"),),
        Dress(headers=Headers.DECORATED, totals=Totals.PREFIXED, odd_columns=True),
        full_size=True,
        decoys=(
            f"{_folder('202511')}/回复【for年金机构经营分析】25年11月年金规模及收入数据 1209.xlsx",
            f"{_folder('202511')}/25年11月年金规模及收入数据.eml",
            f"{_folder('202511')}/~${_TAG}25年11月年金规模及收入数据 1209.xlsx",
        ),
    ),
    MonthPlan(
        Period(2025, 12),
        "V1 only",
        _versions("202512", f"{_TAG}25年12月年金规模及收入数据 0112.xlsx", 1),
        Dress(merged=True),
        full_size=True,
        broken_plans=("P0807", "SC002", "XNP706"),
        decoys=(f"{_folder('202512', 1)}/规模及收入数据 说明.txt",),
        withholds_ids=True,
    ),
)


def month_plan(period: Period) -> MonthPlan:
    """Find a month of the sample."""
    for plan in MONTHS:
        if plan.period == period:
            return plan
    raise UsageError(
        f"The sample has no month {period}",
        expected=", ".join(str(plan.period) for plan in MONTHS),
        fix="ask for one of these months",
    )
