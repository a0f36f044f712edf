"""Writing true rows down the way people do: cells by silver column, and what is known about each row."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from work_data_hub.domain.annuity.sample.cells import (
    MONTH_FORMS,
    NAME_NULL_TOKENS,
    NEGATIVE_FORMS,
    NO_COMPANY_TOKENS,
    NULL_TOKENS,
    POSITIVE_FORMS,
    RATE_FORMS,
    TICKS_PER_YUAN,
    Cell,
)
from work_data_hub.domain.annuity.sample.draws import Objects, objects
from work_data_hub.domain.annuity.sample.facts import (
    BRANCH_ALIASES,
    BRANCH_CODES,
    DEFAULT_PLANS,
    DEFAULT_PORTFOLIOS,
    HEAD_OFFICE,
    HEAD_OFFICE_FORMS,
    PLAN_CODE_FIXES,
)
from work_data_hub.domain.annuity.sample.forms import INCOME, SCALE, SheetForm
from work_data_hub.domain.annuity.sample.names import noisy
from work_data_hub.domain.annuity.sample.pen import Sheet
from work_data_hub.domain.kernel.period import Period

Form = tuple[str, Callable[[str], Cell]]
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}

_PLAN_FORMS: tuple[Form, ...] = (
    ("plan_code:spaces", lambda code: f" {code} "),
    ("plan_code:lower_case", str.lower),
    ("plan_code:full_width", lambda code: code.translate(_WIDE)),
)
_LABEL_FORMS: tuple[Form, ...] = (
    ("text:spaces", lambda text: f" {text}"),
    ("text:ideographic_space", lambda text: f"{text}\u3000"),
)
_COMPANY_FORMS: tuple[Form, ...] = (
    ("company:text", str),
    ("company:spaces", lambda code: f"{code} "),
    ("company:full_width", lambda code: code.translate(_WIDE)),
)
_GROUP_FORMS: tuple[Form, ...] = (
    ("group_number:with_c", lambda number: f"C{number}"),
    ("group_number:number", int),
    ("group_number:with_small_c", lambda number: f"c{number}"),
    ("group_number:text", str),
)


def written(form: SheetForm, rows: pd.DataFrame, period: Period, rng: np.random.Generator) -> Sheet:
    """Write the rows of a month down."""
    sheet = Sheet(form, rows, period, rng, quirks=[[] for _ in range(len(rows))])
    for write in _WRITERS[form.name]:
        write(sheet)
    _faults(sheet)
    _twins(sheet)
    return sheet


def _months(sheet: Sheet) -> None:
    usual = int(f"{sheet.period.year}{sheet.period.month:02d}")
    cells = objects([usual] * len(sheet.rows))
    for turn, place in enumerate(np.flatnonzero(sheet.some(0.25))):
        label, form = MONTH_FORMS[turn % len(MONTH_FORMS)]
        cells[place] = form(sheet.period)
        sheet.quirks[place].append(label)
    sheet.cells["period"] = cells
    sheet.truth["period"] = objects([sheet.period.start] * len(sheet.rows))


def _kinds(sheet: Sheet) -> None:
    for column in ("business_type", "plan_type"):
        cells = sheet.values(column)
        sheet.write(cells, sheet.some(0.01), _LABEL_FORMS)
        sheet.cells[column] = cells


def _plans(sheet: Sheet) -> None:
    cells = sheet.values("plan_code")
    fixable = np.isin(cells.astype(str), list(PLAN_CODE_FIXES)) & sheet.some(0.5)
    sheet.write(cells, fixable, [("plan_code:known_mistake", PLAN_CODE_FIXES.__getitem__)])
    default = np.isin(cells.astype(str), list(DEFAULT_PLANS.values()))
    plain = ~fixable & ~default & sheet.rows["plan_code"].notna().to_numpy()
    sheet.write(cells, plain & sheet.some(0.02), _PLAN_FORMS)
    cells[default] = None
    sheet.label(np.flatnonzero(default), "plan_code:blank")
    sheet.blank(cells, default & sheet.some(0.3), NULL_TOKENS, "plan_code:null_token")
    sheet.cells["plan_code"] = cells
    names = sheet.values("plan_name")
    sheet.write(names, sheet.some(0.01), _LABEL_FORMS)
    sheet.cells["plan_name"] = names


def _portfolios(sheet: Sheet) -> None:
    cells = sheet.values("portfolio_code")
    default = np.isin(cells.astype(str), list(DEFAULT_PORTFOLIOS.values()))
    numeric = np.array([code.isdigit() for code in cells])
    with_f = ~default & sheet.some(0.3)
    as_number = numeric & ~with_f & sheet.some(0.8)
    sheet.write(cells, as_number, [("portfolio:number", int)])
    sheet.write(
        cells, with_f, [("portfolio:leading_f", "F{}".format), ("portfolio:leading_small_f", "f{}".format)]
    )
    cells[default] = None
    sheet.label(np.flatnonzero(default), "portfolio:blank")
    sheet.blank(cells, default & sheet.some(0.3), NULL_TOKENS, "portfolio:null_token")
    sheet.cells["portfolio_code"] = cells
    for column in ("portfolio_type", "portfolio_name"):
        sheet.cells[column] = _or_token(sheet, column)


def _or_token(sheet: Sheet, column: str) -> Objects:
    cells = sheet.values(column)
    empty = sheet.rows[column].isna().to_numpy()
    sheet.blank(cells, empty & sheet.some(0.05), NULL_TOKENS, f"{column}:null_token")
    return cells


def _customers(sheet: Sheet) -> None:
    cells = sheet.values("customer_name")
    empty = sheet.rows["customer_name"].isna().to_numpy()
    special = np.array([bool(name) and not name.endswith(("公司", "研究院")) for name in cells])
    latin = np.array([bool(name) and name[:1].isascii() for name in cells])
    places = np.flatnonzero(~empty & (special | latin | sheet.some(0.25)))
    names, labels = noisy([cells[place] for place in places])
    cells[places] = names
    for place, label in zip(places, labels, strict=True):
        sheet.quirks[place].append(label)
    sheet.label(np.flatnonzero(empty), "name:blank")
    sheet.blank(cells, empty & sheet.some(0.3), NAME_NULL_TOKENS, "name:null_token")
    sheet.cells["customer_name"] = cells
    sheet.truth["account_name"] = objects([None if cell is None or cell == " " else cell for cell in cells])


def _amounts(sheet: Sheet) -> None:
    form = sheet.form
    for turn, column in enumerate(form.amounts):
        ticks = sheet.rows[column].to_numpy()
        cells = objects((ticks / TICKS_PER_YUAN).tolist())
        exact = sheet.values(column)
        odd = sheet.some(form.odd_amounts)
        for mask, forms in ((odd & (ticks > 0), POSITIVE_FORMS), (odd & (ticks < 0), NEGATIVE_FORMS)):
            cells[mask] = exact[mask]
            sheet.write(cells, mask, _from(forms, turn))
        empty = (ticks == 0) & sheet.some(0.6)
        cells[empty] = None
        exact[empty] = 0 if form.blank_is_zero else None
        sheet.blank(cells, empty & sheet.some(0.3), NULL_TOKENS, "number:null_token")
        sheet.cells[column], sheet.truth[column] = cells, exact


def _from(
    forms: Sequence[tuple[str, Callable[[int], Cell]]], start: int
) -> list[tuple[str, Callable[[int], Cell]]]:
    # a small month has few odd cells a column: let each column begin with another form
    turn = 2 * start % len(forms)
    return [*forms[turn:], *forms[:turn]]


def _rates(sheet: Sheet) -> None:
    ticks = sheet.rows["period_return"].to_numpy()
    cells = objects((ticks / 1_000_000).tolist())
    exact = sheet.values("period_return")
    odd = sheet.some(0.15)
    cells[odd] = exact[odd]
    sheet.write(cells, odd, RATE_FORMS)
    empty = ~odd & sheet.some(0.05)
    cells[empty] = exact[empty] = None
    sheet.blank(cells, empty & sheet.some(0.5), NULL_TOKENS, "rate:null_token")
    sheet.cells["period_return"], sheet.truth["period_return"] = cells, exact


def _branches(sheet: Sheet) -> None:
    branch = sheet.values("branch")
    cells = branch.copy()
    aliased = sheet.some(0.4)
    for name, aliases in BRANCH_ALIASES.items():
        forms = [("branch:alias", lambda _, alias=alias: alias) for alias in aliases]
        sheet.write(cells, (branch == name) & aliased, forms)
    names = cells.copy()
    for turn, place in enumerate(np.flatnonzero(branch == HEAD_OFFICE)):
        cells[place], names[place] = HEAD_OFFICE_FORMS[turn % len(HEAD_OFFICE_FORMS)]
        sheet.quirks[place].append("branch:head_office")
    codes = sheet.rows["branch"].map(BRANCH_CODES).to_numpy(dtype=object)
    sheet.truth["branch_code"] = codes.copy()
    stale = sheet.some(0.1)
    codes[stale] = None
    sheet.blank(codes, stale & sheet.some(0.3), ("G99", "null"), "branch:source_code_wrong")
    sheet.cells["branch_name"], sheet.truth["branch_name"], sheet.cells["branch_code"] = cells, names, codes


def _companies(sheet: Sheet) -> None:
    cells = sheet.values("source_company_id")
    known = sheet.rows["source_company_id"].notna().to_numpy()
    odd = sheet.some(0.2)
    sheet.write(cells, known & odd, _COMPANY_FORMS)
    sheet.write(cells, known & ~odd, [("company:number", int)])
    sheet.blank(cells, ~known & sheet.some(0.2), NO_COMPANY_TOKENS, "company:no_id_token")
    sheet.cells["source_company_id"] = cells
    numbers = sheet.values("group_customer_number")
    sheet.write(numbers, sheet.rows["group_customer_number"].notna().to_numpy(), _GROUP_FORMS)
    sheet.cells["group_customer_number"] = numbers
    _odd_ids(sheet)


def _odd_ids(sheet: Sheet) -> None:
    withheld, conflict = (sheet.rows[name].to_numpy(dtype=bool) for name in ("id_withheld", "id_conflict"))
    sheet.label(np.flatnonzero(withheld), "company:withheld")
    # of two ids that one name has, both must stand beside the same spelling of the name
    for place in np.flatnonzero(conflict):
        sheet.cells["customer_name"][place] = sheet.rows["customer_name"].iloc[place]
        sheet.truth["account_name"][place] = sheet.rows["customer_name"].iloc[place]
        sheet.quirks[place] = [label for label in sheet.quirks[place] if not label.startswith("name:")]
    sheet.label(np.flatnonzero(conflict), "company:two_ids")


def _rest(sheet: Sheet) -> None:
    count = len(sheet.rows)
    for column in ("subsidiary_number", "subsidiary_name", "group_customer_name"):
        sheet.cells[column] = _or_token(sheet, column)
    sheet.cells["year"] = objects([sheet.period.year] * count)
    sheet.cells["month"] = objects([sheet.period.month] * count)
    remarks = objects([None] * count)
    remarks[sheet.some(0.02)] = "按新口径调整"
    sheet.cells["remark"] = remarks
    sheet.cells["id"] = objects(list(range(1, count + 1)))
    sheet.label(np.flatnonzero(sheet.rows["opening_break"]), "balance:opening_differs")
    sheet.label(np.flatnonzero(sheet.rows["flow_break"]), "balance:flow_differs")
    negative = (sheet.rows["opening_aum_yuan"] < 0) | (sheet.rows["closing_aum_yuan"] < 0)
    sheet.label(np.flatnonzero(negative), "amount:negative_adjustment")


def _clawbacks(sheet: Sheet) -> None:
    negative = sheet.rows["clawback_yuan"].to_numpy() < 0
    sheet.label(np.flatnonzero(negative), "fee:clawback")


_SHARED = (_months, _kinds, _plans, _portfolios, _customers, _amounts)
_WRITERS = {
    SCALE.name: (*_SHARED, _rates, _branches, _companies, _rest),
    INCOME.name: (*_SHARED, _branches, _clawbacks),
}


def _faults(sheet: Sheet) -> None:
    for column in ("plan_code", "business_type", "plan_type"):
        sheet.truth[column] = sheet.values(column)
    fault = sheet.rows["fault"].to_numpy()
    for place in np.flatnonzero(fault >= 0):
        found = sheet.form.faults[fault[place]]
        sheet.cells[found.column][place] = found.cell(sheet.period)
        sheet.truth[found.column][place] = None
        sheet.quirks[place] = [found.label]


def _twins(sheet: Sheet) -> None:
    position = sheet.rows["position"].to_numpy()
    source = sheet.rows["twin_of"].to_numpy()
    where = {own: place for place, own in enumerate(position)}
    for place in np.flatnonzero((source >= 0) & (source != position)):
        original = where[source[place]]
        for columns in (sheet.cells, sheet.truth):
            for values in columns.values():
                values[place] = values[original]
        sheet.quirks[original].append("row:exact_duplicate")
        sheet.quirks[place] = list(sheet.quirks[original])
