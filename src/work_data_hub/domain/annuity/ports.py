"""What annuity rules need from the outside, as small protocols."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Protocol

import pandas as pd

OTHER_MATCH: Final = "other"
# how far an outside answer is believed, by how the name was matched
MATCH_CONFIDENCE: Final = {
    "exact": Decimal("1.0"),
    "fuzzy": Decimal("0.8"),
    OTHER_MATCH: Decimal("0.7"),
    "pinyin": Decimal("0.6"),
}


class CompanyResolver(Protocol):
    """Finds out which company a row belongs to, and says where the answer comes from."""

    def resolve(self, keys: pd.DataFrame) -> pd.DataFrame:
        """Give company_id, company_id_origin and company_id_layer for each row of keys, on the same index.

        `keys` holds plan_code, account_number, customer_name (cleaned), account_name and
        source_company_id (read, or null).
        """


@dataclass(frozen=True, slots=True)
class LookupAnswer:
    """The company that answers to a name outside, and how the name was matched."""

    company_id: str
    matched_name: str
    match: str

    @property
    def confidence(self) -> Decimal:
        """Say how far to believe it; a way of matching that is not known counts as other."""
        return MATCH_CONFIDENCE.get(self.match, MATCH_CONFIDENCE[OTHER_MATCH])


class CompanyLookup(Protocol):
    """Asks the outside which company a name belongs to; it raises TransientError or PermanentError."""

    def find(self, name: str) -> LookupAnswer | None:
        """Give the company of a cleaned name, or None when nobody answers to it."""
