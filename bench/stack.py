"""Everything a scenario runs on: throwaway PostgreSQL and Redis, the product, the references."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Self

import psycopg2

from bench.cpu import Gauge
from bench.report import ROOT, step
from bench.served import Served
from tests.support.servers import PostgresServer, RedisServer, free_port

_UVICORN = (
    *("--ws", "websockets-sansio", "--ws-ping-interval", "20", "--ws-per-message-deflate", "false"),
    *("--host", "127.0.0.1", "--lifespan", "off", "--log-level", "warning", "--backlog", "4096"),
)


class BenchFailed(Exception):
    """A scenario could not be carried out, or its check found something missing."""


class Stack:
    """Servers of one scenario, on an empty, migrated database. Use as a context manager."""

    def __init__(self, *, first_port: int = 0) -> None:
        """`first_port` and the following are used for web servers; 0 takes any free ones."""
        self._first_port = first_port
        self._ports_given = 0
        self._exit = contextlib.ExitStack()
        self.directory = Path(
            self._exit.enter_context(tempfile.TemporaryDirectory(prefix="stationmaster-bench-"))
        )
        self.postgres = PostgresServer()
        self.redis = RedisServer()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as undo:
            undo.push(self._exit)
            step("starting PostgreSQL and Redis")
            self._exit.enter_context(self.postgres)
            self._exit.enter_context(self.redis)
            self.env = self._environment()
            step("migrating")
            self.run("manage.py", "migrate", "--verbosity", "0")
            undo.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._exit.close()

    def _environment(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.redis.url,
            "DJANGO_SETTINGS_MODULE": "csms.settings",
            "CSMS_DATA_DIR": str(self.directory),
            "CSMS_SECRET_KEY": "bench-secret-key-of-a-throwaway-installation",
            "CSMS_CREDENTIAL_PEPPER": "bench-pepper-of-a-throwaway-installation",
            "CSMS_LOG_LEVEL": "WARNING",
        }

    # -- processes -----------------------------------------------------------------------------

    def web(self) -> Served:
        """The product's web process, not yet started."""
        port = self._port()
        command = ["manage.py", "serve", "--host", "127.0.0.1", "--port", str(port)]
        return self._served("web", command, port)

    def worker(self) -> Served:
        """One Celery worker with the clock of periodic tasks, not yet started."""
        command = ["-m", "celery", "-A", "csms", "worker", "--beat", "--pool", "solo"]
        schedule = ["--schedule", str(self.directory / "beat"), "--loglevel", "WARNING"]
        return self._served("worker", [*command, *schedule], 0)

    def reference(self, name: str) -> Served:
        """bench.floor or bench.naive on bare uvicorn, not yet started."""
        port = self._port()
        command = ["-m", "uvicorn", f"bench.{name}:application", "--port", str(port), *_UVICORN]
        return self._served(name, command, port)

    def _served(self, name: str, command: list[str], port: int) -> Served:
        log = self.directory / f"{name}.log"
        served = Served(name, command, env=self.env, port=port, log=log)
        self._exit.callback(served.stop)
        return served

    def _port(self) -> int:
        if not self._first_port:
            return free_port()
        self._ports_given += 1
        return self._first_port + self._ports_given - 1

    def run(self, *command: str) -> str:
        """Run a Python module or file with the stack's environment; its output.

        Raises:
            BenchFailed: it failed.
        """
        done = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env={**os.environ, **self.env},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise BenchFailed(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def seed(self, stations: int) -> list[dict[str, Any]]:
        """Stations with keys, one EVSE and one token each; see `bench.seed`."""
        step(f"writing {stations} stations")
        rows: list[dict[str, Any]] = json.loads(self.run("-m", "bench.seed", str(stations)))
        return rows

    # -- database ------------------------------------------------------------------------------

    def query(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Rows of a query in a connection of its own, outside the product."""
        connection = psycopg2.connect(self.postgres.url)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(sql, parameters)
                return list(cursor.fetchall())
        finally:
            connection.close()

    def database_facts(self) -> dict[str, str]:
        """Settings of PostgreSQL without which its numbers mean nothing."""
        names = ("server_version", "fsync", "synchronous_commit", "full_page_writes")
        return {name: str(self.query(f"SHOW {name}")[0][0]) for name in names}

    def gauges(self, *served: Served) -> dict[str, Gauge]:
        """CPU seconds of the given processes and of both database servers."""
        own = {process.name: process.cpu_seconds for process in served}
        return {**own, "postgres": self.postgres.cpu_seconds, "redis": self.redis.cpu_seconds}
