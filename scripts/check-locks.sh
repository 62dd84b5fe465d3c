#!/bin/sh
# Lock files name versions and hashes, never the registry they were made from.
set -eu

cd "$(dirname "$0")/.."

if grep -nE '://|^--' requirements.lock requirements-dev.lock; then
    echo "The lines above name an address or an index: run 'make lock'." >&2
    exit 1
fi
if [ -f package-lock.json ] && grep -n '"resolved"' package-lock.json; then
    echo "package-lock.json names a registry: npm install --omit-lockfile-registry-resolved" >&2
    exit 1
fi
if [ -n "$(git ls-files uv.lock 2>/dev/null)" ]; then
    echo "uv.lock is committed; it names a registry." >&2
    exit 1
fi
