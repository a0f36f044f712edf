"""Building blocks of typed configuration: frozen models, read-only maps, a fingerprint of values."""

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints


def _read_only(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(values))


READ_ONLY: Final = (AfterValidator(_read_only), PlainSerializer(dict))

Name = Annotated[str, StringConstraints(min_length=1, pattern=r"^\S(.*\S)?$")]
Month = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
CodeMap = Annotated[Mapping[Name, Name], *READ_ONLY]
# written as text or as a plain number; never a binary float from then on
Exact = Annotated[Decimal, Field(strict=False)]


def nothing() -> Mapping[str, Any]:
    """Give an empty map."""
    return MappingProxyType({})


class Frozen(BaseModel):
    """A value that can't be changed, knows all its keys and tells no input in its errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


def fingerprint(values: object) -> str:
    """Hash plain values in one canonical form."""
    canonical = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
