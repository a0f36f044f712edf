"""The sheet 收入明细 beside the scale sheet: the same plans, fewer rows, four fees."""

from typing import Final

import numpy as np

from work_data_hub.domain.annuity.sample.cells import TICKS_PER_YUAN
from work_data_hub.domain.annuity.sample.draws import chance, objects
from work_data_hub.domain.annuity.sample.layout import SheetContent
from work_data_hub.domain.annuity.sample.months import INCOME_SHEET
from work_data_hub.domain.annuity.sample.pen import Sheet

_SHARE: Final = 0.4
_FROM_SCALE: Final = {
    "period": "月度",
    "business_type": "业务类型",
    "plan_type": "计划类型",
    "plan_code": "计划号",
    "plan_name": "计划名称",
    "portfolio_type": "组合类型",
    "portfolio_code": "组合代码",
    "portfolio_name": "组合名称",
    "customer_name": "客户名称",
    "branch_name": "机构",
}
# yearly rate on the closing assets, and the share of rows with that fee
_FEES: Final = {
    "固费": (0.002, 0.95),
    "浮费": (0.001, 0.3),
    "回补": (-0.0002, 0.05),
    "税": (0.00012, 0.95),
}


def income_content(sheet: Sheet) -> SheetContent:
    """Draw the income rows of a month from its scale rows, without the faulty ones."""
    usable = (sheet.rows["fault"] < 0).to_numpy(dtype=bool)
    places = np.flatnonzero(usable & chance(sheet.rng, len(usable), _SHARE))
    columns = [sheet.cells[name][places] for name in _FROM_SCALE]
    closing = sheet.rows["closing_aum_yuan"].to_numpy()[places]
    for rate, share in _FEES.values():
        fee = np.rint(closing * rate / 12).astype(np.int64) / TICKS_PER_YUAN
        cells = objects(fee.tolist())
        cells[~chance(sheet.rng, len(places), share)] = None
        columns.append(cells)
    headers = (*_FROM_SCALE.values(), *_FEES)
    return SheetContent(INCOME_SHEET, 0, 0, None, headers, tuple(columns), {})
