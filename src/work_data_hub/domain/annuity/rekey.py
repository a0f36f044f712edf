"""Temporary ids: whose names wait for a company, and rows in which a real id has taken the place of one."""

from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.cleansing.column import arrow_series, text_cells
from work_data_hub.domain.annuity.contracts import COMPANY_QUEUE, COMPANY_REKEY, INCOME_DETAIL, SCALE_DETAIL
from work_data_hub.domain.kernel.build import BuildContext, InputRef
from work_data_hub.domain.kernel.frames import to_pandas
from work_data_hub.domain.kernel.outcome import Counts, Outcome

_SHEETS: Final = (SCALE_DETAIL.name, INCOME_DETAIL.name)
REKEYED: Final = InputRef(COMPANY_REKEY, optional=True)


def rekeyed(rows: pd.DataFrame, context: BuildContext) -> pd.DataFrame:
    """Give rows with the real id wherever one has become known for a temporary id of the month."""
    known = context.frames.get(REKEYED.name)
    if known is None or known.empty:
        return rows
    ids, origins = text_cells(rows["company_id"]), text_cells(rows["company_id_origin"])
    at = pc.index_in(ids, value_set=text_cells(known["temporary_id"]), skip_nulls=True)
    real, whence = (text_cells(known[name]).take(at) for name in ("company_id", "company_id_origin"))
    return rows.assign(
        company_id=arrow_series(pc.coalesce(real, ids), like=rows["company_id"]),
        company_id_origin=arrow_series(pc.coalesce(whence, origins), like=rows["company_id_origin"]),
    )


def rekeyed_rows(rows: pd.DataFrame, before: pd.DataFrame) -> int:
    """Count the rows whose id was replaced."""
    return int((rows["company_id"] != before["company_id"]).fillna(False).sum())


def make_company_queue(context: BuildContext) -> Outcome:
    """Queue the names that go by a temporary id; names that are queued already stay as they are."""
    frames = [context.frames[name] for name in _SHEETS if name in context.frames]
    waiting = pa.concat_tables([_temporary(frame) for frame in frames]).group_by("customer_name")
    names = waiting.aggregate([("company_id", "min")]).sort_by("customer_name")
    constants = {
        "customer_name": names["customer_name"],
        "temporary_id": names["company_id_min"],
        "state": pa.repeat(pa.scalar("pending"), len(names)),
        "attempts": pa.repeat(pa.scalar(0, pa.int64()), len(names)),
        "first_seen_period": pa.repeat(pa.scalar(context.period.start), len(names)),
    }
    fields = [field for field in COMPANY_QUEUE.arrow_schema if field.name != "run_id"]
    columns = [constants.get(field.name, pa.nulls(len(names), field.type)) for field in fields]
    frame = to_pandas(pa.table(columns, schema=pa.schema(fields)))
    read = sum(len(frame) for frame in frames)
    return Outcome(
        frame, Counts(read=read, published=len(frame)), facts={"metrics": {"temporary_names": len(frame)}}
    )


def _temporary(rows: pd.DataFrame) -> pa.Table:
    mask = pc.equal(text_cells(rows["company_id_origin"]), "temporary")
    columns = {name: text_cells(rows[name]) for name in ("customer_name", "company_id")}
    return pa.table(columns).filter(mask)
