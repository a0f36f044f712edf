"""Real workbooks, broken at random but replayably: a seed and a number give the same bytes on every machine."""

import io
import random
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Final

from tests.adapters.readers.hostile import Entry, archive, entry

from work_data_hub.domain.kernel.sheets import SheetColumn, SheetSpec

SCALE: Final = SheetSpec(
    "规模明细",
    (
        SheetColumn("month", ("月度",), required=True),
        SheetColumn("business_type", ("业务类型",), forward_fill=True),
        SheetColumn("plan_code", ("计划代码", "计划号")),
        SheetColumn("customer_name", ("客户名称",)),
        SheetColumn("closing_assets", ("期末资产规模",), required=True),
        SheetColumn("outflow", ("流失(含待遇支付)",)),
    ),
)
INCOME: Final = SheetSpec(
    "收入明细",
    (
        SheetColumn("month", ("月度",), required=True),
        SheetColumn("customer_name", ("客户名称",)),
        SheetColumn("fixed_fee", ("固费",), required=True, may_be_empty=True),
        SheetColumn("tax", ("税",)),
    ),
)
Parts = dict[str, bytes]
Pick = random.Random

_TOKEN: Final = re.compile(rb"<[^>]*>|[^<]+")
_ATTRIBUTE: Final = re.compile(rb'\s[\w:]+="[^"]*"')
_ODD: Final = tuple(
    value.encode()
    for value in (
        *(
            "",
            "0",
            "-1",
            "1",
            "A0",
            "A1",
            "C3",
            "AAAA1",
            "XFD1048576",
            "A1048577",
            "ZZ9999999",
            "A1:XFD1048576",
        ),
        *("1e999", "nan", "-0", "9" * 40, "18446744073709551616", "4294967296", "1.7976931348623157e308"),
        *("s", "str", "d", "b", "e", "inlineStr", "zz", "true", "#REF!", "2024-13-45", "６", "甲" * 40_000),
        *(
            "&amp;",
            "&bad;",
            "&#0;",
            "&#x1F600;",
            "_x0000_",
            "rId1",
            "../../x.xml",
            "/xl/workbook.xml",
            "UTF-16",
        ),
    )
)


@cache
def honest(number: int) -> Parts:
    """Give the parts of one of four honest workbooks."""
    import xlsxwriter

    made, pick = io.BytesIO(), random.Random(number)
    book = xlsxwriter.Workbook(made, {"constant_memory": number == 3, "date_1904": number == 2})
    day, total = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"bold": True})
    scale, income = (book.add_worksheet(spec.sheet) for spec in (SCALE, INCOME))
    top = number % 3
    scale.write(0, 5, "单位：元")
    scale.write_row(
        top + 1,
        number,
        ("月度", "业务类型", "计划号", "客户名称", "期末资产规模", "流失（含待遇支付）", "备注"),
    )
    for row in range(top + 2, top + 32):
        scale.write_datetime(row, number, _day(pick), day) if number % 2 else scale.write(row, number, 202411)
        scale.write(row, number + 1, pick.choice(("企年受托", "企年投资")) if row % 4 == 2 else None)
        scale.write(row, number + 2, f"AN{pick.randint(1, 99):04d}")
        scale.write(row, number + 3, f"示例公司{pick.randint(1, 9)}" if row % 5 else None)
        scale.write(row, number + 4, round(pick.uniform(-1e4, 1e8), 4))
        scale.write_formula(row, number + 5, f"=E{row}*2", None, pick.randint(0, 9))
    scale.write_row(top + 33, number, ("合计", None, None, None, 12345.6), total)
    if number != 3:
        scale.merge_range(top + 4, number + 1, top + 6, number + 1, "职年受托")
    income.write_row(0, 0, ("月度", "客户名称", "固费", "税"))
    for row in range(1, 12):
        income.write_row(row, 0, (202411, f"示例公司{row}", row / 7, row / 3))
    book.close()
    with zipfile.ZipFile(made) as source:
        return {name: source.read(name) for name in source.namelist()}


def _day(pick: Pick) -> object:
    import datetime as dt

    return dt.datetime(2024, 11, pick.randint(1, 30))  # noqa: DTZ001 -- workbooks know no zones


def broken(seed: int, case: int) -> tuple[bytes, str]:
    """Give a broken workbook and what was done to it."""
    pick = random.Random(f"{seed}:{case}")
    parts, done = dict(honest(pick.randrange(4))), []
    for _ in range(pick.choice((0, 1, 1, 1, 2, 3))):
        name = pick.choice([name for name in parts if pick.random() < _weight(name)] or list(parts))
        change = pick.choice(XML)
        parts[name] = change(parts[name], pick)
        done.append(f"{change.__name__} {name}")
    entries = [entry(name, content) for name, content in parts.items()]
    if not done or pick.random() < 0.25:
        lie = pick.choice(LIES)
        entries = lie(entries, pick)
        done.append(lie.__name__)
    content = archive(*entries)
    if pick.random() < 0.25:
        damage = pick.choice(BYTES)
        content = damage(content, pick)
        done.append(damage.__name__)
    return content, ", ".join(done)


def _weight(name: str) -> float:
    return 0.9 if "sheet" in name or name.endswith((".rels", "workbook.xml", "sharedStrings.xml")) else 0.2


def _tokens(content: bytes, pick: Pick) -> tuple[list[bytes], int]:
    tokens = _TOKEN.findall(content) or [b""]
    return tokens, pick.randrange(len(tokens))


def drop(content: bytes, pick: Pick) -> bytes:
    """Leave a tag or a text out."""
    tokens, at = _tokens(content, pick)
    return b"".join(tokens[:at] + tokens[at + 1 :])


def drop_many(content: bytes, pick: Pick) -> bytes:
    """Leave a stretch out."""
    tokens, at = _tokens(content, pick)
    return b"".join(tokens[:at] + tokens[at + pick.randint(2, 60) :])


def double(content: bytes, pick: Pick) -> bytes:
    """Write a stretch twice."""
    tokens, at = _tokens(content, pick)
    end = at + pick.choice((1, 3, 7, 40))
    return b"".join(tokens[:end] + tokens[at:end] * pick.choice((1, 1, 50)) + tokens[end:])


def swap(content: bytes, pick: Pick) -> bytes:
    """Let two tags or texts change places."""
    tokens, at = _tokens(content, pick)
    to = pick.randrange(len(tokens))
    tokens[at], tokens[to] = tokens[to], tokens[at]
    return b"".join(tokens)


def odd_value(content: bytes, pick: Pick) -> bytes:
    """Put an odd value into an attribute."""
    found = list(_ATTRIBUTE.finditer(content))
    if not found:
        return content
    hit = pick.choice(found)
    name = hit.group().split(b"=")[0]
    return content[: hit.start()] + name + b'="' + pick.choice(_ODD) + b'"' + content[hit.end() :]


def odd_text(content: bytes, pick: Pick) -> bytes:
    """Put an odd text between two tags."""
    tokens, at = _tokens(content, pick)
    tokens[at] = pick.choice(_ODD) if not tokens[at].startswith(b"<") else tokens[at] + pick.choice(_ODD)
    return b"".join(tokens)


def attribute_lost(content: bytes, pick: Pick) -> bytes:
    """Take an attribute away, or write it twice."""
    found = list(_ATTRIBUTE.finditer(content))
    if not found:
        return content
    hit = pick.choice(found)
    return content[: hit.start()] + hit.group() * pick.choice((0, 0, 2)) + content[hit.end() :]


def rename_tag(content: bytes, pick: Pick) -> bytes:
    """Give one tag another name."""
    tokens, at = _tokens(content, pick)
    new = pick.choice((b"c", b"row", b"v", b"f", b"is", b"t", b"x:c", b"si", b"sheet", b"mergeCell"))
    tokens[at] = re.sub(rb"^(</?)[\w:]+", rb"\g<1>" + new, tokens[at])
    return b"".join(tokens)


def nest(content: bytes, pick: Pick) -> bytes:
    """Nest deeply in the middle."""
    tokens, at = _tokens(content, pick)
    depth, name = pick.choice((100, 10_000, 200_000)), pick.choice((b"c", b"row", b"x", b"is"))
    return b"".join([*tokens[:at], b"<%s>" % name * depth, b"</%s>" % name * depth, *tokens[at:]])


def interlude(content: bytes, pick: Pick) -> bytes:
    """Put in what is no element: a comment, a block of raw text, an instruction, a document type."""
    tokens, at = _tokens(content, pick)
    odd = (
        *(b"<!-- <c r='A1'> -->", b"<![CDATA[<v>7</v>]]>", b"<?go on?>", b'<!DOCTYPE a [<!ENTITY b "c">]>'),
        *(b"\0", b"\x01", b"\xff\xfe", b"&", b"<", b"]]>", b"<!--", b"\xef\xbb\xbf", b"\xe7\x94"),
    )
    return b"".join([*tokens[:at], pick.choice(odd), *tokens[at:]])


def encode(content: bytes, pick: Pick) -> bytes:
    """Write the part in another encoding, or say so only."""
    if pick.random() < 0.5:
        return content.replace(b"UTF-8", pick.choice((b"UTF-16", b"GB18030", b"nonsense")), 1)
    return content.decode("utf-8", "replace").encode(
        pick.choice(("utf-16", "utf-16-be", "gb18030", "utf-8-sig"))
    )


def cut_part(content: bytes, pick: Pick) -> bytes:
    """End a part too early."""
    return content[: pick.randrange(len(content) + 1)]


def flip_part(content: bytes, pick: Pick) -> bytes:
    """Turn bits of a part before it is packed."""
    return flip(content, pick)


def other_quotes(content: bytes, pick: Pick) -> bytes:
    """Write what is right in another way: quotes, spaces, no addresses."""
    way = pick.choice(((b'"', b"'"), (b' r="', b' s="0" r="'), (b"<c ", b"<c  "), (b' r="', b' q="')))
    return content.replace(*way)


def far_away(content: bytes, pick: Pick) -> bytes:
    """Move a cell far away."""
    found = list(re.finditer(rb'<c r="[A-Z]+\d+"', content))
    if not found:
        return content
    hit = pick.choice(found)
    away = pick.choice((b"XFD%d", b"ZZ%d", b"B%d")) % pick.choice((1, 5_000, 60_000, 1_048_576, 2_000_000))
    return content[: hit.start()] + b'<c r="' + away + b'"' + content[hit.end() :]


def no_values(content: bytes, pick: Pick) -> bytes:
    """Take the computed values of formulas away."""
    return re.sub(rb"</f><v>[^<]*</v>", b"</f>" + pick.choice((b"", b"<v></v>", b"<v/>")), content)


def member_lost(entries: list[Entry], pick: Pick) -> list[Entry]:
    """Leave a member out."""
    at = pick.randrange(len(entries))
    return entries[:at] + entries[at + 1 :]


def member_twice(entries: list[Entry], pick: Pick) -> list[Entry]:
    """Write a member twice, perhaps in other letters."""
    made = pick.choice(entries)
    return [*entries, replace(made, name=pick.choice((made.name, made.name.upper())))]


def members_swapped(entries: list[Entry], pick: Pick) -> list[Entry]:
    """Let two members change names."""
    one, other = pick.sample(range(len(entries)), 2)
    names = entries[one].name, entries[other].name
    entries[one], entries[other] = (
        replace(entries[one], name=names[1]),
        replace(entries[other], name=names[0]),
    )
    return entries


def header_lies(entries: list[Entry], pick: Pick) -> list[Entry]:
    """Declare something untrue about a member."""
    at = pick.randrange(len(entries))
    made = entries[at]
    lies: tuple[Entry, ...] = (
        *(replace(made, size=size) for size in (0, 1, made.size - 1, made.size + 1, 0xFFFFFFFF, 600 << 20)),
        *(replace(made, crc=made.crc ^ 1), replace(made, method=0), replace(made, method=14)),
        *(replace(made, flags=flag) for flag in (1, 8, 0x40)),
        *(replace(made, local_name="x"), replace(made, local_size=5), replace(made, name="../" + made.name)),
    )
    entries[at] = pick.choice(lies)
    return entries


def flip(content: bytes, pick: Pick) -> bytes:
    """Turn bits."""
    made = bytearray(content)
    for _ in range(pick.choice((1, 1, 3, 30))):
        if made:
            made[pick.randrange(len(made))] ^= 1 << pick.randrange(8)
    return bytes(made)


def cut(content: bytes, pick: Pick) -> bytes:
    """End the file too early."""
    return content[: pick.randrange(len(content))]


def repeat(content: bytes, pick: Pick) -> bytes:
    """Write a stretch of the file twice."""
    at = pick.randrange(len(content))
    end = at + pick.choice((1, 16, 512, 5_000))
    return content[:end] + content[at:]


def zeroed(content: bytes, pick: Pick) -> bytes:
    """Blank out a stretch of the file."""
    at, length = pick.randrange(len(content)), pick.choice((4, 64, 4096))
    return (content[:at] + bytes(length) + content[at + length :])[: len(content)]


def framed(content: bytes, pick: Pick) -> bytes:
    """Put something before or after the file."""
    return pick.choice(
        (b"MZ" + content, content + b"\0" * 9, content + content, b"PK\5\6" + bytes(18) + content)
    )


XML: Final[tuple[Callable[[bytes, Pick], bytes], ...]] = (
    *(drop, drop_many, double, swap, odd_value, odd_value, odd_text, attribute_lost, rename_tag, nest),
    *(interlude, encode, cut_part, flip_part, other_quotes, far_away, no_values),
)
LIES: Final = (member_lost, member_twice, members_swapped, header_lies, header_lies)
BYTES: Final = (flip, flip, cut, repeat, zeroed, framed)
