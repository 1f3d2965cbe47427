#!/bin/sh
# Create the roles and the database, as the server's administrator. It may run twice.
# Needs owner_password and app_password in SECRETS, and backup_password for backups; further settings as psql
# reads them.
set -eu
export SECRETS="${SECRETS:-/run/secrets}"

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\set owner_password `cat "$SECRETS/owner_password"`
\set app_password `cat "$SECRETS/app_password"`
SELECT format('CREATE ROLE %I', name) FROM unnest(ARRAY['rappen_owner', 'rappen_app', 'rappen_readonly']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE rappen_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB PASSWORD :'owner_password';
ALTER ROLE rappen_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB PASSWORD :'app_password';
ALTER ROLE rappen_readonly NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;

SELECT 'CREATE DATABASE rappen OWNER rappen_owner ENCODING ''UTF8'' TEMPLATE template0'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'rappen') \gexec
REVOKE ALL ON DATABASE rappen FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE rappen TO rappen_app, rappen_readonly;
SQL

# Copies the whole cluster, and sees no row by SQL.
if [ -s "$SECRETS/backup_password" ]; then
    psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\set backup_password `cat "$SECRETS/backup_password"`
SELECT 'CREATE ROLE rappen_backup' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rappen_backup') \gexec
ALTER ROLE rappen_backup LOGIN REPLICATION NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB PASSWORD :'backup_password';
SQL
    # In a container its replication comes from another one.
    if [ -n "${PGDATA:-}" ] && ! grep -q rappen_backup "$PGDATA/pg_hba.conf"; then
        echo "host replication rappen_backup samenet scram-sha-256" >> "$PGDATA/pg_hba.conf"
    fi
fi
