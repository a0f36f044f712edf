"""The exchange rates beside the sample: five true ones of the European Central Bank, and none invented."""

from typing import Final

HEADERS: Final = ("date", "currency", "units_per_eur")
# published by the ECB as euro foreign exchange reference rates; units of the currency for one euro
RATES: Final = (
    ("2009-12-01", "GBP", "0.90985"),
    ("2011-12-09", "GBP", "0.85315"),
    ("2011-12-09", "USD", "1.3384"),
    ("2024-01-19", "GBP", "0.85825"),
    ("2024-01-19", "USD", "1.0887"),
)
