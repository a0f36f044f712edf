"""Cancellations: customers give back some of what an earlier invoice sold them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from work_data_hub.domain.retail.sample.calendar import STRETCHES, moment_in
from work_data_hub.domain.retail.sample.draws import happens, one_of, whole
from work_data_hub.domain.retail.sample.invoices import Invoice, ItemKind, Line, LineType

_WHOLLY: Final = 0.5
_MEAN_LINES: Final = 0.45


def cancellations(
    place: int, lines: int, sold: Sequence[Invoice], rng: np.random.Generator
) -> Iterator[Invoice]:
    """Take as many lines back as asked for, on days of a stretch that follow the sale."""
    stretch = STRETCHES[place]
    last = stretch.days[-1]
    known = [invoice for invoice in sold if invoice.moment.date() < last and invoice.sells]
    known = [invoice for invoice in known if invoice.customer is not None] or known
    left = lines
    while left:
        sale = one_of(rng, known)
        given_back = _lines(sale, min(left, int(rng.geometric(_MEAN_LINES))), rng)
        left -= len(given_back)
        days = [day for day in stretch.days if day > sale.moment.date()]
        moment = moment_in(days, rng)
        yield replace(sale, zone=stretch.zone, moment=moment, prefix="C", lines=tuple(given_back))


def _lines(sale: Invoice, at_most: int, rng: np.random.Generator) -> list[Line]:
    goods = {line.code.upper(): line for line in sale.lines if _returnable(line)}
    chosen = list(goods.values())[:at_most]
    return [
        _undone(line, line.quantity if happens(rng, _WHOLLY) else whole(rng, 1, line.quantity))
        for line in chosen
    ]


def _returnable(line: Line) -> bool:
    return line.item_kind is ItemKind.PRODUCT and line.quantity > 0 and line.price_mills > 0


def _undone(line: Line, quantity: int) -> Line:
    return replace(line, quantity=-quantity, line_type=LineType.CANCELLATION, mark=None)
