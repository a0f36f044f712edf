"""One asset per table: the definition says what the contract knows, the body calls one use case."""

import warnings
from collections.abc import Iterable

import dagster as dg

from work_data_hub.domain.kernel.build import Buildable, InputRef, TableBuild
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.orchestration.automation import freshness
from work_data_hub.orchestration.checks import check_specs
from work_data_hub.orchestration.conditions import Condition, late_friendly
from work_data_hub.orchestration.materialize import materialize_months
from work_data_hub.orchestration.metadata import definition_metadata
from work_data_hub.orchestration.partitions import all_months_before, all_months_until, previous_month_too
from work_data_hub.orchestration.resources import HubSession

WRITE_POOL = "warehouse_write"


def table_assets(
    tables: Iterable[Buildable], partitions: dg.PartitionsDefinition[str], code_version: str
) -> list[dg.AssetsDefinition]:
    """Give the assets of a domain's tables; those that are built as a whole have no partitions."""
    tables = tuple(tables)
    conditions = late_friendly(tables)
    with warnings.catch_warnings():
        # both parameters are flagged beta in 1.13; remove when a release takes the flags away
        beta = "Parameter `(backfill_policy|allow_nonexistent_upstream_partitions)`"
        warnings.filterwarnings("ignore", message=beta, category=dg.BetaWarning)
        return [
            table_asset(table, partitions, code_version, conditions.get(table.contract.key))
            for table in tables
        ]


def table_asset(
    table: Buildable,
    partitions: dg.PartitionsDefinition[str],
    code_version: str,
    condition: Condition | None = None,
) -> dg.AssetsDefinition:
    """Give the asset of one table."""
    contract = table.contract
    monthly = contract.monthly

    @dg.asset(
        key=dg.AssetKey(contract.asset_key),
        deps=_deps(table),
        partitions_def=partitions if monthly else None,
        group_name=contract.domain,
        owners=[contract.owner],
        kinds=set(contract.kinds),
        tags={"layer": str(contract.layer)},
        description=f"{contract.label}. {contract.description}\n\nGrain: {contract.grain}. Owner: {contract.owner}.",
        metadata=definition_metadata(table),
        check_specs=check_specs(contract),
        code_version=f"{contract.version}+{code_version}",
        freshness_policy=freshness(contract),
        automation_condition=condition,
        backfill_policy=dg.BackfillPolicy.single_run() if monthly else None,
        pool=WRITE_POOL,
    )
    def build(context: dg.AssetExecutionContext, hub: dg.ResourceParam[HubSession]) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster reads the bare class only
        return materialize_months(context, hub, table)

    return build


def _deps(table: Buildable) -> list[dg.AssetDep]:
    if not isinstance(table, TableBuild):
        return []
    mappings: dict[TableContract, dg.PartitionMapping | None] = dict.fromkeys(table.gates)
    for ref in table.inputs:
        known = mappings.get(ref.contract)
        # a month and all before it are one span that ends with the month
        both = ref.history and any(other.contract == ref.contract and other != ref for other in table.inputs)
        mappings[ref.contract] = all_months_until() if both else _mapping(table.contract, ref) or known
    return [
        dg.AssetDep(dg.AssetKey(contract.asset_key), partition_mapping=mapping)
        for contract, mapping in mappings.items()
        # what an earlier month of the same table holds is carried by the table itself
        if contract != table.contract
    ]


def _mapping(reader: TableContract, ref: InputRef) -> dg.PartitionMapping | None:
    """Say which months of an input a build depends on, where both have months."""
    if not (reader.monthly and ref.contract.monthly):
        return None
    if ref.history:
        return all_months_before()
    return previous_month_too(ref.month_offset) if ref.month_offset else None
