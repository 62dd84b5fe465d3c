"""The demo's own environment: its own data, nothing of the installation beside it."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from pathlib import Path

HOST = "127.0.0.1"
# Tells the command that it already runs in this environment.
PREPARED = "STATIONMASTER_DEMO_PORT"
_PORTS_TRIED = 50


def demo_environment(inherited: Mapping[str, str], *, data_dir: Path, port: int) -> dict[str, str]:
    """The embedded default on its own data directory; other settings of ours are left out."""
    kept = {
        name: value
        for name, value in inherited.items()
        if not name.startswith("CSMS_") and not name.startswith(("DATABASE_URL", "REDIS_URL"))
    }
    return {
        **kept,
        PREPARED: str(port),
        "DJANGO_SETTINGS_MODULE": "csms.settings",
        "CSMS_DATA_DIR": str(data_dir),
        "CSMS_PUBLIC_URL": f"http://localhost:{port}",
        # Names below localhost reach this machine in every browser: the second brand has one.
        "CSMS_ALLOWED_HOSTS": "localhost,127.0.0.1,.localhost",
        "CSMS_LOG_LEVEL": "WARNING",
    }


def free_port(first: int) -> int:
    """The first free port from `first` on.

    Raises:
        OSError: fifty of them are taken.
    """
    for port in range(first, first + _PORTS_TRIED):
        if is_free(port):
            return port
    raise OSError(f"no free port between {first} and {first + _PORTS_TRIED - 1}")


def is_free(port: int) -> bool:
    """Whether a server can listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
