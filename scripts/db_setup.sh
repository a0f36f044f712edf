#!/usr/bin/env bash
# Prepares a real PostgreSQL server for the hub: three roles, two databases, their rights. Safe to repeat.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: scripts/db_setup.sh [--dry-run] [--help]

Creates on the server that the PG* variables name (PGHOST, PGPORT, PGUSER, PGPASSWORD or ~/.pgpass, PGSSLMODE):
  roles      wdh_owner  owns the warehouse, runs the migrations
             wdh_app    runs the pipelines, owns Dagster's storage
             wdh_read   reads the warehouse (BI), nothing else
  databases  wdh, wdh_dagster

Passwords come from the environment and never stand on a command line:
  WDH_OWNER_PASSWORD  WDH_APP_PASSWORD  WDH_READ_PASSWORD

Connect as a superuser, or as a role with CREATEROLE and CREATEDB. Run it before the first migration;
a repeat sets passwords and rights again and keeps all data.

  --dry-run  print the SQL with the passwords masked; connects to nothing
  --help     this text

Exit codes: 0 done, 1 the server refused, 2 wrong usage or a missing password or psql.
TEXT
}

refuse() {
  printf 'db_setup: %s\nFix: %s\n' "$1" "$2" >&2
  exit 2
}

names() {
  cat <<'SQL'
\set ON_ERROR_STOP on
\set owner wdh_owner
\set app wdh_app
\set read wdh_read
\set warehouse wdh
\set storage wdh_dagster
SQL
}

# the shell that psql starts reads the environment, so no password is in a file, an argument or this text
secrets() {
  cat <<'SQL'
\set owner_password `printf %s "$WDH_OWNER_PASSWORD"`
\set app_password `printf %s "$WDH_APP_PASSWORD"`
\set read_password `printf %s "$WDH_READ_PASSWORD"`
SQL
}

masked_secrets() {
  cat <<'SQL'
\set owner_password '********'
\set app_password '********'
\set read_password '********'
SQL
}

statements() {
  cat <<'SQL'

-- roles
SELECT NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'owner') AS owner_missing,
       NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'app') AS app_missing,
       NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'read') AS read_missing \gset
\if :owner_missing
CREATE ROLE :"owner";
\endif
\if :app_missing
CREATE ROLE :"app";
\endif
\if :read_missing
CREATE ROLE :"read";
\endif
ALTER ROLE :"owner" LOGIN PASSWORD :'owner_password';
ALTER ROLE :"app" LOGIN PASSWORD :'app_password';
ALTER ROLE :"read" LOGIN PASSWORD :'read_password';
ALTER ROLE :"read" SET default_transaction_read_only = on;

-- whoever is not a superuser must belong to a role to give it a database
SELECT NOT rolsuper AS needs_membership FROM pg_roles WHERE rolname = current_user \gset
\if :needs_membership
GRANT :"owner", :"app" TO CURRENT_USER;
\endif

-- databases
SELECT NOT EXISTS (SELECT FROM pg_database WHERE datname = :'warehouse') AS warehouse_missing,
       NOT EXISTS (SELECT FROM pg_database WHERE datname = :'storage') AS storage_missing \gset
\if :warehouse_missing
CREATE DATABASE :"warehouse" OWNER :"owner" ENCODING 'UTF8' TEMPLATE template0;
\endif
\if :storage_missing
CREATE DATABASE :"storage" OWNER :"app" ENCODING 'UTF8' TEMPLATE template0;
\endif
REVOKE ALL ON DATABASE :"warehouse", :"storage" FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE :"warehouse" TO :"app";
GRANT CONNECT ON DATABASE :"warehouse" TO :"read";

-- what the migrations will create in the warehouse
\connect :"warehouse"
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" GRANT USAGE ON SCHEMAS TO :"app", :"read";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"app";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" GRANT SELECT ON TABLES TO :"read";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" GRANT USAGE, SELECT ON SEQUENCES TO :"app";
SQL
}

dry_run=false
for argument in "$@"; do
  case "$argument" in
    --dry-run) dry_run=true ;;
    --help | -h) usage; exit 0 ;;
    *) usage >&2; refuse "unknown argument: $argument" "use one of the options above." ;;
  esac
done

if "$dry_run"; then
  names
  masked_secrets
  statements
  exit 0
fi

for name in WDH_OWNER_PASSWORD WDH_APP_PASSWORD WDH_READ_PASSWORD; do
  [ -n "${!name:-}" ] || refuse "$name is not set." "export it, for example from your password store."
  export "${name?}"
done
command -v psql >/dev/null || refuse "psql is not installed." "install the PostgreSQL client programs."

# the maintenance database exists on every server; ours may not yet
if ! { names; secrets; statements; } | psql --no-psqlrc --quiet --dbname="${PGDATABASE:-postgres}"; then
  printf 'db_setup: the server refused; its words are above.\nFix: %s\n' \
    'connect as a superuser or a role with CREATEROLE and CREATEDB, then run this again; it may be repeated.' >&2
  exit 1
fi
echo 'db_setup: roles wdh_owner, wdh_app, wdh_read and databases wdh, wdh_dagster are ready.'
