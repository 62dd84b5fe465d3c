"""Throwaway PostgreSQL and Redis servers for tests, benchmarks and fault drills.

Each server listens on loopback only, on a free port of its own, keeps everything in one temporary
directory and leaves neither process nor directory behind. As a command::

    python -m tests.support.servers run -- pytest -m services

runs the command with ``DATABASE_URL`` and ``REDIS_URL`` set. A server whose variable is already
set is not started. Fault drills start a server of their own instead of the shared one, because
they stop and kill it.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, ClassVar, Self

import psutil
import psycopg2
import redis

from tests.support.server_binaries import (
    Account,
    find_postgres,
    find_redis,
    reachable_temporary_directory,
    unprivileged_account,
)

if TYPE_CHECKING:
    from types import FrameType, TracebackType

START_SECONDS = 30.0
STOP_SECONDS = 30.0
POLL_SECONDS = 0.02
LOG_TAIL_LINES = 20


class UnableToStartServer(Exception):
    """A server did not come up; the message holds the end of its log."""


class Server:
    """One server process with a directory of its own. Use as a context manager or close() it."""

    name: ClassVar[str]
    stop_signal: ClassVar[signal.Signals]

    def __init__(self, account: Account) -> None:
        self.account = account
        parent = reachable_temporary_directory(account)
        self.directory = Path(tempfile.mkdtemp(prefix=f"stationmaster-{self.name}-", dir=parent))
        account.take_over(self.directory)
        self.log = self.directory / "server.log"
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def url(self) -> str:
        """Address of the server with credentials, as in the production environment variable."""
        raise NotImplementedError

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pids(self) -> list[int]:
        """Process ids of the server and its workers at this moment; empty when it is down."""
        return [process.pid for process in self._processes()]

    def cpu_seconds(self) -> float:
        """CPU seconds (user and system) of the running server, its workers and ended workers."""
        total = 0.0
        for process in self._processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                total += times.user + times.system + times.children_user + times.children_system
        return total

    def start(self) -> None:
        """Start and wait until the server answers.

        Raises:
            UnableToStartServer: it ended, or did not answer within ``START_SECONDS``.

        """
        if self.is_running():
            return
        with self.log.open("ab") as log:
            self._process = self._spawn(self._command(), stdout=log)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if not self.is_running() or time.monotonic() > deadline:
                self.kill9()
                raise UnableToStartServer(f"{self.name} did not start:\n{self._log_tail()}")
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """Stop in an orderly way and keep the data; start() brings the same server back."""
        if self._process is None:
            return
        processes = self._processes()
        self._process.send_signal(self.stop_signal)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill9()
            return
        self._process = None
        _wait_gone(processes)

    def restart(self) -> None:
        """Stop and start on the same port with the same data; open connections are cut."""
        self.stop()
        self.start()

    def kill9(self) -> None:
        """Kill the server and all its workers as a power cut would; start() then recovers."""
        if self._process is None:
            return
        processes = self._processes()
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self._process.wait(STOP_SECONDS)
        self._process = None
        _wait_gone(processes)

    def close(self) -> None:
        """Stop for good and delete the directory. May be called twice."""
        try:
            self.stop()
        finally:
            shutil.rmtree(self.directory, ignore_errors=True)

    def _command(self) -> list[str]:
        raise NotImplementedError

    def _answers(self) -> bool:
        raise NotImplementedError

    def _spawn(self, command: Sequence[str], stdout: BinaryIO) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C in the terminal ends the tests first, then we stop the server.
        return subprocess.Popen(
            command,
            cwd=self.directory,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=self.account.uid,
            group=self.account.gid,
            extra_groups=self.account.extra_groups,
        )

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.defpath, "HOME": str(self.directory), "LC_ALL": "C", "TZ": "UTC"}

    def _processes(self) -> list[psutil.Process]:
        if self._process is None:
            return []
        try:
            parent = psutil.Process(self._process.pid)
            return [parent, *parent.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def _log_tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-LOG_TAIL_LINES:])


class PostgresServer(Server):
    """PostgreSQL with fsync on, one password user that owns the database `stationmaster`.

    The URL's user may create further databases, as the test runner does.
    """

    name = "postgres"
    stop_signal = signal.SIGINT  # "fast": cuts open connections, writes a checkpoint

    USER = "stationmaster"
    DATABASE = "stationmaster"

    def __init__(self, options: Mapping[str, str] | None = None) -> None:
        """`options` are settings of postgresql.conf on top of ours."""
        super().__init__(unprivileged_account())
        self.options = dict(options or {})
        self._password = secrets.token_urlsafe(16)
        self._crashed = False
        self._data = self.directory / "data"

    @property
    def url(self) -> str:
        return self._url(self.DATABASE)

    def start(self) -> None:
        first = not self._data.exists()
        if first:
            self._initialise()
        super().start()
        self._crashed = False
        if first:
            self._create_database()

    def kill9(self) -> None:
        self._crashed = self._crashed or self._process is not None
        super().kill9()

    def close(self) -> None:
        if self._crashed and self._data.exists():
            # Shared memory outlives a killed server; only an orderly stop removes it.
            with contextlib.suppress(UnableToStartServer):
                self.start()
        super().close()

    def _url(self, database: str) -> str:
        return f"postgresql://{self.USER}:{self._password}@127.0.0.1:{self.port}/{database}"

    def _initialise(self) -> None:
        self._binaries = find_postgres(self.account, self.directory)
        passwords = self.directory / "password"
        passwords.write_text(self._password)
        self.account.take_over(passwords)
        character_type = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
        command = [str(self._binaries.initdb), "--pgdata", str(self._data)]
        command += ["--username", self.USER, "--pwfile", str(passwords)]
        command += ["--auth", "scram-sha-256", "--encoding", "UTF8", "--no-sync"]
        command += ["--locale", "C", "--lc-ctype", character_type]
        with self.log.open("ab") as log:
            self._process = self._spawn(command, stdout=log)
            failed = self._process.wait()
        self._process = None
        passwords.unlink()
        if failed:
            raise UnableToStartServer(f"initdb failed:\n{self._log_tail()}")

    def _create_database(self) -> None:
        connection = psycopg2.connect(self._url("postgres"))
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(f"CREATE DATABASE {self.DATABASE}")
        finally:
            connection.close()

    def _command(self) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "on",
            "max_connections": "200",
            "timezone": "UTC",
            "log_timezone": "UTC",
            **self.options,
        }
        command = [str(self._binaries.postgres), "-D", str(self._data), "-p", str(self.port)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return command

    def _answers(self) -> bool:
        try:
            psycopg2.connect(self._url("postgres"), connect_timeout=2).close()
        except psycopg2.OperationalError:
            return False
        return True


class RedisServer(Server):
    """Redis that keeps nothing on disk: a restart empties it."""

    name = "redis"
    stop_signal = signal.SIGTERM

    def __init__(self) -> None:
        super().__init__(Account())

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def _command(self) -> list[str]:
        command = [str(find_redis()), "--port", str(self.port), "--bind", "127.0.0.1"]
        return [*command, "--save", "", "--appendonly", "no", "--dir", str(self.directory)]

    def _answers(self) -> bool:
        client = redis.Redis(port=self.port, socket_timeout=2)
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False
        finally:
            client.close()


def free_port() -> int:
    """TCP port of the loopback address that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def service_environment(environ: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """DATABASE_URL and REDIS_URL: those of `environ`, else of servers started for the block.

    Raises:
        ValueError: DATABASE_URL names something else than PostgreSQL.
        UnableToStartServer, UnableToFindServer: see there.

    """
    database_url = environ.get("DATABASE_URL", "")
    if database_url and not database_url.startswith(("postgres://", "postgresql://")):
        raise ValueError("DATABASE_URL is set, but not to PostgreSQL: unset it to have one started")
    with contextlib.ExitStack() as stack:
        yield {
            "DATABASE_URL": database_url or stack.enter_context(PostgresServer()).url,
            "REDIS_URL": environ.get("REDIS_URL") or stack.enter_context(RedisServer()).url,
        }


def run(command: Sequence[str]) -> int:
    """Run `command` with both servers; its exit status, 128 + n when signal n ended it."""

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    with service_environment(os.environ) as variables:
        child = subprocess.Popen(command, env={**os.environ, **variables})

        def hand_on(number: int, frame: FrameType | None) -> None:
            child.send_signal(number)

        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, hand_on)
        # The terminal sends Ctrl-C to the command too: let it finish, then stop the servers.
        # Not SIG_IGN, which the command would inherit.
        signal.signal(signal.SIGINT, lambda *_: None)
        status = child.wait()
    return status if status >= 0 else 128 - status


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.support.servers", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    runner = actions.add_parser("run", help="run a command with DATABASE_URL and REDIS_URL set")
    runner.add_argument("command", nargs="+", help="after --")
    options = parser.parse_args(arguments)
    command: list[str] = options.command
    return run(command)


def _wait_gone(processes: Sequence[psutil.Process]) -> None:
    """Wait until all have ended; a zombie that nobody collects counts as ended."""
    deadline = time.monotonic() + STOP_SECONDS
    while any(map(_is_alive, processes)) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


if __name__ == "__main__":
    sys.exit(main())
