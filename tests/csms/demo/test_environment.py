from __future__ import annotations

import socket
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from csms.demo.environment import HOST, demo_environment, free_port, is_free


def test_takes_nothing_of_the_installation_beside_it() -> None:
    inherited = {
        "PATH": "/bin",
        "DATABASE_URL": "postgresql://real",
        "DATABASE_URL_FILE": "/secret",
        "REDIS_URL": "redis://real",
        "CSMS_SECRET_KEY": "real",
        "CSMS_DEBUG": "1",
    }
    assert demo_environment(inherited, data_dir=Path("/demo"), port=8123) == {
        "PATH": "/bin",
        "STATIONMASTER_DEMO_PORT": "8123",
        "DJANGO_SETTINGS_MODULE": "csms.settings",
        "CSMS_DATA_DIR": "/demo",
        "CSMS_PUBLIC_URL": "http://localhost:8123",
        "CSMS_ALLOWED_HOSTS": "localhost,127.0.0.1,.localhost",
        "CSMS_LOG_LEVEL": "WARNING",
    }


def test_finds_the_next_free_port() -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not is_free(port)
        assert free_port(port) > port


def test_gives_up_when_every_port_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("csms.demo.environment.is_free", lambda _port: False)
    with pytest.raises(OSError, match="between 8000 and 8049"):
        free_port(8000)


def test_the_command_says_when_its_port_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} is taken."):
            call_command("demo", port=port, data_dir=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_command_refuses_a_port_that_is_no_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CSMS_DEMO_PORT", "eighty")
    with pytest.raises(CommandError, match="CSMS_DEMO_PORT must be a port number, not 'eighty'"):
        call_command("demo", data_dir=tmp_path)
