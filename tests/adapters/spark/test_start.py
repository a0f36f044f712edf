"""What Spark needs before it starts: Java, and libraries that are what they should be."""

import hashlib
import re
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from work_data_hub.domain.kernel.errors import ConfigurationError, PermanentError, TransientError
from work_data_hub.io.spark.faults import spark_translated
from work_data_hub.io.spark.jars import ARTIFACTS, Artifact, lake_jars
from work_data_hub.io.spark.session import _require_java

ICEBERG, POSTGRES = ARTIFACTS
SMALL = Artifact("org.example", "small", "1.0", hashlib.sha256(b"small").hexdigest())


def fake_maven(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a Maven first on the path that runs a script with the output folder as $out."""
    program = folder / "bin" / "mvn"
    program.parent.mkdir()
    find = "for word; do case $word in -DoutputDirectory=*) out=${word#*=};; esac; done"
    program.write_text(f"#!/bin/sh\n{find}\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")


def test_a_library_that_is_missing_is_fetched_once_by_maven(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (jar,) = lake_jars(tmp_path, (POSTGRES,))
    assert jar == tmp_path / "jars" / "postgresql-42.7.8.jar"
    assert [path.name for path in jar.parent.iterdir()] == [jar.name]
    # found there, Maven is not asked again
    monkeypatch.setenv("PATH", "")
    assert lake_jars(tmp_path, (POSTGRES,)) == (jar,)


def test_a_file_that_is_another_is_refused(tmp_path: Path) -> None:
    (tmp_path / "jars").mkdir()
    (tmp_path / "jars" / SMALL.file_name).write_bytes(b"another")
    with pytest.raises(PermanentError, match=r"small-1\.0\.jar is not org\.example:small:1\.0"):
        lake_jars(tmp_path, (SMALL,))


def test_what_is_on_sparks_own_class_path_is_left_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "jars").mkdir()
    (tmp_path / "jars" / SMALL.file_name).write_bytes(b"anything")
    monkeypatch.setenv("SPARK_HOME", str(tmp_path))
    assert lake_jars(tmp_path / "hub", (SMALL,)) == ()


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("echo https://user:sesame@registry.invalid >&2; exit 1", "Maven ended with status 1"),
        ("exit 0", "Maven ended with status 0"),
        (f"printf other > $out/{SMALL.file_name}", "what Maven gave has another SHA-256"),
    ],
)
def test_a_fetch_that_fails_leaves_nothing_and_says_what_to_do(
    script: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_maven(tmp_path, script, monkeypatch)
    with pytest.raises(ConfigurationError, match=told) as error:
        lake_jars(tmp_path, (SMALL,))
    assert "mvn dependency:copy -Dartifact=org.example:small:1.0" in error.value.fix
    assert "sesame" not in str(error.value)
    assert list((tmp_path / "jars").iterdir()) == []


def test_a_fetch_that_gives_the_file_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_maven(tmp_path, f"printf small > $out/{SMALL.file_name}", monkeypatch)
    (jar,) = lake_jars(tmp_path, (SMALL,))
    assert jar.read_bytes() == b"small"


def test_without_maven_the_way_out_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigurationError, match="there is no Maven here") as error:
        lake_jars(tmp_path, (SMALL,))
    assert str(tmp_path / "jars") in error.value.fix


@pytest.mark.parametrize(
    ("name", "told"), [("JAVA_HOME", r"none in JAVA_HOME \(.+\)"), ("PATH", "there is none$")]
)
def test_without_java_the_way_out_is_named(
    name: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    _require_java()
    monkeypatch.setenv(name, str(tmp_path))
    with pytest.raises(ConfigurationError) as error:
        _require_java()
    assert re.search(told, error.value.what)


@pytest.mark.parametrize(
    ("told", "kind", "says"),
    [
        ("x\n: org.apache.iceberg.exceptions.CommitFailedException: Cannot commit", TransientError, "somebody else"),
        ("org.apache.iceberg.exceptions.ValidationException: Found conflicting files", TransientError, "somebody else"),
        ("o.a.i.jdbc.UncheckedSQLException: no\nCaused by: org.postgresql.util.PSQLException: FATAL: shut", TransientError, "reading t: FATAL: shut"),
        ("[CATALOG_NOT_FOUND] The catalog `x` not found.", ConfigurationError, "catalog `x` not found"),
        ("[DIVIDE_BY_ZERO] Division by zero.\n\tat org.x", PermanentError, "reading t: [DIVIDE_BY_ZERO] Division by zero."),
    ],
)  # fmt: skip
def test_faults_of_spark_are_the_hubs(told: str, kind: type[Exception], says: str) -> None:
    from pyspark.errors import PySparkException

    with pytest.raises(kind) as error, spark_translated("reading t", "t"):
        raise PySparkException(told)
    assert type(error.value) is kind
    assert says in str(error.value)


def test_other_faults_pass_through() -> None:
    with pytest.raises(ValueError, match="mine"), spark_translated("reading t", "t"):
        raise ValueError("mine")


def test_the_libraries_are_those_of_the_pinned_spark() -> None:
    import pyspark

    version = ".".join(pyspark.__version__.split(".")[:2])
    assert ICEBERG.name == f"iceberg-spark-runtime-{version}_2.13"
    assert len({replace(one, version="").sha256 for one in ARTIFACTS}) == len(ARTIFACTS)
