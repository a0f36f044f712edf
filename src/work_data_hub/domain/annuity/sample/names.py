"""Invented names of employers and plans, and the noise that operations add to them."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Final

from work_data_hub.domain.annuity.sample.draws import stream

_PLACES: Final = (
    "岚汐",
    "澜泊",
    "霁州",
    "沄港",
    "曜川",
    "栖霁",
    "澄屿",
    "漪泽",
    "璟湾",
    "翎洲",
    "砚浦",
    "槿岭",
)
_FIRST: Final = "澈翊沄霁琅昱璟漪珩翎骁砚槿霖煦澍瑾皓"
_SECOND: Final = "曜珑澜弈泓祺彧岑玥栩淳朔垚昶赫钧"
_TRADES: Final = (
    "精密机械",
    "新材料",
    "生物医药",
    "云计算",
    "港口物流",
    "水务",
    "轨道交通",
    "食品",
    "纺织",
    "检测",
)
_FORMS: Final = ("有限公司", "股份有限公司", "集团有限公司", "有限责任公司", "研究院", "控股有限公司")

# what the cleaning must get right although it looks like noise
SPECIAL_NAMES: Final = (
    "合计澈曜数据有限公司",
    "KZN澄曜科技有限公司",
    "AQ9霁珑软件有限公司",
    "岚汐翊澜投资中心(有限合伙)",
    "沄港砚泓会计师事务所(特殊普通合伙)",
    "翎洲槿玥保留账户管理",
    "璟湾霖祺机械厂(全民所有制)",
)

Noise = Callable[[str], str]
_FULL_WIDTH: Final[Mapping[int, int]] = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}

NAME_NOISE: Final[tuple[tuple[str, Noise], ...]] = (
    ("name:spaces", lambda name: f" {name[:2]} {name[2:]}\u3000"),
    ("name:line_break", lambda name: f"{name[:4]}\n{name[4:]}"),
    ("name:corner_quotes", lambda name: f"「{name}」"),
    ("name:white_corner_quotes", lambda name: f"『{name}』"),
    ("name:straight_quotes", lambda name: f'"{name}"'),
    ("name:leading_brackets", lambda name: f"（集团）{name}"),
    ("name:leading_remark", lambda name: f"(2024年){name}"),
    ("name:subsidiaries", lambda name: f"{name}及下属子企业"),
    ("name:group_trust", lambda name: f"{name}(团托)"),
    ("name:pension_ending", lambda name: f"{name}-养老"),
    ("name:welfare_ending", lambda name: f"{name}-福利"),
    ("name:account_ending", lambda name: f"{name}-A123"),
    ("name:moved_out", lambda name: f"{name}已转出"),
    ("name:moved_out_brackets", lambda name: f"{name}(已转出)"),
    ("name:moving_out", lambda name: f"{name}（待转出）"),
    ("name:ended", lambda name: f"{name}终止"),
    ("name:ended_by_transfer", lambda name: f"{name}转移终止"),
    ("name:kept_account", lambda name: f"{name}保留账户"),
    ("name:existing", lambda name: f"{name}存量"),
    ("name:former", lambda name: f"原{name}"),
    ("name:head_office", lambda name: f"{name}本部"),
    ("name:void", lambda name: f"{name}已作废"),
    ("name:plan_words", lambda name: f"{name}企业年金计划"),
    ("name:trailing_brackets", lambda name: f"{name}（分户）"),
    ("name:full_width", lambda name: name.translate(_FULL_WIDTH)),
    ("name:lower_case", lambda name: name.lower()),
    ("name:several", lambda name: f"「原 {name}」（已转出）-福利"),
)


def employers(seed: int, count: int) -> tuple[str, ...]:
    """Give distinct clean names, the special ones first."""
    parts = list(product(_PLACES, _FIRST, _SECOND, _TRADES))
    rng = stream(seed, "employers")
    chosen = rng.choice(len(parts), size=max(count - len(SPECIAL_NAMES), 0), replace=False)
    forms = rng.integers(0, len(_FORMS), len(chosen))
    drawn = ("".join(parts[part]) + _FORMS[form] for part, form in zip(chosen, forms, strict=True))
    return (*SPECIAL_NAMES, *drawn)[:count]


def brands(seed: int, count: int, ending: str) -> list[str]:
    """Give names of plans that belong to no one employer."""
    parts = [f"{first}{second}" for first, second in product(_FIRST, _SECOND)]
    rng = stream(seed, f"brands {ending}")
    order = rng.permutation(len(parts))
    return [f"{parts[order[i % len(parts)]]}{_nth(i // len(parts))}{ending}" for i in range(count)]


def newcomer(number: int) -> str:
    """Give the name of an employer that is none of those drawn."""
    place, trade = _PLACES[number % len(_PLACES)], _TRADES[number // len(_PLACES) % len(_TRADES)]
    return f"{place}启航{trade}有限公司"


def _nth(round_: int) -> str:
    return f"{round_ + 1}号" if round_ else ""


def noisy(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Write each name in the form used least so far; give the cells and their labels."""
    used = Counter[str]()
    cells, labels = [], []
    for name in names:
        label, cell = min(_changed(name), key=lambda form: used[form[0]])
        used[label] += 1
        cells.append(cell)
        labels.append(label)
    return cells, labels


def _changed(name: str) -> Iterator[tuple[str, str]]:
    for label, noise in NAME_NOISE:
        cell = noise(name)
        if cell != name:
            yield label, cell
