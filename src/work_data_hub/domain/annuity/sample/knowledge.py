"""Which company ids earlier months taught, and what a month's rows get by them: expectations, not rules."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

import pandas as pd
import pyarrow as pa

from work_data_hub.domain.annuity.sample.facts import SINGLE
from work_data_hub.domain.annuity.sample.truth import MonthTruth
from work_data_hub.domain.kernel.period import Period

# in this order the kinds of keys are asked
LOOKUPS: Final = ("plan_code", "account_name", "account_number", "customer_name", "plan_customer")
_KEY_COLUMNS: Final = ("plan_code", "plan_type")
Key = tuple[str, str]
Texts = list[str | None]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Company id by kind of key and key; a pair is written plan|customer."""

    ids: Mapping[Key, str] = field(default_factory=lambda: MappingProxyType({}))

    def after(self, scale: MonthTruth) -> "Knowledge":
        """Learn from a month's scale sheet; what it tells in two ways stays as it was."""
        return Knowledge(MappingProxyType({**self.ids, **taught_by(scale)}))

    def applied(self, truth: MonthTruth) -> MonthTruth:
        """Give the truth about a sheet that is read with this knowledge: overrides first, then what is known."""
        frame = truth.frame
        known = self._known(frame)
        stated = zip(_texts(frame["company_id"]), _texts(frame["company_id_origin"]), known, strict=True)
        answers = [
            (own, origin) if origin == "override" or found is None else (found, "source")
            for own, origin, found in stated
        ]
        names = ("company_id", "company_id_origin")
        columns = dict(zip(names, zip(*answers, strict=True), strict=True))
        typed = {name: pd.Series(list(cells), dtype=frame[name].dtype) for name, cells in columns.items()}
        return replace(truth, frame=frame.assign(**typed))

    def _known(self, frame: pd.DataFrame) -> Iterator[str | None]:
        kinds = list(_keys(frame).items())
        for place in range(len(frame)):
            asked = (self.ids.get((kind, key)) for kind, keys in kinds if (key := keys[place]) is not None)
            yield next((found for found in asked if found is not None), None)


def known_before(period: Period, loaded: Iterable[MonthTruth]) -> Knowledge:
    """Give what the scale sheets of the loaded months before a period taught, the latest word counting."""
    knowledge = Knowledge()
    for truth in sorted(loaded, key=lambda truth: truth.period):
        if truth.period < period:
            knowledge = knowledge.after(truth)
    return knowledge


def taught_by(scale: MonthTruth) -> Mapping[Key, str]:
    """Give what the ids that a month's rows state teach; a key with two ids teaches nothing."""
    return {key: next(iter(ids)) for key, ids in _told(scale).items() if len(ids) == 1}


def conflicts_in(scale: MonthTruth) -> frozenset[Key]:
    """Give the keys for which a month's rows tell more than one id."""
    return frozenset(key for key, ids in _told(scale).items() if len(ids) > 1)


def _told(scale: MonthTruth) -> Mapping[Key, set[str]]:
    # a row that is rejected for an amount tells an id as well as any other; one without a readable key can't
    unreadable = scale.frame["quarantine_column"].isin(_KEY_COLUMNS).to_numpy(dtype=bool)
    ids = [None if bad else own for own, bad in zip(scale.own_ids, unreadable, strict=True)]
    told: dict[Key, set[str]] = {}
    for kind, keys in _keys(scale.frame).items():
        for key, company_id in zip(keys, ids, strict=True):
            if key is not None and company_id is not None:
                told.setdefault((kind, key), set()).add(company_id)
    return told


def _keys(frame: pd.DataFrame) -> Mapping[str, Texts]:
    plan, kinds = _texts(frame["plan_code"]), _texts(frame["plan_type"])
    customer = _texts(frame["customer_name"])
    # the income sheet tells no account number
    nothing: Texts = [None] * len(frame)
    number = _texts(frame["account_number"]) if "account_number" in frame else nothing
    single = [code if kind == SINGLE else None for code, kind in zip(plan, kinds, strict=True)]
    pairs = [f"{code}|{name}" if code and name else None for code, name in zip(plan, customer, strict=True)]
    return dict(zip(LOOKUPS, (single, _texts(frame["account_name"]), number, customer, pairs), strict=True))


def _texts(column: pd.Series) -> Texts:
    found: Texts = pa.array(column, type=pa.string()).to_pylist()
    return found
