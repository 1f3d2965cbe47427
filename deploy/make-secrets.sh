#!/bin/sh
# Write the secrets of a new installation, once: make-secrets.sh [FOLDER]
# What is there already is left alone.
set -eu
umask 077
folder=${1:-$(dirname "$0")/secrets}
mkdir -p "$folder"
cd "$folder"
echo '*' > .gitignore

secret() { [ -s "$1" ] || od -An -N32 -tx1 /dev/urandom | tr -d ' \n' > "$1"; }
line() { [ -s "$1" ] || printf '%s' "$2" > "$1"; }

for name in secret_key postgres_password owner_password app_password backup_password valkey_password; do
    secret "$name"
done
secret .field_key
line field_keys "1:$(cat .field_key)"
rm -f .field_key
line database_url "postgres://rappen_app:$(cat app_password)@postgres/rappen"
line database_owner_url "postgres://rappen_owner:$(cat owner_password)@postgres/rappen"
line backup_url "postgres://rappen_backup:$(cat backup_password)@postgres/postgres"
line redis_url "redis://:$(cat valkey_password)@valkey:6379/0"

# The containers' users read the files through their mounts; the folder keeps others out.
chmod 444 ./*
echo "The secrets are in $PWD. Keep copies of secret_key and field_keys where the backups are not."
