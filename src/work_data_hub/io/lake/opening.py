"""Which lake belongs to a warehouse: where its files lie and where its catalog is."""

from work_data_hub.io.lake.catalog import LakeCatalog
from work_data_hub.io.lake.database import DATABASE
from work_data_hub.io.lake.tables import LakeTables
from work_data_hub.io.loader.urls import DatabaseUrl

_MAINTENANCE_DATABASE = "postgres"


def lake_tables(root: str, warehouse: str, catalog: str | None = None) -> LakeTables:
    """Give the lake of a warehouse; without a catalog's own address it is a database of the same server."""
    hub = DatabaseUrl.parse(warehouse)
    # several hubs may share the catalog's database, each under the name of its warehouse
    name = str(hub.sqlalchemy.database)
    if catalog is None:
        return LakeTables(LakeCatalog(name, root, hub.database(DATABASE), hub))
    own = DatabaseUrl.parse(catalog)
    return LakeTables(LakeCatalog(name, root, own, own.database(_MAINTENANCE_DATABASE)))
