"""One Spark session for the process: that of the cluster it runs on, or one of the hub's own, stopped at exit."""

import atexit
import logging
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from work_data_hub.domain.kernel.errors import ConfigurationError
from work_data_hub.io.spark.jars import lake_jars

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_LOG4J: Final = """\
rootLogger.level = error
rootLogger.appenderRef.console.ref = console
logger.shell.name = org.apache.spark.api.python.PythonGatewayServer
logger.shell.level = error
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = spark %p %c{1}: %m%n
"""
# these hold for any session, a cluster's too: they say what values mean
_MEANING: Final = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}
_ECHOES: Final = ("DataFrameQueryContextLogger", "SQLQueryContextLogger")
_LOCAL_PARTITIONS: Final = "4"
_LOCK: Final = Lock()
_started: "dict[SparkPlace, SparkSession]" = {}


@dataclass(frozen=True, slots=True)
class SparkPlace:
    """Where Spark works: its master, the folder below which it keeps things, and the memory it may take."""

    home: Path
    master: str = "local[2]"
    memory: str = "2g"

    @property
    def folder(self) -> Path:
        """Folder of what Spark writes for itself."""
        return self.home / "spark"


def shared_session(place: SparkPlace) -> "SparkSession":
    """Give the session of this process; it is started when it is first asked for."""
    _require_spark()
    from pyspark.sql import SparkSession

    with _LOCK:
        session = _started.get(place)
        if session is None:
            _require_none_elsewhere()
            given = SparkSession.getActiveSession()
            session = _started[place] = given or _start(place)
            for name, value in _MEANING.items():
                session.conf.set(name, value)
            _quiet()
        return session


def _start(place: SparkPlace) -> "SparkSession":
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    if place.master.startswith("local"):
        _require_java()
    builder = SparkSession.builder.master(place.master).appName("work-data-hub")
    for name, value in _settings(place).items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except PySparkException as error:
        raise ConfigurationError(
            f"Spark does not start: {str(error).partition(chr(10))[0]}",
            expected="Java 17, and a master that answers",
            fix="look at what Spark has written to the console",
        ) from error
    atexit.register(_stop, session)
    return session


def _settings(place: SparkPlace) -> Mapping[str, str]:
    folder = place.folder
    scratch, log4j = folder / "tmp", folder / "log4j2.properties"
    scratch.mkdir(parents=True, exist_ok=True)
    log4j.write_text(_LOG4J, encoding="utf-8")
    options = (f"-Dlog4j2.configurationFile={log4j.as_uri()}", f'-Djava.io.tmpdir="{scratch}"')
    found = {
        **_MEANING,
        "spark.driver.extraJavaOptions": " ".join(options),
        "spark.driver.memory": place.memory,
        "spark.jars": ",".join(str(path) for path in lake_jars(place.home)),
        "spark.local.dir": str(scratch),
        "spark.python.sql.dataFrameDebugging.enabled": "false",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    if place.master.startswith("local"):
        found["spark.driver.bindAddress"] = found["spark.driver.host"] = "127.0.0.1"
        found["spark.sql.shuffle.partitions"] = _LOCAL_PARTITIONS
    return found


def _quiet() -> None:
    """Let PySpark raise its errors without printing them as well."""
    from pyspark.logger import PySparkLogger

    for name in _ECHOES:
        PySparkLogger.getLogger(name).setLevel(logging.CRITICAL)


def _stop(session: "SparkSession") -> None:
    session.stop()
    _started.clear()


def _require_none_elsewhere() -> None:
    if _started:
        raise ConfigurationError(
            f"Spark already works below {next(iter(_started)).home} in this process",
            expected="one place for each process",
            fix="use the same WDH_HOME and master",
        )


def _require_spark() -> None:
    try:
        import pyspark  # noqa: F401
    except ImportError:
        raise ConfigurationError(
            "Spark is not installed",
            expected="the optional extra `spark`",
            fix="install work-data-hub[spark], or choose the engine pandas",
        ) from None


def _require_java() -> None:
    home = os.environ.get("JAVA_HOME")
    if not shutil.which(str(Path(home) / "bin" / "java") if home else "java"):
        raise ConfigurationError(
            "Spark needs Java, and there is none" + (f" in JAVA_HOME ({home})" if home else ""),
            expected="Java 17",
            fix="install a Java 17 runtime or set JAVA_HOME, or choose the engine pandas",
        )
