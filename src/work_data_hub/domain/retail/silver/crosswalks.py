"""Which unified product or customer an id of a brand is: by configuration, never by guess; empty is honest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.build import BuildContext, InputRef
from work_data_hub.domain.kernel.contract import DAY, RATE, TEXT, TableContract
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.retail.config import Match, RetailConfig
from work_data_hub.domain.retail.contracts.silver import (
    CUSTOMER_XWALK,
    PRODUCT_XWALK,
    SOURCE_CUSTOMER,
    SOURCE_PRODUCT,
)
from work_data_hub.domain.retail.frames.shaping import frame_of
from work_data_hub.domain.retail.silver.matches import Judged, Key, judge, own_id

_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """The crosswalk of products or of customers: where the ids come from, and which matches are configured."""

    contract: TableContract
    source: TableContract
    what: str

    @property
    def inputs(self) -> tuple[InputRef, ...]:
        """Give what the build reads: all ids of both brands."""
        return (InputRef(self.source, columns=("source_system", f"source_{self.what}_id")),)

    def make(self, context: BuildContext) -> Outcome:
        """Give one row per id; one that no match holds for keeps an id of its own."""
        config: RetailConfig = context.config
        matches: tuple[Match, ...] = getattr(config.mappings, f"{self.what}_matches")
        keys = self._keys(context.frame(self.source.name))
        judged = judge(matches, keys)
        frame = self._frame(keys, judged)
        states = pc.value_counts(arrow(frame, "status"))
        counts = zip(states.field("values").to_pylist(), states.field("counts").to_pylist(), strict=True)
        metrics = {f"status.{name}": 0 for name in ("unmatched", "matched", "review")} | {
            f"status.{name}": number for name, number in counts
        }
        return Outcome(
            frame,
            Counts(read=len(keys), published=len(frame)),
            warnings=self._warnings(judged),
            facts={"metrics": {**metrics, "matches_of_unknown_ids": len(judged.unknown)}},
        )

    def _keys(self, frame: pd.DataFrame) -> list[Key]:
        systems, ids = arrow(frame, "source_system"), arrow(frame, f"source_{self.what}_id")
        return sorted(set(zip(systems.to_pylist(), ids.to_pylist(), strict=True)))

    def _frame(self, keys: list[Key], judged: Judged) -> pd.DataFrame:
        used = [judged.used.get(key) for key in keys]
        states = [_status(key, judged) for key in keys]
        # what was claimed stays visible where it needs a review
        said = [match or judged.review.get(key) for key, match in zip(keys, used, strict=True)]
        unified = [match.unified_id if match else own_id(*key) for key, match in zip(keys, used, strict=True)]
        columns = {
            "source_system": pa.array([system for system, _ in keys], TEXT),
            f"source_{self.what}_id": pa.array([source for _, source in keys], TEXT),
            f"unified_{self.what}_id": pa.array(unified, TEXT),
            "status": pa.array(states, TEXT),
            "method": pa.array([match and match.method for match in said], TEXT),
            "confidence": pa.array([match and match.confidence for match in said], RATE),
            "valid_from": pa.array([match and match.valid_from for match in said], DAY),
            "valid_to": pa.array([match and match.valid_to for match in said], DAY),
        }
        return frame_of(self.contract, [columns])

    def _warnings(self, judged: Judged) -> tuple[str, ...]:
        review = f"{self.what} ids whose matches contradict each other need a review and are not used"
        unknown = f"{self.what} matches of ids that occur nowhere"
        found = ((judged.review, review), (judged.unknown, unknown))
        return tuple(f"{len(keys)} {words}: {_named(keys)}" for keys, words in found if keys)


PRODUCT_CROSSWALK: Final = Crosswalk(PRODUCT_XWALK, SOURCE_PRODUCT, "product")
CUSTOMER_CROSSWALK: Final = Crosswalk(CUSTOMER_XWALK, SOURCE_CUSTOMER, "customer")
PRODUCT_XWALK_INPUTS: Final = PRODUCT_CROSSWALK.inputs
CUSTOMER_XWALK_INPUTS: Final = CUSTOMER_CROSSWALK.inputs
make_product_xwalk: Final = PRODUCT_CROSSWALK.make
make_customer_xwalk: Final = CUSTOMER_CROSSWALK.make


def _status(key: Key, judged: Judged) -> str:
    if key in judged.used:
        return "matched"
    return "review" if key in judged.review else "unmatched"


def _named(keys: Mapping[Key, Match] | Iterable[Key]) -> str:
    named = sorted(own_id(*key) for key in keys)
    return ", ".join(named[:_SHOWN]) + (" …" if len(named) > _SHOWN else "")
