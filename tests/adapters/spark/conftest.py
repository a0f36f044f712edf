"""One Spark session for all tests of this folder; they run in one worker."""

import gc
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.fixtures_postgres import temporary_database

from work_data_hub.io.spark.jars import lake_jars
from work_data_hub.io.spark.session import SparkPlace, shared_session

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

HERE = Path(__file__).parent
# what Maven has fetched once is kept for the next run
HOME = HERE.parents[2] / ".wdh"
# PySpark leaves the socket over which rows came to the garbage collector
SOCKETS = "ignore:unclosed <socket.*127.0.0.1:ResourceWarning"
UNRAISABLE = "ignore:Exception ignored in. <socket.*:pytest.PytestUnraisableExceptionWarning"


def _absent() -> str | None:
    if find_spec("pyspark") is None:
        return "PySpark is not installed (the extra `spark`)"
    return None if shutil.which("java") else "Spark needs Java 17, and there is no java here"


# before xdist reads the groups
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of this folder in one worker, or skip them where Spark can't be."""
    absent = _absent()
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.xdist_group("spark"))
            item.add_marker(pytest.mark.filterwarnings(SOCKETS))
            item.add_marker(pytest.mark.filterwarnings(UNRAISABLE))
            if absent:
                item.add_marker(pytest.mark.skip(reason=absent))


@pytest.fixture(scope="module", autouse=True)
def sockets_collected() -> Iterator[None]:
    """Let what PySpark left be collected here, where its warning is expected, and not in another test."""
    yield
    gc.collect()


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> SparkPlace:
    """Where the tests' Spark works, with the libraries that a run before may have fetched."""
    home = tmp_path_factory.mktemp("spark home")
    (home / "jars").mkdir()
    for jar in lake_jars(HOME):
        (home / "jars" / jar.name).symlink_to(jar)
    return SparkPlace(home)


@pytest.fixture(scope="session")
def session(place: SparkPlace) -> "SparkSession":
    """The session; its Java starts quickly rather than to run long."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        session = shared_session(place)
    session.conf.set("spark.sql.shuffle.partitions", "1")
    return session


@pytest.fixture
def catalog_url(postgres_url: str) -> Iterator[str]:
    """A database of the test's own for the lake's catalog, which stands for the warehouse, too."""
    with temporary_database(postgres_url) as url:
        yield url
