"""Contoso's sale items joined with their sale, product and buyer; every quirk of the source is flagged."""

from decimal import Decimal
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.contract import COUNT, DAY
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.exact import scaled
from work_data_hub.domain.pipelines.lineage import Fault, rejections_of
from work_data_hub.domain.retail.contracts.silver import CONTOSO_LINE
from work_data_hub.domain.retail.frames.shaping import frame_of
from work_data_hub.domain.retail.rules.cell_rules import SHARE
from work_data_hub.domain.retail.silver.brand_lines import MONEY_DIGITS, Fates, control_total
from work_data_hub.domain.retail.silver.contoso_frames import (
    CUSTOMER_RULES,
    CUSTOMERS_INPUT,
    ITEM_RULES,
    ITEMS_INPUT,
    PRODUCT_RULES,
    PRODUCTS_INPUT,
    SALE_RULES,
    SALES_INPUT,
    Cells,
)
from work_data_hub.domain.retail.silver.contoso_quirks import Quirks
from work_data_hub.domain.retail.silver.contoso_report import Report
from work_data_hub.domain.retail.silver.joined_items import JoinedItems

_NO_DISCOUNT: Final = pa.scalar(Decimal(0), SHARE.dtype)
CONTOSO_LINE_INPUTS: Final = (ITEMS_INPUT, SALES_INPUT, PRODUCTS_INPUT, CUSTOMERS_INPUT)


def make_contoso_line(context: BuildContext) -> Outcome:
    """Join and check all items; those without a sale, or with cells that can't be read, are rejected."""
    items, sales, products, customers = (
        Cells.of(context.frame(source.name), rules)
        for source, rules in (
            (ITEMS_INPUT, ITEM_RULES),
            (SALES_INPUT, SALE_RULES),
            (PRODUCTS_INPUT, PRODUCT_RULES),
            (CUSTOMERS_INPUT, CUSTOMER_RULES),
        )
    )
    joined = JoinedItems.of(items, sales, products, customers)
    faults = joined.faults()
    fates = _fates(faults, len(items))
    quirks = Quirks.of(joined)
    published = pa.array(fates.published)
    columns = {name: values.filter(published) for name, values in _columns(joined, quirks).items()}
    frame = frame_of(CONTOSO_LINE, [columns])
    total = control_total(
        "amount",
        scaled(items.read["item_total"]),
        MONEY_DIGITS,
        fates,
        columns["amount"],
        unreadable=sum(fault.column == "item_total" for fault in items.faults),
    )
    report = Report(joined, quirks, fates.published)
    return Outcome(
        frame,
        Counts(read=len(items), published=len(frame), rejected=int(fates.rejected.sum())),
        rejections_of(items.rows, faults),
        (total,),
        report.comparisons(),
        report.warnings(),
        {"metrics": report.metrics(faults)},
    )


def _fates(faults: list[Fault], rows: int) -> Fates:
    rejected = np.zeros(rows, bool)
    rejected[[fault.position for fault in faults]] = True
    return Fates(rejected, np.zeros(rows, bool))


def _columns(joined: JoinedItems, quirks: Quirks) -> dict[str, pa.Array]:
    items, sale = joined.items.read, joined.sale
    flags = {name: pa.array(flags) for name, flags in quirks.flags.items()}
    return {
        "period": pc.floor_temporal(sale.column("sale_date"), unit="month").cast(DAY),
        **{name: arrow(joined.items.rows, name) for name in ("file_id", "sheet", "row_number")},
        "order_id": items["sale_id"],
        "item_id": items["item_id"],
        "sku": items["product_id"],
        "customer_id": sale.column("customer_id"),
        "order_date": sale.column("sale_date"),
        "item_date": items["sale_date"],
        "channel": sale.column("channel"),
        "campaign_channel": items["channel_campaigns"],
        "country_name": sale.column("country"),
        "quantity": items["quantity"].cast(COUNT),
        "list_price": items["original_price"],
        "unit_price": items["unit_price"],
        "amount": items["item_total"],
        "cost_price": joined.product.column("cost_price"),
        "discount_rate": pc.fill_null(items["discount_percent"], _NO_DISCOUNT),
        **flags,
    }
