"""The real server in a process of its own, on a seeded SQLite database in a temporary directory."""

from __future__ import annotations

import contextlib
import http.client
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from tests.support.servers import free_port

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0
STOP_SECONDS = 20.0
POLL_SECONDS = 0.05
LOG_TAIL_LINES = 40


class UnableToStartSite(Exception):
    """The server did not come up; the message holds the end of its log."""


@dataclass(frozen=True)
class LogIn:
    """A seeded staff user."""

    email: str
    password: str


ADMIN = LogIn(email="admin@volta.example", password="correct-horse-battery")


class LiveSite:
    """Migrate, seed, serve. `url` has no trailing slash."""

    admin = ADMIN

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = directory / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.manage("migrate", "--verbosity", "0")
        self._run(sys.executable, "-m", "tests.e2e.seed")
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", *self._serve_arguments()],
                cwd=ROOT,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait_until_it_answers()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def is_ours(self, url: str) -> bool:
        """Whether a request stays inside: this server by any of its names, or inside the page."""
        parts = urlsplit(url)
        if parts.scheme in {"data", "blob", "about"}:
            return True
        host = parts.hostname or ""
        local = host in {"127.0.0.1", "localhost"} or host.endswith(".localhost")
        return local and parts.port == self.port

    def manage(self, *arguments: str) -> str:
        """Run a management command on the site's database; its output."""
        return self._run(sys.executable, "manage.py", *arguments)

    def log_tail(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines() if self._log.exists() else []
        return "\n".join(lines[-LOG_TAIL_LINES:])

    def _serve_arguments(self) -> list[str]:
        return ["serve", "--host", "127.0.0.1", "--port", str(self.port)]

    def _environment(self) -> dict[str, str]:
        outside = {"DATABASE_URL", "REDIS_URL"}
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in outside and not name.startswith("CSMS_")
        }
        return {
            **inherited,
            "DJANGO_SETTINGS_MODULE": "csms.settings",
            "CSMS_DATA_DIR": str(self.directory),
            "CSMS_PUBLIC_URL": self.url,
            "CSMS_ALLOWED_HOSTS": "127.0.0.1,.localhost",
        }

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise UnableToStartSite(f"{' '.join(command[1:])} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def _wait_until_it_answers(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise UnableToStartSite(f"the server did not start:\n{self.log_tail()}")
            time.sleep(POLL_SECONDS)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/")
            connection.getresponse()
        except OSError:
            return False
        finally:
            connection.close()
        return True

    def _stop(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            self._process.wait()
        self._process = None
