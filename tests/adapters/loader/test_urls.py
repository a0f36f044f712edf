import pytest

from work_data_hub.domain.kernel.errors import ConfigurationError
from work_data_hub.io.loader.urls import DatabaseUrl


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg2"])
def test_every_spelling_gives_the_same_address(scheme: str) -> None:
    url = DatabaseUrl.parse(f"{scheme}://me:p%40ss@db.example:5433/wdh?sslmode=require")
    assert url.sqlalchemy.drivername == "postgresql+psycopg2"
    assert url.sqlalchemy.password == "p@ss"
    assert url.libpq == "postgresql://me:p%40ss@db.example:5433/wdh?sslmode=require"


def test_the_password_shows_in_no_text_of_the_address() -> None:
    url = DatabaseUrl.parse("postgres://me:hunter2@db/wdh")
    assert url.masked == "postgresql://me:***@db/wdh"
    assert "hunter2" not in f"{url} {url!r}"


def test_another_database_of_the_same_server() -> None:
    assert (
        DatabaseUrl.parse("postgres://me:x@db:1/wdh").database("other").libpq
        == "postgresql://me:x@db:1/other"
    )


@pytest.mark.parametrize("text", ["sqlite:///x.db", "postgresql+psycopg://a:hunter2@b/c", "no url hunter2"])
def test_what_is_no_postgres_address_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(ConfigurationError, match="Fix: correct DATABASE_URL") as caught:
        DatabaseUrl.parse(text)
    assert "hunter2" not in str(caught.value)
