#!/bin/sh
# Django's deployment checks under an environment as in production; opens no connection.
# Usage: check-deploy.sh PYTHON
set -eu

python=$1
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT

env \
    CSMS_DEBUG=0 \
    CSMS_PUBLIC_URL=https://csms.example \
    CSMS_ALLOWED_HOSTS=csms.example \
    CSMS_SECRET_KEY="$("$python" -c 'import secrets; print(secrets.token_urlsafe(60))')" \
    CSMS_CREDENTIAL_PEPPER="$("$python" -c 'import secrets; print(secrets.token_urlsafe(60))')" \
    CSMS_DATA_DIR="$data" \
    CSMS_HASHED_STATIC=1 \
    DATABASE_URL=postgresql://user:password@db.example/csms \
    REDIS_URL=redis://redis.example/0 \
    "$python" manage.py check --deploy --fail-level WARNING
