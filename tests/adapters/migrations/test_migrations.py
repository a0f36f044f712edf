import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.pool import NullPool
from tests.fixtures_postgres import run_sql

from work_data_hub.cli.migrations import downgrade, schema_state, upgrade
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.io.loader.catalogue import WAREHOUSE_CONTRACTS
from work_data_hub.io.loader.tables import metadata_for
from work_data_hub.io.loader.urls import DatabaseUrl
from work_data_hub.io.loader.views import view_columns

METADATA = metadata_for(WAREHOUSE_CONTRACTS)
SCHEMAS = {table.schema for table in METADATA.tables.values()}
WITH_VIEW = [contract for contract in WAREHOUSE_CONTRACTS if contract.view_schema]


@pytest.fixture
def connection(migrated_url: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(DatabaseUrl.parse(migrated_url).sqlalchemy, poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


def differences(connection: sa.Connection) -> list[object]:
    options = {
        "include_schemas": True,
        "include_name": lambda name, kind, _parents: kind != "schema" or name in SCHEMAS,
        "version_table_schema": "hub",
        "compare_type": True,
        "compare_server_default": True,
    }
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), METADATA))


def schemas(url: str) -> set[object]:
    rows = run_sql(url, "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_'")
    return {name for (name,) in rows} - {"information_schema", "public"}


def test_up_down_up_leaves_the_same_schema_and_down_leaves_nothing(database_url: str) -> None:
    assert upgrade(database_url).at_head
    first = schemas(database_url)
    assert schema_state(downgrade_to_base(database_url)).current is None
    assert schemas(database_url) == {"hub"}
    assert run_sql(database_url, "SELECT relname FROM pg_class WHERE relnamespace = 'hub'::regnamespace") == [
        ("alembic_version",),
        ("alembic_version_pkc",),
    ]
    assert upgrade(database_url).at_head
    assert schemas(database_url) == first


def downgrade_to_base(url: str) -> str:
    downgrade(url, "base")
    return url


def test_each_step_goes_down_and_up_again(database_url: str) -> None:
    head = upgrade(database_url).head
    while downgrade(database_url, "-1").current is not None:
        upgrade(database_url, "+1")
        downgrade(database_url, "-1")
    assert upgrade(database_url).current == head


def test_a_second_upgrade_changes_nothing(migrated_url: str) -> None:
    before = run_sql(migrated_url, "SELECT oid, relname FROM pg_class ORDER BY oid")
    assert upgrade(migrated_url).at_head
    assert run_sql(migrated_url, "SELECT oid, relname FROM pg_class ORDER BY oid") == before


def test_autogenerate_finds_nothing_to_do_after_an_upgrade(connection: sa.Connection) -> None:
    assert differences(connection) == []


def test_autogenerate_would_notice_a_retyped_column(connection: sa.Connection) -> None:
    connection.execute(sa.text("ALTER TABLE hub.quarantine ALTER COLUMN row_number TYPE numeric(18, 4)"))
    assert "modify_type" in str(differences(connection))
    connection.rollback()


@pytest.mark.parametrize("contract", WAREHOUSE_CONTRACTS, ids=lambda contract: contract.key)
def test_primary_keys_and_closed_lists_equal_the_contract(
    connection: sa.Connection, contract: TableContract
) -> None:
    inspector = sa.inspect(connection)
    key = inspector.get_pk_constraint(contract.name, schema=contract.schema)
    assert tuple(key["constrained_columns"]) == contract.primary_key
    found = {
        check["name"]: set(re.findall(r"'([^']*)'", check["sqltext"]))
        for check in inspector.get_check_constraints(contract.name, schema=contract.schema)
    }
    declared = {
        f"ck_{contract.name}_{column.name}_{check.name}": set(check.one_of)
        for column in contract.columns
        for check in column.checks
        if check.one_of
    }
    assert found == declared


@pytest.mark.parametrize("contract", WITH_VIEW, ids=lambda contract: contract.key)
def test_the_view_shows_the_source_languages_names_over_the_right_columns(
    connection: sa.Connection, contract: TableContract
) -> None:
    inspector = sa.inspect(connection)
    columns = inspector.get_columns(contract.label, schema=contract.view_schema)
    assert tuple(column["name"] for column in columns) == view_columns(contract)
    definition = str(inspector.get_view_definition(contract.label, schema=contract.view_schema))
    shown = re.findall(r"(\w+)(?: AS \"?([^\",\n]+)\"?)?(?:,|\n)", definition.replace("SELECT ", ""))
    labels = {name: label or name for name, label in shown}
    assert {name: labels[name] for name in contract.identity_columns} == {
        name: contract.column(name).label for name in contract.identity_columns
    }


def test_comments_carry_labels_and_meanings_and_follow_the_contracts(migrated_url: str) -> None:
    query = (
        "SELECT col_description('annuity_gold.scale_fact'::regclass, attnum) FROM pg_attribute"
        " WHERE attrelid = 'annuity_gold.scale_fact'::regclass AND attname = 'closing_aum_yuan'"
    )
    written = run_sql(migrated_url, query)
    assert "期末资产规模 [yuan]" in str(written)
    run_sql(migrated_url, "COMMENT ON COLUMN annuity_gold.scale_fact.closing_aum_yuan IS 'stale'")
    upgrade(migrated_url)
    assert run_sql(migrated_url, query) == written


def test_other_tools_schemas_are_left_alone(migrated_url: str) -> None:
    run_sql(migrated_url, "CREATE SCHEMA other CREATE TABLE runs (id bigint)")
    engine = sa.create_engine(DatabaseUrl.parse(migrated_url).sqlalchemy, poolclass=NullPool)
    with engine.connect() as connection:
        assert differences(connection) == []
    downgrade(migrated_url, "base")
    assert schemas(migrated_url) == {"hub", "other"}
