"""Which lake belongs to a warehouse, told to Spark, too."""

from typing import TYPE_CHECKING, Final

from work_data_hub.io.lake.catalog import LakeCatalog
from work_data_hub.io.lake.database import DATABASE
from work_data_hub.io.loader.urls import DatabaseUrl
from work_data_hub.io.spark.catalog import enter_catalog
from work_data_hub.io.spark.lake import SparkLakeTables

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_MAINTENANCE_DATABASE: Final = "postgres"


def spark_lake(
    session: "SparkSession", root: str, warehouse: str, catalog: str | None = None
) -> SparkLakeTables:
    """Give the lake of a warehouse, with the names and places that `io.lake.opening` gives it."""
    hub = DatabaseUrl.parse(warehouse)
    name = str(hub.sqlalchemy.database)
    url = hub.database(DATABASE) if catalog is None else DatabaseUrl.parse(catalog)
    server = hub if catalog is None else url.database(_MAINTENANCE_DATABASE)
    enter_catalog(session, name, root, url)
    return SparkLakeTables(LakeCatalog(name, root, url, server), session, name)
