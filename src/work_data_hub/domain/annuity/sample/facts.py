"""What the sample takes from the business: product lines, branches, overrides. Expectations, not rules."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SINGLE: Final = "单一计划"
COLLECTIVE: Final = "集合计划"
OCCUPATIONAL: Final = "职业年金"

PRODUCT_LINES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "企年受托": "PL202",
        "企年投资": "PL201",
        "职年受托": "PL204",
        "职年投资": "PL203",
        "自有险资": "PL205",
        "直投": "PL206",
        "三方": "PL207",
        "团养": "PL208",
        "企康": "PL209",
        "企业年金": "PL210",
        "职业年金": "PL211",
        "其他": "PL301",
    }
)

BRANCH_NAMES: Final = (
    *("总部", "北京", "上海", "天津", "广东", "深圳", "辽宁", "大连", "吉林", "湖北", "江苏", "青岛", "浙江"),
    *(
        "福建",
        "广西",
        "海南",
        "云南",
        "陕西",
        "重庆",
        "黑龙江",
        "湖南",
        "山东",
        "江西",
        "新疆",
        "河北",
        "安徽",
    ),
    *("四川", "青海", "宁夏", "宁波", "厦门", "内蒙古", "河南", "山西", "甘肃", "贵州", "西藏", "北总"),
)
BRANCH_CODES: Final[Mapping[str, str]] = MappingProxyType(
    {name: f"G{index:02d}" for index, name in enumerate(BRANCH_NAMES)}
)
BRANCH_ALIASES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "内蒙古": ("内蒙",),
        "北总": ("战略", "中国", "北京其他", "北分"),
        "山东": ("济南",),
        "深圳": ("深圳分公司",),
        "广东": ("广州",),
    }
)
HEAD_OFFICE: Final = "总部"
# the cell of a head-office row, and what silver keeps of it as the branch's name
HEAD_OFFICE_FORMS: Final[tuple[tuple[str | None, str | None], ...]] = (
    ("总部", "总部"),
    ("海外事业部", "海外事业部"),
    ("null", None),
    (None, None),
    ("(空白)", None),
)

OVERRIDE_PLANS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "FP0001": "614810477",
        "FP0002": "614810477",
        "FP0003": "610081428",
        "P0809": "608349737",
        "SC002": "604809109",
        "SC007": "602790403",
        "XNP466": "603968573",
        "XNP467": "603968573",
        "XNP596": "601038164",
        "XNP706": "600027278",
        "XNP717": "616273364",
    }
)
PLAN_CODE_FIXES: Final[Mapping[str, str]] = MappingProxyType({"P0290": "1P0290", "P0807": "1P0807"})
DEFAULT_PLANS: Final[Mapping[str, str]] = MappingProxyType({COLLECTIVE: "AN001", SINGLE: "AN002"})
DEFAULT_PORTFOLIOS: Final[Mapping[str, str]] = MappingProxyType(
    {COLLECTIVE: "QTAN001", SINGLE: "QTAN002", OCCUPATIONAL: "QTAN003"}
)

AMOUNT_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "opening_aum_yuan": "期初资产规模",
        "closing_aum_yuan": "期末资产规模",
        "contributions_yuan": "供款",
        "outflow_incl_benefits_yuan": "流失(含待遇支付)",
        "outflow_yuan": "流失",
        "benefits_paid_yuan": "待遇支付",
        "investment_result_yuan": "投资收益",
    }
)
AMOUNTS: Final = tuple(AMOUNT_LABELS)
