"""Cleaning company and customer names: one spelling per company, and never a name stripped to nothing."""

import re
import unicodedata
from typing import Final

from work_data_hub.cleansing.text import is_blank_name, one_bracket, squash

# what operations write before or after a name to say how the account stands
STATUS_WORDS: Final = tuple(
    sorted(
        (
            *("已转出", "待转出", "转出", "已转入", "待转入", "转移终止", "已终止", "待终止", "终止"),
            *("保留账户", "保留", "存量", "新增", "原", "本部", "集合", "集合计划", "单一", "单一计划"),
            *("企业年金集合计划", "企业年金计划", "企业年金", "职业年金计划", "职业年金", "年金计划"),
            *("已作废", "作废", "已注销", "注销", "已清算", "清算中", "待清算", "已解约", "解约"),
            *("已流失", "流失", "已退出", "已撤销", "已停缴", "停缴", "暂停缴费", "已暂停", "暂停"),
        ),
        key=lambda word: (-len(word), word),
    )
)
LEGAL_FORMS: Final = frozenset(
    {
        *("特殊普通合伙", "普通合伙", "有限合伙", "有限公司", "个人独资"),
        *("全民所有制", "集体所有制", "股份合作", "个体工商户"),
    }
)
# a status word that is part of a longer word is no status
PROTECTED_STARTS: Final = (
    "保留账户管理",
    *("原子", "原料", "原油", "原创", "原野", "原点", "原生", "原木", "原种", "原药", "原动力", "原始"),
    *("原平", "原阳", "原州"),
)
PROTECTED_ENDS: Final = (
    "保留账户管理",
    *("中原", "太原", "平原", "高原", "草原", "三原", "清原", "固原", "开原", "松原", "五原"),
)

_QUOTES: Final = re.compile('[「」『』"“”]')
_SEPARATORS: Final = "-—–_、,;:·"
_LEADING_BRACKET: Final = re.compile(r"^\([^()]*\)")
_TRAILING_BRACKET: Final = re.compile(r"\(([^()]*)\)$")
_ASIDES: Final = re.compile(r"及下属子企业|\(团托\)")
_ACCOUNT_ENDING: Final = re.compile(r"[-—–](?:养老|福利|[A-Z]\d+)$", re.ASCII)


def read_company_name(text: str) -> str | None:
    """Give the one spelling of a company's name, or None where the cell names nobody.

    >>> read_company_name("（原）北京 示例有限公司（已转出）-福利")
    '北京示例有限公司'
    """
    written = _one_spelling(text)
    if is_blank_name(written):
        return None
    name = written
    while (stripped := unicodedata.normalize("NFC", _strip_once(name))) != name:
        if is_blank_name(stripped):
            return written
        name = stripped
    return name


def _one_spelling(text: str) -> str:
    return unicodedata.normalize("NFC", one_bracket(_QUOTES.sub("", squash(text))).upper())


def _strip_once(name: str) -> str:
    name = _ASIDES.sub("", name).strip(_SEPARATORS)
    name = _LEADING_BRACKET.sub("", name)
    name = _ACCOUNT_ENDING.sub("", name)
    return _TRAILING_BRACKET.sub(_legal_form_only, _strip_status(name))


def _strip_status(name: str) -> str:
    if name.startswith(STATUS_WORDS) and not name.startswith(PROTECTED_STARTS):
        name = next(name.removeprefix(word) for word in STATUS_WORDS if name.startswith(word))
    if name.endswith(STATUS_WORDS) and not name.endswith(PROTECTED_ENDS):
        name = next(name.removesuffix(word) for word in STATUS_WORDS if name.endswith(word))
    return name


def _legal_form_only(bracket: re.Match[str]) -> str:
    return bracket[0] if bracket[1] in LEGAL_FORMS else ""
