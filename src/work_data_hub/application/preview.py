"""A look at the first rows of an outcome, with names masked."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from work_data_hub.domain.kernel.contract import PersonalData, Role, TableContract
from work_data_hub.domain.kernel.outcome import Outcome

ROWS = 5


def preview(contract: TableContract, outcome: Outcome) -> tuple[Mapping[str, object], ...]:
    """Give at most five rows of business and lineage columns; names keep their first character."""
    names = [c.name for c in contract.columns if c.role is not Role.STAMP]
    masked = {c.name for c in contract.columns if c.personal is not PersonalData.NONE}
    rows = outcome.accepted.head(ROWS)[names].astype(object).to_dict("records")
    return tuple({str(k): _mask(v) if k in masked else _plain(v) for k, v in row.items()} for row in rows)


def _plain(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)


def _mask(value: Any) -> str | None:
    text = _plain(value)
    return None if text is None else text[:1] + "***"
