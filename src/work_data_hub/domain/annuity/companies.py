"""Which company a row belongs to: override files, then the source's own id, then a temporary id."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.cleansing.column import arrow_series, text_cells
from work_data_hub.domain.annuity.config import CompanyOverrides

# the order of the override files, and the column each is keyed by
OVERRIDE_ORDER: Final = (
    ("plan_code", "plan_code"),
    ("account_number", "account_number"),
    ("hard_coded", "plan_code"),
    ("customer_name", "customer_name"),
    ("account_name", "account_name"),
)
_TEMPORARY_PREFIX: Final = "IN"
_DIGEST_BYTES: Final = 10
_ID: Final = pa.string()


@dataclass(frozen=True, slots=True)
class LayeredCompanies:
    """Asks the layers in order; the first that knows a row decides, and its name becomes the origin."""

    overrides: CompanyOverrides
    salt: str

    def resolve(self, keys: pd.DataFrame) -> pd.DataFrame:
        """Give company_id and company_id_origin for each row of keys, on the same index."""
        answers = _Answers.none(len(keys))
        for name, column in OVERRIDE_ORDER:
            ids, known = _looked_up(text_cells(keys[column]), getattr(self.overrides, name))
            answers = answers.or_else(ids, known, "override")
        # an id that is not nine or ten digits is kept: the source may know more forms than we do
        source = text_cells(keys["source_company_id"])
        answers = answers.or_else(source, pc.is_valid(source), "source")
        temporary = _temporary_ids(text_cells(keys["customer_name"]), self.salt)
        answers = answers.or_else(temporary, pc.is_valid(temporary), "temporary")
        return answers.as_frame(keys)


@dataclass(frozen=True, slots=True)
class _Answers:
    ids: pa.Array
    origins: pa.Array

    @classmethod
    def none(cls, rows: int) -> Self:
        return cls(pa.nulls(rows, _ID), pa.nulls(rows, _ID))

    def or_else(self, ids: pa.Array, known: pa.Array, origin: str) -> "_Answers":
        taken = pc.and_(pc.is_null(self.origins), known)
        return _Answers(
            pc.if_else(taken, ids, self.ids), pc.if_else(taken, pa.scalar(origin, _ID), self.origins)
        )

    def as_frame(self, keys: pd.DataFrame) -> pd.DataFrame:
        columns = {"company_id": self.ids, "company_id_origin": self.origins}
        return pd.DataFrame(
            {name: arrow_series(values, like=keys["plan_code"]) for name, values in columns.items()}
        )


def temporary_company_id(name: str, salt: str) -> str:
    """Give the id that stands for a name until the real one is known: same name and salt, same id."""
    digest = hmac.digest(salt.encode(), name.encode(), hashlib.sha256)
    return _TEMPORARY_PREFIX + base64.b32encode(digest[:_DIGEST_BYTES]).decode()


def _looked_up(cells: pa.Array, known: Mapping[str, str | None]) -> tuple[pa.Array, pa.Array]:
    at = pc.index_in(cells, value_set=pa.array(list(known), _ID), skip_nulls=True)
    return pa.array(list(known.values()), _ID).take(at), pc.is_valid(at)


def _temporary_ids(names: pa.Array, salt: str) -> pa.Array:
    encoded = names.dictionary_encode()
    ids = [temporary_company_id(name, salt) for name in encoded.dictionary.to_pylist()]
    return pa.array(ids, _ID).take(encoded.indices)
