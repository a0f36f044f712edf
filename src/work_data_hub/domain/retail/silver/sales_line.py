"""One line for both brands: typed, in euro at the one valuation date, with country and region."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pyarrow as pa

from work_data_hub.domain.kernel.build import BuildContext, InputRef
from work_data_hub.domain.kernel.contract import DAY, TEXT
from work_data_hub.domain.kernel.outcome import ControlTotal, Counts, Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.pipelines.amounts import ZERO
from work_data_hub.domain.pipelines.exact import decimals
from work_data_hub.domain.retail.config import RetailConfig
from work_data_hub.domain.retail.contracts.shapes import FINE_EUROS, FX_RATE
from work_data_hub.domain.retail.contracts.silver import FX_RATES, SALES_LINE
from work_data_hub.domain.retail.frames.shaping import frame_of, same
from work_data_hub.domain.retail.rules.codes import kind_names, type_names
from work_data_hub.domain.retail.rules.conversion import Rates, fine_euros
from work_data_hub.domain.retail.rules.countries import Places, places_of, unmapped_warning
from work_data_hub.domain.retail.silver.brand_lines import MONEY_DIGITS, BrandLines
from work_data_hub.domain.retail.silver.contoso_sales import CONTOSO_INPUT, contoso_sales
from work_data_hub.domain.retail.silver.eurostyle import EUROSTYLE_INPUT, eurostyle_lines
from work_data_hub.domain.retail.silver.line_metrics import line_metrics

SALES_LINE_INPUTS: Final = (
    EUROSTYLE_INPUT,
    CONTOSO_INPUT,
    InputRef(FX_RATES, columns=("currency", "units_per_eur")),
)
_READERS: Final = ((EUROSTYLE_INPUT, eurostyle_lines), (CONTOSO_INPUT, contoso_sales))


def make_sales_line(context: BuildContext) -> Outcome:
    """Bring the month's lines of both brands into one form; a brand without lines that month is absent."""
    config: RetailConfig = context.config
    rates = Rates.of(context.frame(FX_RATES.name))
    brands = [
        read(context.frames[source.name], config.mappings)
        for source, read in _READERS
        if source.name in context.frames
    ]
    places = [places_of(lines.columns["country_name"], config.mappings.countries) for lines in brands]
    parts = [
        {**lines.columns, **_common(lines, place, context.period, rates)}
        for lines, place in zip(brands, places, strict=True)
    ]
    return _outcome(brands, places, frame_parts=parts)


def _common(lines: BrandLines, places: Places, period: Period, rates: Rates) -> Mapping[str, pa.Array]:
    """Give the columns that are made for both brands in the same way."""
    rate = rates.rate(lines.brand.currency)
    euros = fine_euros(lines.amounts, MONEY_DIGITS, rate)
    return {
        "period": same(period.start, lines.rows, DAY),
        "source_system": same(lines.brand.system, lines.rows, TEXT),
        "line_type": type_names(lines.line_types),
        "item_kind": kind_names(lines.item_kinds),
        "currency": same(lines.brand.currency, lines.rows, TEXT),
        "fx_rate": decimals(np.full(lines.rows, rate, np.int64), FX_RATE),
        "amount_eur": decimals(euros, FINE_EUROS),
        "country_code": places.codes,
        "region": places.regions,
    }


def _outcome(
    brands: Sequence[BrandLines], places: Sequence[Places], *, frame_parts: Sequence[Mapping[str, pa.Array]]
) -> Outcome:
    frame = frame_of(SALES_LINE, frame_parts)
    fates = [lines.fates for lines in brands]
    return Outcome(
        frame,
        Counts(
            read=sum(len(fate.rejected) for fate in fates),
            published=len(frame),
            rejected=sum(int(fate.rejected.sum()) for fate in fates),
            deduplicated=sum(int(fate.deduplicated.sum()) for fate in fates),
        ),
        tuple(rejection for lines in brands for rejection in lines.rejections),
        tuple(_added(name, brands) for name in SALES_LINE.control_totals),
        warnings=tuple(_warnings(brands, places)),
        facts={"metrics": line_metrics(brands, places)},
    )


def _added(column: str, brands: Sequence[BrandLines]) -> ControlTotal:
    """Add the control totals of both brands."""
    found = [total for lines in brands for total in lines.totals if total.column == column]
    return ControlTotal(
        column,
        read=sum((total.read for total in found), ZERO),
        published=sum((total.published for total in found), ZERO),
        rejected=sum((total.rejected for total in found), ZERO),
        deduplicated=sum((total.deduplicated for total in found), ZERO),
        unreadable_cells=sum(total.unreadable_cells for total in found),
    )


def _warnings(brands: Sequence[BrandLines], places: Sequence[Places]) -> list[str]:
    own = [warning for lines in brands for warning in lines.warnings]
    unknown = [
        warning
        for lines, place in zip(brands, places, strict=True)
        for warning in unmapped_warning(lines.columns["country_name"], place.unmapped)
    ]
    return own + unknown
