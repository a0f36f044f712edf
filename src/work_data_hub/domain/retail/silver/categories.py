"""The unified category of every product: the brand's own, else the first keyword rule that holds, else Unmapped."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.domain.kernel.build import BuildContext, InputRef
from work_data_hub.domain.kernel.contract import COUNT, TEXT
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.pipelines.amounts import arrow
from work_data_hub.domain.pipelines.exact import Integers, scaled
from work_data_hub.domain.retail.config import UNMAPPED, Categories, KeywordRule, RetailConfig
from work_data_hub.domain.retail.contracts.silver import CATEGORY_MAP, SOURCE_PRODUCT
from work_data_hub.domain.retail.frames.row_codes import Flags
from work_data_hub.domain.retail.frames.shaping import frame_of

CATEGORY_MAP_INPUTS: Final = (
    InputRef(
        SOURCE_PRODUCT,
        columns=(
            *("source_system", "source_product_id", "product_name"),
            *("item_kind", "source_category", "value"),
        ),
    ),
)
_LISTED: Final = 10


def make_category_map(context: BuildContext) -> Outcome:
    """Give each product its category, and rank the unmapped ones of a brand by their value."""
    config: RetailConfig = context.config
    every = context.frame(SOURCE_PRODUCT.name)
    products = every[np.asarray(pc.equal(arrow(every, "item_kind"), "product"))]
    columns = {name: arrow(products, name) for name in ("source_system", "source_product_id", "product_name")}
    columns |= categories_of(
        columns["product_name"], arrow(products, "source_category"), config.mappings.categories
    )
    value = scaled(products["value"])
    unmapped = np.asarray(pc.equal(columns["method"], "unmapped"))
    ranks = _ranks(columns["source_system"], columns["source_product_id"], value, unmapped)
    columns |= {
        "value": arrow(products, "value"),
        "unmapped_rank": pa.array(ranks, COUNT, mask=ranks == 0),
    }
    frame = frame_of(CATEGORY_MAP, [columns])
    return Outcome(frame, Counts(read=len(every), published=len(frame)), facts=_facts(frame, value, unmapped))


def categories_of(names: pa.Array, own: pa.Array, rules: Categories) -> dict[str, pa.Array]:
    """Give category, method and what decided; words count as whole words in upper case."""
    keys = pa.array(rules.by_source.keys(), TEXT)
    by_source = pa.array(rules.by_source.values(), TEXT).take(pc.index_in(own, keys, skip_nulls=True))
    category, word = _by_keyword(pc.utf8_upper(names), rules.keywords)
    method = pc.if_else(
        by_source.is_valid(), "source", pc.if_else(category.is_valid(), "keyword", "unmapped")
    )
    return {
        "unified_category": pc.coalesce(by_source, category, pa.scalar(UNMAPPED)),
        "method": method,
        "rule": pc.coalesce(pc.if_else(by_source.is_valid(), own, None), word),
    }


def _by_keyword(names: pa.Array, rules: Sequence[KeywordRule]) -> tuple[pa.Array, pa.Array]:
    category = word = pa.nulls(len(names), TEXT)
    for rule in rules:
        found = pc.struct_field(pc.extract_regex(names, _whole_word(rule.words)), "word")
        first = pc.and_(found.is_valid(), category.is_null())
        category = pc.if_else(first, rule.category, category)
        word = pc.if_else(first, found, word)
    return category, word


def _whole_word(words: Sequence[str]) -> str:
    either = "|".join(re.escape(word.upper()) for word in sorted(words, key=len, reverse=True))
    return rf"(?:^|[^A-Z0-9])(?P<word>{either})(?:$|[^A-Z0-9])"


def _ranks(systems: pa.Array, ids: pa.Array, value: Integers, unmapped: Flags) -> Integers:
    """Number the unmapped products of each brand by falling value, 1 for the largest; others have 0."""
    ranks = np.zeros(len(value), np.int64)
    alphabet = np.empty(len(value), np.int64)
    alphabet[np.asarray(pc.sort_indices(ids))] = np.arange(len(value))
    for system in systems.unique().to_pylist():
        at = np.flatnonzero(unmapped & np.asarray(pc.equal(systems, system)))
        ranks[at[np.lexsort((alphabet[at], -value[at]))]] = np.arange(1, len(at) + 1)
    return ranks


def _facts(frame: pd.DataFrame, value: Integers, unmapped: Flags) -> Mapping[str, object]:
    """Tell per brand which share of products and of value has a category, and the largest that have none."""
    metrics: dict[str, float] = {}
    largest: dict[str, object] = {}
    systems = arrow(frame, "source_system")
    for system in sorted(systems.unique().to_pylist()):
        own, brand = np.asarray(pc.equal(systems, system)), system.lower()
        metrics[f"products.{brand}"] = int(own.sum())
        metrics[f"unmapped_products.{brand}"] = int((own & unmapped).sum())
        metrics[f"coverage_share_of_products.{brand}"] = float((own & ~unmapped).sum() / own.sum())
        metrics[f"coverage_share_of_value.{brand}"] = _share(value[own & ~unmapped], value[own])
        largest[system] = _work_list(frame[own & unmapped])
    return {"metrics": metrics, "largest_unmapped": largest}


def _share(part: Integers, whole: Integers) -> float:
    total = sum(whole.tolist())
    return sum(part.tolist()) / total if total else 1.0


def _work_list(rows: pd.DataFrame) -> list[dict[str, object]]:
    top = rows.sort_values("unmapped_rank").head(_LISTED)
    taken = ("unmapped_rank", "source_product_id", "product_name", "value")
    found = zip(*(arrow(top, name).to_pylist() for name in taken), strict=True)
    return [
        {"rank": rank, "product": product, "name": name, "value": str(value)}
        for rank, product, name, value in found
    ]
