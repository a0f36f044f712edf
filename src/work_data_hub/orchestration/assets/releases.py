"""One asset per table that may leave the house: its newest release, built and promoted once its gates are passed."""

from collections.abc import Iterable

import dagster as dg

from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.orchestration.assets.factory import WRITE_POOL
from work_data_hub.orchestration.conditions import once_fed
from work_data_hub.orchestration.releases import ReleaseConfig, build_release
from work_data_hub.orchestration.resources import HubSession


def release_group(domain: str) -> str:
    """Name the group of a domain's releases; they belong to no month and are not selected with the months."""
    return f"{domain}_release"


def release_key(contract: TableContract) -> dg.AssetKey:
    """Give the key of a table's release."""
    return dg.AssetKey([contract.domain, "release", contract.name])


def release_assets(contracts: Iterable[TableContract]) -> list[dg.AssetsDefinition]:
    """Give one asset per released table."""
    return [_release_asset(contract) for contract in contracts]


def _release_asset(contract: TableContract) -> dg.AssetsDefinition:
    @dg.asset(
        key=release_key(contract),
        deps=[dg.AssetKey(contract.asset_key)],
        group_name=release_group(contract.domain),
        owners=[contract.owner],
        kinds={"parquet", "file"},
        tags={"layer": "release"},
        description=f"{contract.label}, released: a versioned folder of Parquet files with a manifest.\n\n"
        f"Grain: {contract.grain}. Owner: {contract.owner}.",
        metadata={"contract": contract.key, "contract_version": contract.version},
        automation_condition=once_fed(),
        pool=WRITE_POOL,
    )
    def release(
        context: dg.AssetExecutionContext, config: ReleaseConfig, hub: dg.ResourceParam[HubSession]
    ) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster reads the bare class only
        return build_release(context, hub.hub, contract.key, config)

    return release
