#!/bin/sh
# Read secrets from files: NAME_FILE becomes NAME. Then become the command.
set -eu
for name in RAPPEN_SECRET_KEY RAPPEN_FIELD_KEYS DATABASE_URL DATABASE_OWNER_URL RAPPEN_BACKUP_URL REDIS_URL RAPPEN_ADMIN_PASSWORD; do
    eval "file=\${${name}_FILE:-}"
    if [ -n "$file" ]; then
        value=$(cat "$file")
        export "$name=$value"
    fi
done
exec "$@"
