"""The manifest beside the sample workbooks: what was written, and what reading it must give."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from work_data_hub.domain.annuity.sample.breaks import OpeningBreak
from work_data_hub.domain.annuity.sample.months import MonthPlan
from work_data_hub.domain.annuity.sample.options import SampleOptions
from work_data_hub.domain.annuity.sample.truth import MonthTruth
from work_data_hub.io.samples.pricing_landing import PricingManifest
from work_data_hub.io.samples.retail_landing import RetailManifest

MANIFEST_NAME: Final = "sample_manifest.json"
RESOLVED: Final = "resolved"
SheetTruths = tuple[MonthTruth, MonthTruth]


@dataclass(frozen=True, slots=True)
class ManifestSheet:
    """What reading a sheet must give; `totals_wrong` are the rows whose stated figures are untrue."""

    sheet: str
    header_row: int
    counts: Mapping[str, int]
    rejected_by_rule: Mapping[str, int]
    totals: Mapping[str, Mapping[str, str | int]]
    totals_stated: bool
    totals_wrong: Mapping[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ManifestMonth:
    """One month; its own figures are those of the scale sheet; paths are relative, amounts are exact text."""

    period: str
    trait: str
    outcome: str
    candidates: tuple[str, ...]
    superseded: tuple[str, ...] = ()
    decoys: tuple[str, ...] = ()
    version: str | None = None
    sha256: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    rejected_by_rule: Mapping[str, int] = field(default_factory=dict)
    totals: Mapping[str, Mapping[str, str | int]] = field(default_factory=dict)
    totals_stated: bool = False
    opening_breaks: tuple[Mapping[str, str], ...] = ()
    income: ManifestSheet | None = None

    @property
    def resolved(self) -> bool:
        """Say whether exactly one workbook counts."""
        return self.outcome == RESOLVED


@dataclass(frozen=True, slots=True)
class SampleManifest:
    """What a sample landing folder holds."""

    seed: int
    rows: int
    layout_rows: int
    months: tuple[ManifestMonth, ...]
    retail: RetailManifest | None = None
    pricing: PricingManifest | None = None

    def write(self, root: Path) -> Path:
        """Write the manifest into the landing root."""
        path = root / MANIFEST_NAME
        path.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        return path


def make_manifest(
    options: SampleOptions,
    months: tuple[ManifestMonth, ...],
    retail: RetailManifest | None = None,
    pricing: PricingManifest | None = None,
) -> SampleManifest:
    """Put the months and the drops of a landing folder together."""
    return SampleManifest(options.seed, options.rows, options.layout_rows, months, retail, pricing)


def refused_month(plan: MonthPlan) -> ManifestMonth:
    """Describe a month in which several workbooks answer."""
    return ManifestMonth(
        period=str(plan.period),
        trait=plan.trait,
        outcome=f"refused: {len(plan.candidates)} candidates",
        candidates=tuple(delivery.path for delivery in plan.candidates),
        superseded=_superseded(plan),
        decoys=plan.decoys,
    )


def resolved_month(
    root: Path, plan: MonthPlan, truths: SheetTruths, breaks: tuple[OpeningBreak, ...]
) -> ManifestMonth:
    """Describe a month with exactly one workbook that counts."""
    truth, income = truths
    scale = _sheet(truth)
    return ManifestMonth(
        period=str(plan.period),
        trait=plan.trait,
        outcome=RESOLVED,
        candidates=(truth.path,),
        superseded=_superseded(plan),
        decoys=plan.decoys,
        version=f"V{truth.version}" if truth.version else None,
        sha256=hashlib.sha256((root / truth.path).read_bytes()).hexdigest(),
        sheet=scale.sheet,
        header_row=scale.header_row,
        counts=scale.counts,
        rejected_by_rule=scale.rejected_by_rule,
        totals=scale.totals,
        totals_stated=scale.totals_stated,
        opening_breaks=tuple({name: str(value) for name, value in asdict(found).items()} for found in breaks),
        income=_sheet(income),
    )


def _sheet(truth: MonthTruth) -> ManifestSheet:
    return ManifestSheet(
        sheet=truth.sheet,
        header_row=truth.header_row,
        counts=asdict(truth.counts),
        rejected_by_rule=dict(sorted(Counter(truth.rejected["quarantine_rule"]).items())),
        totals={column: _as_text(asdict(total)) for column, total in truth.totals.items()},
        totals_stated=bool(truth.stated),
        totals_wrong={total.row_number: total.wrong for total in truth.stated if total.wrong},
    )


def _superseded(plan: MonthPlan) -> tuple[str, ...]:
    return tuple(delivery.path for delivery in plan.deliveries if delivery.superseded)


def _as_text(total: Mapping[str, object]) -> dict[str, str | int]:
    return {name: value if isinstance(value, int) else str(value) for name, value in total.items()}
