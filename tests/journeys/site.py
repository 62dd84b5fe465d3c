"""A whole installation under test: real web processes on one database, and a second process beside them."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import orjson
import psutil

from tests.support.servers import free_port

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0
STOP_SECONDS = 30.0
POLL_SECONDS = 0.05
LOG_TAIL_LINES = 60

KEY = "correct-horse-battery"


class UnableToServe(Exception):
    """The web process did not come up; the message holds the end of its log."""


class AgentFailed(Exception):
    """An action of the second process raised; the message is its traceback."""


class Web:
    """One web process on a port of its own, the same after a restart."""

    def __init__(self, environment: Mapping[str, str], log: Path, *, migrate: bool) -> None:
        self.port = free_port()
        self.ocpp_url = f"ws://127.0.0.1:{self.port}/ocpp/"
        self._environment = environment
        self._log = log
        self._migrate = migrate
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it answers.

        Raises:
            UnableToServe: it ended, or did not answer within `START_SECONDS`.
        """
        self.launch()
        self.wait_until_it_answers()

    def launch(self) -> None:
        """Start without waiting."""
        command = [sys.executable, "manage.py", "serve"]
        command += ["--port", str(self.port), *(["--migrate"] if self._migrate else [])]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_it_answers(self) -> None:
        """
        Raises:
            UnableToServe: see `start`.
        """
        deadline = time.monotonic() + START_SECONDS
        while self._status_or_none("/healthz") != 200:
            if not self.is_running() or time.monotonic() > deadline:
                self.kill9()
                raise UnableToServe(f"the server did not start:\n{self.log_tail()}")
            time.sleep(POLL_SECONDS)

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def rss_mb(self) -> float:
        return float(psutil.Process(self.pid).memory_info().rss) / 1e6

    def terminate(self) -> int:
        """SIGTERM; its exit status."""
        assert self._process is not None
        self._process.terminate()
        status = self._process.wait(STOP_SECONDS)
        self._process = None
        return status

    def kill9(self) -> None:
        """As the out-of-memory killer does."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def close(self) -> None:
        if not self.is_running():
            return
        try:
            self.terminate()
        except subprocess.TimeoutExpired:
            self.kill9()

    def get(self, path: str, *, cookie: str = "", timeout: float = 20) -> tuple[int, str]:
        """Status and body of a page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
            response = connection.getresponse()
            return response.status, response.read().decode(errors="replace")
        finally:
            connection.close()

    def ask_api(
        self, method: str, path: str, body: Any = None, *, key: str, timeout: float = 20
    ) -> tuple[int, Any]:
        """Status and answer of the API; `path` follows `/api/v1/`. No content is None."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        try:
            sent = None if body is None else orjson.dumps(body)
            connection.request(method, f"/api/v1/{path}", sent, headers)
            response = connection.getresponse()
            text = response.read()
            return response.status, orjson.loads(text) if text else None
        finally:
            connection.close()

    def log(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def log_tail(self) -> str:
        return "\n".join(self.log().splitlines()[-LOG_TAIL_LINES:])

    def _status_or_none(self, path: str) -> int | None:
        try:
            return self.get(path, timeout=5)[0]
        except OSError:
            return None


class SecondProcess:
    """The other process; see `second_process` and `site_actions`."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.journeys.second_process"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
            )

    def do(self, action: str, **arguments: Any) -> Any:
        """The answer of an action.

        Raises:
            AgentFailed: see there.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(orjson.dumps({"do": action, "with": arguments}) + b"\n")
        self._process.stdin.flush()
        answer = orjson.loads(self._process.stdout.readline())
        if "error" in answer:
            raise AgentFailed(answer["error"])
        return answer["ok"]

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(STOP_SECONDS)
        self._process.stdout.close()


class Site:
    """Without addresses the embedded default (SQLite), else PostgreSQL and Redis."""

    def __init__(
        self,
        directory: Path,
        *,
        database_url: str = "",
        redis_url: str = "",
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """`settings` are further environment variables."""
        self.directory = directory
        self.is_embedded = not redis_url
        self._environment = _environment(directory, database_url, redis_url) | dict(settings or {})
        self._webs: list[Web] = []
        self._api_keys: dict[bool, str] = {}

    def __enter__(self) -> Self:
        # Both import the project meanwhile; the second process touches the database when asked first.
        self.web = self._new_web(migrate=True)
        self.beside = SecondProcess(self._environment, self.directory / "beside.log")
        try:
            self.web.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def second_web(self) -> Web:
        """One more web process of the same installation."""
        web = self._new_web(migrate=False)
        web.start()
        return web

    def close(self) -> None:
        for web in self._webs:
            web.close()
        self.beside.close()

    def do(self, action: str, **arguments: Any) -> Any:
        return self.beside.do(action, **arguments)

    def api(
        self, method: str, path: str, body: Any = None, *, manages: bool = False
    ) -> tuple[int, Any]:
        """Ask the API with a key that may send commands and, if wanted, change stations."""
        if manages not in self._api_keys:
            self._api_keys[manages] = str(self.do("api_key", manages=manages))
        return self.web.ask_api(method, path, body, key=self._api_keys[manages])

    def add_station(
        self,
        identity: str,
        *,
        key: str = KEY,
        evses: int = 2,
        max_power_w: int = 22_080,
        enabled: bool = True,
    ) -> str:
        """Its id."""
        station_id: str = self.do(
            "add_station",
            identity=identity,
            key=key,
            evses=evses,
            max_power_w=max_power_w,
            enabled=enabled,
        )
        return station_id

    def _new_web(self, *, migrate: bool) -> Web:
        log = self.directory / f"web-{len(self._webs)}.log"
        web = Web(self._environment, log, migrate=migrate)
        self._webs.append(web)
        return web


def _environment(directory: Path, database_url: str, redis_url: str) -> dict[str, str]:
    outside = {"DATABASE_URL", "REDIS_URL"}
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in outside and not name.startswith("CSMS_")
    }
    addresses = {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
    return {
        **inherited,
        **{name: value for name, value in addresses.items() if value},
        "DJANGO_SETTINGS_MODULE": "csms.settings",
        "CSMS_DATA_DIR": str(directory),
        # What another process of an embedded site asks for is found by the sweep alone.
        "CSMS_OCPP_SWEEP_SECONDS": "1",
    }
