"""What a month teaches about companies: keys whose rows all carry one good source id."""

from decimal import Decimal
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.cleansing.column import apply_rule, text_cells
from work_data_hub.cleansing.registry import get_rule
from work_data_hub.domain.annuity.companies import INDEX_ORDER, REAL_ID, SOURCE_ID, CompanyIndex, index_keys
from work_data_hub.domain.annuity.config import AnnuityConfig
from work_data_hub.domain.annuity.contracts import COMPANY_INDEX, SCALE_ROWS
from work_data_hub.domain.annuity.detail import LEARNT
from work_data_hub.domain.annuity.steps import SOURCE_ID_RULE, name_as_written, plan_steps
from work_data_hub.domain.kernel.build import BuildContext, InputRef
from work_data_hub.domain.kernel.frames import to_pandas
from work_data_hub.domain.kernel.outcome import Counts, Outcome
from work_data_hub.domain.pipelines.core import Pipeline, PipelineConfig
from work_data_hub.domain.pipelines.steps import CleanColumns, CopyColumn, Derive

INDEX_INPUTS: Final = (InputRef(SCALE_ROWS), LEARNT)
_COLUMNS: Final = ("lookup_type", "lookup_key", "company_id", "hit_count")
# a collective plan has many employers, so its code says nothing about one
_ONE_EMPLOYER: Final = "单一计划"


def make_company_index(context: BuildContext) -> Outcome:
    """Learn keys from rows with a good source id; those already known with that id are not repeated."""
    rows = context.frame(SCALE_ROWS.name)
    good = _good_rows(rows)
    taught = _readable(good, context.config)
    history = CompanyIndex.of(context.frames.get(LEARNT.name))
    parts, metrics = [], {"rows_with_a_good_id": len(good), "rows_that_can_be_read": len(taught)}
    for lookup_type in INDEX_ORDER:
        keys, conflicts = _one_id_per_key(taught, lookup_type)
        fresh = _unknown(keys, history, lookup_type)
        metrics |= {f"conflicts.{lookup_type}": conflicts, f"learnt.{lookup_type}": len(fresh)}
        parts.append(fresh)
    frame = _frame(pa.concat_tables(parts), context)
    counts = Counts(read=len(rows), published=len(frame), skipped=len(rows) - len(taught))
    return Outcome(frame, counts, facts={"metrics": metrics}, warnings=_warnings(metrics))


def _good_rows(rows: pd.DataFrame) -> pd.DataFrame:
    ids, _ = apply_rule(rows[SOURCE_ID], SOURCE_ID_RULE)
    good = ids.str.fullmatch(REAL_ID).fillna(False).astype(bool) & (rows["row_kind"] == "data").astype(bool)
    return rows[good].assign(company_id=ids[good])


def _readable(rows: pd.DataFrame, config: AnnuityConfig) -> pd.DataFrame:
    """Clean the keys as the detail rows clean them; rows whose keys can't be read teach nothing."""
    pipeline = Pipeline("company_index", PipelineConfig(mode="collect_errors"))
    for step in (
        Derive("account_name", name_as_written, "account name"),
        *plan_steps(config.mappings),
        CleanColumns({"group_customer_number": get_rule("strip_leading_c")}, "group customer"),
        CopyColumn("group_customer_number", "account_number", "account number"),
        CleanColumns({"customer_name": get_rule("customer_name")}, "customer name"),
    ):
        pipeline.add_step(step)
    return pipeline.run(rows).output_data


def _one_id_per_key(rows: pd.DataFrame, lookup_type: str) -> tuple[pa.Table, int]:
    """Give each key with its one id and how many rows say so; keys with several ids are counted."""
    if lookup_type == "plan_code":
        rows = rows[(rows["plan_type"] == _ONE_EMPLOYER).fillna(False).astype(bool)]
    pairs = pa.table({"key": index_keys(rows, lookup_type), "id": text_cells(rows["company_id"])}).drop_null()
    keys = pairs.group_by("key").aggregate([("id", "count_distinct"), ("id", "min"), ("id", "count")])
    keys = keys.rename_columns(["key", "ids", "id", "hits"])
    single = keys.filter(pc.equal(keys["ids"], 1))
    return single, len(keys) - len(single)


def _unknown(keys: pa.Table, history: CompanyIndex, lookup_type: str) -> pa.Table:
    known, _ = history.find(lookup_type, keys["key"].combine_chunks())
    fresh = keys.filter(pc.fill_null(pc.not_equal(keys["id"], known), True))
    types = pa.repeat(pa.scalar(lookup_type), len(fresh))
    return pa.table([types, fresh["key"], fresh["id"], fresh["hits"]], names=list(_COLUMNS))


def _frame(learnt: pa.Table, context: BuildContext) -> pd.DataFrame:
    constants = {
        "period": context.period.start,
        "confidence": Decimal(1),
        "origin": "source",
        "source_table": SCALE_ROWS.key,
    }
    fields = [f for f in COMPANY_INDEX.arrow_schema if f.name in constants or f.name in _COLUMNS]
    columns = [
        pa.repeat(pa.scalar(constants[f.name], f.type), len(learnt))
        if f.name in constants
        else learnt[f.name].cast(f.type)
        for f in fields
    ]
    return to_pandas(pa.table(columns, schema=pa.schema(fields)))


def _warnings(metrics: dict[str, int]) -> tuple[str, ...]:
    conflicts = {name: n for name, n in metrics.items() if name.startswith("conflicts.account") and n}
    if not conflicts:
        return ()
    said = ", ".join(f"{n} of {name.removeprefix('conflicts.')}" for name, n in conflicts.items())
    return (f"accounts with several company ids in one month teach nothing: {said}",)
