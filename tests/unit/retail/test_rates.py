"""Which rate a currency gets: that of the day, of the business day before, or none at all."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.unit.retail.silver_rows import Row, config, frame, held, metric, numbered, records

from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.errors import InputRefusedError
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.retail.contracts.bronze import EXCHANGE_RATES
from work_data_hub.domain.retail.contracts.silver import FX_RATES
from work_data_hub.domain.retail.silver.rates import make_fx_rate

FRIDAY = "2011-12-09"
POUND: Row = {"rate_date": FRIDAY, "currency": "GBP", "units_per_eur": "0.85315"}
DOLLAR: Row = {**POUND, "currency": "USD", "units_per_eur": "1.3384"}


def valued(*rows: Row, on: str = FRIDAY, **changes: Any) -> Outcome:
    valuation = {"valuation_date": date.fromisoformat(on), "source": "a bank", "oldest_days": 7, **changes}
    frames = {"exchange_rates": frame(EXCHANGE_RATES, numbered({}, rows))}
    return held(FX_RATES, make_fx_rate(BuildContext(None, frames, config(valuation=valuation))))


def by_currency(outcome: Outcome) -> dict[str, tuple[Decimal, date]]:
    return {row["currency"]: (row["units_per_eur"], row["rate_date"]) for row in records(outcome.accepted)}


def test_the_rate_of_the_valuation_date_counts_and_its_source_is_told() -> None:
    outcome = valued(
        {**POUND, "rate_date": "2011-12-08", "units_per_eur": "0.85"},
        POUND,
        DOLLAR,
        {**POUND, "rate_date": "2011-12-12", "units_per_eur": "0.9"},
        {**POUND, "currency": "SEK", "units_per_eur": "9"},
    )
    day = date(2011, 12, 9)
    assert by_currency(outcome) == {
        "EUR": (Decimal(1), day),
        "GBP": (Decimal("0.85315"), day),
        "USD": (Decimal("1.3384"), day),
    }
    assert {row["source"] for row in records(outcome.accepted)} == {"a bank"}
    assert outcome.warnings == ()


def test_on_a_sunday_the_friday_counts() -> None:
    outcome = valued(POUND, DOLLAR, on="2011-12-11")
    assert by_currency(outcome)["GBP"] == (Decimal("0.85315"), date(2011, 12, 9))
    assert metric(outcome, "rates_of_an_earlier_day") == 2
    assert outcome.warnings[0] == "GBP has no rate of 2011-12-11; that of 2011-12-09 counts"


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [DOLLAR],
        [{**POUND, "rate_date": "2011-12-01"}],
        [{**POUND, "rate_date": "2011-12-12"}],
        [{**POUND, "units_per_eur": "0"}],
        [{**POUND, "units_per_eur": "N/A"}],
        [{**POUND, "rate_date": "soon"}],
    ],
)
def test_a_brands_currency_without_a_rate_is_refused(rows: Sequence[Row]) -> None:
    with pytest.raises(InputRefusedError, match=r"GBP on 2011-12-09 or up to 7 days before[\s\S]*Fix: "):
        valued(*rows)


def test_a_rate_as_old_as_allowed_still_counts() -> None:
    outcome = valued({**POUND, "rate_date": "2011-12-02"})
    assert by_currency(outcome)["GBP"][1] == date(2011, 12, 2)


def test_the_dollar_is_no_brands_currency_and_may_be_absent() -> None:
    outcome = valued(POUND)
    assert set(by_currency(outcome)) == {"EUR", "GBP"}
    assert outcome.warnings == ("USD has no rate up to 7 days before 2011-12-09",)


def test_two_different_rates_of_one_day_are_refused_and_a_repeated_one_is_not() -> None:
    assert by_currency(valued(POUND, POUND, DOLLAR))["GBP"][0] == Decimal("0.85315")
    with pytest.raises(InputRefusedError, match="two different exchange rates of GBP on 2011-12-09"):
        valued(POUND, {**POUND, "units_per_eur": "0.86"})


def test_unreadable_rows_of_a_needed_currency_are_told() -> None:
    outcome = valued(POUND, DOLLAR, {**POUND, "rate_date": "soon"}, {**POUND, "units_per_eur": "?"})
    assert metric(outcome, "unreadable_rows") == 2
    assert outcome.warnings == ("2 rows of needed currencies can't be read",)
