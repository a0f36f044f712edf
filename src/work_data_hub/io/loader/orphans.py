"""Logical references: rows of a publish that point at nobody are counted, and nothing else happens to them."""

from collections.abc import Mapping
from typing import Final

import sqlalchemy as sa

from work_data_hub.application.ports import PublishRequest
from work_data_hub.domain.kernel.contract import Reference, WriteMode
from work_data_hub.io.loader.tables import table_of
from work_data_hub.io.loader.warehouse_loader import Session, inside

METRIC: Final = "unmatched"


def count_orphans(session: Session, request: PublishRequest) -> Mapping[str, int]:
    """Count the rows that were just written and whose logical reference leads nowhere, by reference."""
    return {
        f"{METRIC}.{','.join(reference.columns)}→{reference.table}": _count(session, request, reference)
        for reference in request.contract.references
        if not reference.enforced
    }


def _count(session: Session, request: PublishRequest, reference: Reference) -> int:
    rows = table_of(request.contract)
    domain, layer, name = reference.table.split(".")
    keys: list[sa.ColumnClause[object]] = [sa.column(column) for column in reference.target]
    target = sa.table(name, *keys, schema=f"{domain}_{layer}").alias("referred_to")
    pairs = list(zip(reference.columns, reference.target, strict=True))
    met = sa.exists().where(*(target.c[there] == rows.c[here] for here, there in pairs))
    stated = [rows.c[here].is_not(None) for here, _ in pairs]
    query = sa.select(sa.func.count().label("n")).select_from(rows)
    query = query.where(*_written(request, rows), *stated, ~met)
    return int(session.fetch(query)[0]["n"])


def _written(request: PublishRequest, rows: sa.Table) -> list[sa.ColumnElement[bool]]:
    if request.contract.write_mode is WriteMode.REPLACE_SCOPE:
        return list(inside(rows, request.scope))
    # rows that were known before keep the run that wrote them
    return [rows.c["run_id"] == request.run.run_id]
