"""Writes a landing folder on which a newcomer, and every test, can run the hub."""

from collections.abc import Callable
from pathlib import Path

from work_data_hub.domain.annuity.sample.book import make_book
from work_data_hub.domain.annuity.sample.breaks import opening_breaks
from work_data_hub.domain.annuity.sample.months import MONTHS, MonthPlan
from work_data_hub.domain.annuity.sample.options import SampleOptions
from work_data_hub.domain.annuity.sample.truth import MonthTruth
from work_data_hub.domain.pricing.sample.options import PricingOptions
from work_data_hub.domain.retail.sample.options import RetailOptions
from work_data_hub.io.samples.decoys import write_decoy
from work_data_hub.io.samples.manifest import (
    ManifestMonth,
    SampleManifest,
    SheetTruths,
    make_manifest,
    refused_month,
    resolved_month,
)
from work_data_hub.io.samples.pricing_landing import PRICING_FILES, write_pricing
from work_data_hub.io.samples.retail_landing import RETAIL_FILES, write_retail
from work_data_hub.io.samples.workbook import write_workbook

Progress = Callable[[str, int, int], None]


def write_landing(
    root: Path,
    options: SampleOptions,
    progress: Progress | None = None,
    retail: RetailOptions | None = None,
    pricing: PricingOptions | None = None,
) -> SampleManifest:
    """Write all months, the drops of retail and price desk where they are asked for, and the manifest.

    `progress` hears path, done and total after each month's workbook and each file of a drop.
    """
    deliveries = sum(len(plan.deliveries) for plan in MONTHS)
    report = _Report(
        progress, deliveries + (RETAIL_FILES if retail else 0) + (PRICING_FILES if pricing else 0)
    )
    months: list[ManifestMonth] = []
    previous: MonthTruth | None = None
    for plan in MONTHS:
        truths = _write_month(root, options, plan, report)
        months.append(_describe(root, plan, truths, previous))
        # nothing is published of an ambiguous month, so the one after it has nothing to continue
        previous = truths[0] if len(plan.candidates) == 1 else None
    drops = write_retail(root, retail, report.written) if retail else None
    desk = write_pricing(root, pricing, report.written) if pricing else None
    manifest = make_manifest(options, tuple(months), drops, desk)
    manifest.write(root)
    return manifest


class _Report:
    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def written(self, path: str) -> None:
        self._done += 1
        if self._progress is not None:
            self._progress(path, self._done, self._total)


def _write_month(root: Path, options: SampleOptions, plan: MonthPlan, report: _Report) -> SheetTruths:
    truths = []
    for delivery in plan.deliveries:
        book = make_book(options, plan, delivery)
        write_workbook(root / delivery.path, (book.scale, book.income))
        report.written(delivery.path)
        truths.append((book.truth, book.income_truth))
    for decoy in plan.decoys:
        write_decoy(root / decoy, root / plan.candidates[0].path)
    return truths[-1]


def _describe(root: Path, plan: MonthPlan, truths: SheetTruths, previous: MonthTruth | None) -> ManifestMonth:
    if len(plan.candidates) > 1:
        return refused_month(plan)
    follows = previous is not None and previous.period.next() == plan.period
    breaks = opening_breaks(previous, truths[0]) if previous is not None and follows else ()
    return resolved_month(root, plan, truths, breaks)
