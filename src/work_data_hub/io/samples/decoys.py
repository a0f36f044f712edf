"""What else lies in real month folders and must be passed over: locks, replies, mails, award lists, notes."""

import shutil
from pathlib import Path
from typing import Final

from work_data_hub.domain.annuity.sample.draws import objects
from work_data_hub.domain.annuity.sample.layout import SheetContent
from work_data_hub.io.samples.workbook import write_workbook

_LOCK_SIZE: Final = 165
_AWARD_HEADERS: Final = (
    "区域",
    "客户全称",
    "上报月份",
    "业务类型",
    "计划类型",
    "年金计划号",
    "计划规模",
    "机构",
)
_AWARD_ROW: Final = ("东区", "岚汐澈曜水务有限公司", "2025年9月", "受托", "单一", None, 1.25, "浙江")
_AWARD_SHEETS: Final = ("企年受托中标(空白)", "企年受托流失(解约)")


def write_decoy(path: Path, of_month: Path) -> None:
    """Write one decoy; a copy of the month's workbook where the name asks for one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.name.startswith("~$"):
        path.write_bytes(b"\x04user".ljust(_LOCK_SIZE, b" "))
    elif "台账登记" in path.name:
        write_workbook(path, [_award_sheet(name) for name in _AWARD_SHEETS])
    elif path.suffix == ".eml":
        path.write_text("Subject: 25年11月年金规模及收入数据\n\n见附件。\n", encoding="utf-8")
    elif path.suffix == ".txt":
        path.write_text("口径说明：期末规模以托管对账为准。\n", encoding="utf-8")
    else:
        shutil.copyfile(of_month, path)


def _award_sheet(name: str) -> SheetContent:
    columns = tuple(objects([cell]) for cell in _AWARD_ROW)
    return SheetContent(name, 0, 0, None, _AWARD_HEADERS, columns, {})
