"""The exchange rates of the valuation date, or of the business day before it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from work_data_hub.cleansing.numbers import decimal_number
from work_data_hub.cleansing.timestamps import TIMESTAMP
from work_data_hub.domain.kernel.build import BuildContext, InputRef
from work_data_hub.domain.kernel.contract import DAY, TEXT
from work_data_hub.domain.kernel.errors import InputRefusedError
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.retail.config import EURO, RetailConfig, Valuation
from work_data_hub.domain.retail.contracts.bronze import EXCHANGE_RATES
from work_data_hub.domain.retail.contracts.shapes import FX_RATE
from work_data_hub.domain.retail.contracts.silver import FX_RATES
from work_data_hub.domain.retail.frames.shaping import frame_of, same
from work_data_hub.domain.retail.rules.cell_rules import read, upper_codes

FX_RATE_INPUTS: Final = (
    InputRef(EXCHANGE_RATES, columns=("sheet", "row_number", "rate_date", "currency", "units_per_eur")),
)
DOLLAR: Final = "USD"
_RATE: Final = decimal_number(18, 8, "number", name="exchange_rate")


@dataclass(frozen=True, slots=True)
class Quotes:
    """What the source says about one currency, and how many of its cells can't be read."""

    rates: dict[date, Decimal]
    unreadable: int

    @classmethod
    def of(cls, rows: pd.DataFrame, currency: str, since: date, until: date) -> "Quotes":
        """Read the rows of a currency within some days; two different rates of one day are refused."""
        own = rows[np.asarray(upper_codes(rows["currency"]).fill_null("")) == currency]
        moments, odd_days = read(own["rate_date"], TIMESTAMP)
        units, odd_units = read(own["units_per_eur"], _RATE)
        rates: dict[date, Decimal] = {}
        for day, rate in zip(moments.cast(DAY).to_pylist(), units.to_pylist(), strict=True):
            if day is None or rate is None or rate <= 0 or not since <= day <= until:
                continue
            if rates.setdefault(day, rate) != rate:
                raise _two_rates(currency, day)
        return cls(rates, len({failure.position for failure in (*odd_days, *odd_units)}))


def make_fx_rate(context: BuildContext) -> Outcome:
    """Give one rate for each currency of a brand, for the euro, and for the dollar where there is one."""
    config: RetailConfig = context.config
    valuation = config.mappings.valuation
    since = valuation.valuation_date - timedelta(days=valuation.oldest_days)
    needed = sorted({brand.currency for brand in config.mappings.brands.values()} - {EURO})
    rows = context.frame(EXCHANGE_RATES.name)
    found: dict[str, tuple[date, Decimal]] = {EURO: (valuation.valuation_date, Decimal(1))}
    unreadable = 0
    for currency in dict.fromkeys((*needed, DOLLAR)):
        quotes = Quotes.of(rows, currency, since, valuation.valuation_date)
        unreadable += quotes.unreadable
        if quotes.rates:
            day = max(quotes.rates)
            found[currency] = (day, quotes.rates[day])
        elif currency in needed:
            raise _no_rate(currency, valuation)
    return _outcome(valuation, dict(sorted(found.items())), len(rows), unreadable)


def _outcome(
    valuation: Valuation, found: dict[str, tuple[date, Decimal]], read_rows: int, unreadable: int
) -> Outcome:
    days, rates = zip(*found.values(), strict=True)
    frame = frame_of(
        FX_RATES,
        [
            {
                "currency": pa.array(found, TEXT),
                "valuation_date": same(valuation.valuation_date, len(found), DAY),
                "rate_date": pa.array(days, DAY),
                "units_per_eur": pa.array([rate.quantize(Decimal("1e-8")) for rate in rates], FX_RATE),
                "source": same(valuation.source, len(found), TEXT),
            }
        ],
    )
    older = {currency: day for currency, (day, _) in found.items() if day < valuation.valuation_date}
    metrics = {"currencies": len(found), "rates_of_an_earlier_day": len(older), "unreadable_rows": unreadable}
    return Outcome(
        frame,
        Counts(read=read_rows, published=len(frame)),
        warnings=tuple(_warnings(valuation, found, older, unreadable)),
        facts={"metrics": metrics, "fx_source": valuation.source},
    )


def _warnings(
    valuation: Valuation, found: dict[str, tuple[date, Decimal]], older: dict[str, date], unreadable: int
) -> Iterator[str]:
    for currency, day in older.items():
        yield f"{currency} has no rate of {valuation.valuation_date}; that of {day} counts"
    if DOLLAR not in found:
        yield f"{DOLLAR} has no rate up to {valuation.oldest_days} days before {valuation.valuation_date}"
    if unreadable:
        yield f"{unreadable} rows of needed currencies can't be read"


def _no_rate(currency: str, valuation: Valuation) -> InputRefusedError:
    return InputRefusedError(
        f"there is no exchange rate of {currency} on {valuation.valuation_date} or up to "
        f"{valuation.oldest_days} days before",
        expected="a business day's rate in the file of the source `rates`",
        fix="drop a file that holds it, or set another valuation_date in retail_mappings.yml",
        currency=currency,
        day=valuation.valuation_date,
    )


def _two_rates(currency: str, day: date) -> InputRefusedError:
    return InputRefusedError(
        f"there are two different exchange rates of {currency} on {day}",
        expected="one rate for a currency and a day",
        fix="correct the file of the source `rates` and drop it again",
        currency=currency,
        day=day,
    )
