#!/bin/sh
# Make a virtual environment with the first Python that is new enough.
# Usage: make-venv.sh DIRECTORY [PYTHON]
set -eu

venv=$1
shift
[ $# -gt 0 ] || set -- python3 python3.11 python3.12 python3.13

for python in "$@"; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        echo "Making $venv with $("$python" --version)"
        exec "$python" -m venv "$venv"
    fi
done

found=$("$1" --version 2>&1) || found="nothing that runs"
echo "Python 3.11 or newer is needed; '$1' is: $found." >&2
echo "Install it, or name another: make PYTHON=/path/to/python3.11 ..." >&2
exit 1
