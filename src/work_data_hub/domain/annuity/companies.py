"""Which company a row belongs to: override files, what earlier months taught, the source's id, a temporary id."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
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
# the order of the learnt keys; a pair is a key too
INDEX_ORDER: Final = ("plan_code", "account_name", "account_number", "customer_name", "plan_customer")
KEY_COLUMNS: Final = ("plan_code", "account_number", "customer_name", "account_name", "source_company_id")
ANSWER_COLUMNS: Final = ("company_id", "company_id_origin", "company_id_layer")
SOURCE_ID: Final = "source_company_id"
REAL_ID: Final = r"^[0-9]{9,10}$"
# numbers of this form are shared by many accounts
UNUSABLE_ACCOUNTS: Final = "GM"
LEAST_CONFIDENCE: Final = Decimal("0.60")
_TEMPORARY_PREFIX: Final = "IN"
_DIGEST_BYTES: Final = 10
_ID: Final = pa.string()


def index_keys(rows: pd.DataFrame, lookup_type: str) -> pa.Array:
    """Give the key of each row, or null; a pair is written plan|customer, and some account numbers are no key."""
    if lookup_type == "plan_customer":
        plans, names = text_cells(rows["plan_code"]), text_cells(rows["customer_name"])
        return pc.binary_join_element_wise(plans, names, "|")
    cells = text_cells(rows[lookup_type])
    if lookup_type != "account_number":
        return cells
    return pc.if_else(pc.starts_with(cells, UNUSABLE_ACCOUNTS), pa.scalar(None, _ID), cells)


@dataclass(frozen=True, slots=True)
class CompanyIndex:
    """Keys that were taught, each with its newest company id and where that came from."""

    keys: Mapping[str, pa.Array]
    ids: Mapping[str, pa.Array]
    origins: Mapping[str, pa.Array]

    @classmethod
    def of(cls, taught: pd.DataFrame | None) -> Self:
        """Index rows of the company index; without any, nothing is known."""
        if taught is None or taught.empty:
            return cls({}, {}, {})
        sure = taught[taught["confidence"] >= LEAST_CONFIDENCE].sort_values("period", kind="stable")
        newest = sure.drop_duplicates(["lookup_type", "lookup_key"], keep="last")
        parts = {str(name): rows for name, rows in newest.groupby("lookup_type", sort=False)}
        columns = ("lookup_key", "company_id", "origin")
        return cls(*({name: text_cells(rows[c]) for name, rows in parts.items()} for c in columns))

    def find(self, lookup_type: str, cells: pa.Array) -> tuple[pa.Array, pa.Array]:
        """Give the id and the origin of each cell, null where it is not known."""
        if lookup_type not in self.keys:
            nothing = pa.nulls(len(cells), _ID)
            return nothing, nothing
        at = pc.index_in(cells, value_set=self.keys[lookup_type], skip_nulls=True)
        return self.ids[lookup_type].take(at), self.origins[lookup_type].take(at)


@dataclass(frozen=True, slots=True)
class LayeredCompanies:
    """Asks the layers in order; the first that knows a row decides, and the origin of its answer is kept."""

    overrides: CompanyOverrides
    salt: str
    index: CompanyIndex

    def resolve(self, keys: pd.DataFrame) -> pd.DataFrame:
        """Give company_id, company_id_origin and company_id_layer for each row of keys, on the same index."""
        answers = _Answers.none(len(keys))
        for name, column in OVERRIDE_ORDER:
            ids, known = _looked_up(text_cells(keys[column]), getattr(self.overrides, name))
            answers = answers.or_else(ids, known, "override", f"override.{name}")
        for name in INDEX_ORDER:
            ids, origins = self.index.find(name, index_keys(keys, name))
            answers = answers.or_else(ids, pc.is_valid(ids), origins, f"index.{name}")
        # an id that is not nine or ten digits is kept: the source may know more forms than we do
        source = text_cells(keys[SOURCE_ID])
        answers = answers.or_else(source, pc.is_valid(source), "source", "source")
        temporary = _temporary_ids(text_cells(keys["customer_name"]), self.salt)
        return answers.or_else(temporary, pc.is_valid(temporary), "temporary", "temporary").as_frame(keys)


@dataclass(frozen=True, slots=True)
class _Answers:
    ids: pa.Array
    origins: pa.Array
    layers: pa.Array

    @classmethod
    def none(cls, rows: int) -> Self:
        return cls(*(pa.nulls(rows, _ID) for _ in ANSWER_COLUMNS))

    def or_else(self, ids: pa.Array, known: pa.Array, origin: str | pa.Array, layer: str) -> "_Answers":
        taken = pc.and_(pc.is_null(self.layers), known)
        given = pa.scalar(origin, _ID) if isinstance(origin, str) else origin
        return _Answers(
            pc.if_else(taken, ids, self.ids),
            pc.if_else(taken, given, self.origins),
            pc.if_else(taken, pa.scalar(layer, _ID), self.layers),
        )

    def as_frame(self, keys: pd.DataFrame) -> pd.DataFrame:
        columns = zip(ANSWER_COLUMNS, (self.ids, self.origins, self.layers), strict=True)
        return pd.DataFrame({name: arrow_series(values, like=keys["plan_code"]) for name, values in columns})


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
