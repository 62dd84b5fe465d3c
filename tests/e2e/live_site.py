"""The real server in a process of its own, on a seeded SQLite database in a temporary directory.

The seed is the demo's, small: one operator with a few stations and two days of history, and its
neighbour. Who logs in and which stations there are is read from the files that the seed leaves.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from tests.support.servers import free_port

ROOT = Path(__file__).parents[2]
SEED = ("--stations", "6", "--days", "2", "--seed", "3")
LOG_IN_PATH = "/account/login/"
START_SECONDS = 120.0
REQUEST_SECONDS = 30.0
STOP_SECONDS = 20.0
POLL_SECONDS = 0.05
LOG_TAIL_LINES = 40


class UnableToStartSite(Exception):
    """The server did not come up; the message holds the end of its log."""


@dataclass(frozen=True, slots=True)
class LogIn:
    """A seeded person of the operator."""

    email: str
    password: str


@dataclass(frozen=True, slots=True)
class SeededStation:
    """What a simulator needs to be this station, with a token that may charge there."""

    identity: str
    key: str
    model: str
    protocol: str
    token: str

    @property
    def code(self) -> str:
        """What people call it; the identity is the code and a random end."""
        return self.identity.rpartition("-")[0]


class LiveSite:
    """Migrate, seed, serve. `url` has no trailing slash."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = directory / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._cookies: dict[str, str] = {}
        self._taken = 0

    def __enter__(self) -> Self:
        self.manage("migrate", "--verbosity", "0")
        self.manage("seed", *SEED)
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

    def url_at(self, host: str) -> str:
        """The same server by another name, which shows another operator's brand."""
        return f"http://{host}:{self.port}"

    def is_ours(self, url: str) -> bool:
        """Whether a request stays inside: this server by any of its names, or inside the page."""
        parts = urlsplit(url)
        if parts.scheme in {"data", "blob", "about"}:
            return True
        host = parts.hostname or ""
        local = host in {"127.0.0.1", "localhost"} or host.endswith(".localhost")
        return local and parts.port == self.port

    @property
    def ocpp_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ocpp/"

    def log_in(self, role: str = "admin") -> LogIn:
        """The operator's person of this role; with an `@` it is anybody's e-mail."""
        email = role if "@" in role else f"{role}@nordlys.example"
        return LogIn(email, self._seeded("log-ins.json")["password"])

    def add_operator(self) -> None:
        """An operator who has nothing yet, at start.localhost; new@start.example runs it."""
        person = self.log_in("new@start.example")
        options = ("--name=Start", "--host=start.localhost")
        where = ("--country=DK", "--time-zone=Europe/Copenhagen")
        who = ("--full-name=Nina New", f"--email={person.email}", f"--password={person.password}")
        self.manage("createoperator", *options, *where, *who)

    def session_cookie(self, role: str = "admin") -> str:
        """The value of a session cookie of somebody who logged in by the form, once per role."""
        if role not in self._cookies:
            person = self.log_in(role)
            with httpx.Client(base_url=self.url, timeout=REQUEST_SECONDS) as client:
                client.get(LOG_IN_PATH)
                answer = client.post(
                    LOG_IN_PATH,
                    data={
                        "login": person.email,
                        "password": person.password,
                        "csrfmiddlewaretoken": client.cookies["csrftoken"],
                    },
                )
                assert answer.status_code == httpx.codes.FOUND, answer.text
                self._cookies[role] = client.cookies["sessionid"]
        return self._cookies[role]

    def first(self, pattern: str, path: str) -> str:
        """What a page of the portal says first in the group of a pattern."""
        cookies = {"sessionid": self.session_cookie("admin")}
        page = httpx.get(f"{self.url}/{path}", cookies=cookies, timeout=REQUEST_SECONDS).text
        found = re.search(pattern, page)
        assert found is not None, f"{path} has nothing like {pattern}"
        return found[1]

    def api(self, path: str, role: str = "admin", **query: str) -> Any:
        """What the REST API answers to a person who is logged in."""
        answer = httpx.get(
            f"{self.url}/api/v1/{path}",
            params=query,
            cookies={"sessionid": self.session_cookie(role)},
            timeout=REQUEST_SECONDS,
        )
        answer.raise_for_status()
        return answer.json()

    def take_station(self) -> SeededStation:
        """A station that no other test of the session uses."""
        entry = self._seeded("fleet.json")[self._taken]
        assert entry["identity"].startswith("NC-"), "more stations taken than seeded"
        self._taken += 1
        return SeededStation(
            identity=entry["identity"],
            key=entry["password"],
            model=entry["model"],
            protocol=entry["protocol"],
            token=next(token for token in entry["id_tokens"] if token.startswith("04")),
        )

    def _seeded(self, name: str) -> Any:
        return json.loads((self.directory / name).read_text(encoding="utf-8"))

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
