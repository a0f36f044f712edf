"""Numbers about a month of rows that people watch: origins of ids, blanks, defaults, odd units."""

from collections.abc import Mapping
from typing import Final

import pandas as pd
import pyarrow.compute as pc

from work_data_hub.cleansing.column import apply_rule, text_cells
from work_data_hub.cleansing.numbers import UnitMix, flag_unit_mix
from work_data_hub.domain.annuity.columns import COMPANY_ORIGINS
from work_data_hub.domain.annuity.companies import REAL_ID
from work_data_hub.domain.annuity.config import AnnuityMappings
from work_data_hub.domain.annuity.steps import SOURCE_ID_RULE

_SHOWN_NULL_RATIOS: Final = 5


def id_origins(accepted: pd.DataFrame) -> Mapping[str, int]:
    """Count rows by where their company id comes from."""
    origins = accepted["company_id_origin"]
    source_ids = text_cells(accepted.loc[(origins == "source").fillna(False).astype(bool), "company_id"])
    unusual = pc.sum(pc.invert(pc.match_substring_regex(source_ids, REAL_ID))).as_py() or 0
    return {
        **{f"company_id.{origin}": int((origins == origin).sum()) for origin in COMPANY_ORIGINS},
        "company_id.none": int(origins.isna().sum()),
        "company_id.deliberately_none": int((origins.notna() & accepted["company_id"].isna()).sum()),
        "company_id.temporary_distinct": int(
            accepted.loc[(origins == "temporary").fillna(False).astype(bool), "company_id"].nunique()
        ),
        "company_id.source_of_unusual_form": int(unusual),
    }


def company_layers(rows: pd.DataFrame) -> Mapping[str, int]:
    """Count rows by the layer that knew their company, such as index.plan_code."""
    return {f"company_layer.{layer}": int(n) for layer, n in rows["company_id_layer"].value_counts().items()}


def defaulted_branches(accepted: pd.DataFrame, mappings: AnnuityMappings) -> int:
    """Count rows whose branch is blank or unknown, and whose plan has none: they went to the default."""
    known = accepted["branch_name"].isin(list(mappings.branch_codes))
    known |= accepted["plan_code"].isin(list(mappings.plan_branches))
    return int((~known).sum())


def null_ratios(accepted: pd.DataFrame) -> Mapping[str, float]:
    """Give the columns with the largest shares of blanks."""
    shares = accepted.isna().mean().sort_values(ascending=False, kind="stable").head(_SHOWN_NULL_RATIOS)
    return {f"null_ratio.{name}": float(share) for name, share in shares.items() if share > 0}


def rate_units(data: pd.DataFrame, accepted: pd.DataFrame) -> UnitMix:
    """Say how the rates of the accepted rows are written; the index of both frames tells which are."""
    return flag_unit_mix(data.loc[accepted.index, "period_return"], accepted["period_return"])


def unreadable_source_ids(data: pd.DataFrame) -> int:
    """Count source ids that had to be dropped: the row stays, the value does not."""
    return len(apply_rule(data["source_company_id"], SOURCE_ID_RULE).failures)
