"""Fixtures that every tier may use."""

from tests.fixtures_postgres import database_url, migrated_template, migrated_url, postgres_url

__all__ = ["database_url", "migrated_template", "migrated_url", "postgres_url"]
