"""From a release to what Dagster shows of it."""

from typing import Any

import dagster as dg

from work_data_hub.application.release.records import BuiltRelease
from work_data_hub.bootstrap import Hub
from work_data_hub.domain.kernel.errors import HubError, TransientError


class ReleaseConfig(dg.Config):
    """Whether a release that passed its gates becomes the current one."""

    promote: bool = True


def build_release(
    context: dg.AssetExecutionContext, hub: Hub, table_key: str, config: ReleaseConfig
) -> dg.MaterializeResult[None]:
    """Build a table's release, or give back the one that holds the same; promote it where that is wanted."""
    try:
        with hub.releases() as releases:
            built = releases.build(table_key, run_id=context.run.run_id, tell=context.log.info)
            if config.promote:
                releases.promote(table_key, built.version)
    except HubError as error:
        raise dg.Failure(
            description=str(error),
            metadata={"error": type(error).__name__},
            allow_retries=isinstance(error, TransientError),
        ) from error
    return dg.MaterializeResult(
        metadata=release_metadata(built), data_version=dg.DataVersion(str(built.version))
    )


def release_metadata(built: BuiltRelease) -> dict[str, Any]:
    """Give what a receiver would look at first."""
    manifest = built.manifest
    files = [
        dg.TableRecord({"file": file.name, "rows": file.rows, "md5": file.md5}) for file in manifest.files
    ]
    return {
        "dagster/row_count": manifest.row_count_total,
        "version": str(built.version),
        "result": "built" if built.created else "unchanged",
        "changes": "; ".join(built.changes) or "none",
        "path": str(built.path),
        "schema_hash": manifest.table_schema.schema_hash,
        "files": dg.MetadataValue.table(files) if files else dg.MetadataValue.text("none"),
    }
