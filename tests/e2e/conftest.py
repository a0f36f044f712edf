"""A Postgres for the tests of this tier."""

from tests.fixtures_postgres import database_url, migrated_template, migrated_url, postgres_url

__all__ = ["database_url", "migrated_template", "migrated_url", "postgres_url"]
