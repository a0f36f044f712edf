"""What annuity rules need from the outside, as small protocols."""

from typing import Protocol

import pandas as pd


class CompanyResolver(Protocol):
    """Finds out which company a row belongs to, and says where the answer comes from."""

    def resolve(self, keys: pd.DataFrame) -> pd.DataFrame:
        """Give company_id and company_id_origin for each row of keys, on the same index.

        `keys` holds plan_code, account_number, customer_name (cleaned), account_name and
        source_company_id (read, or null).
        """
