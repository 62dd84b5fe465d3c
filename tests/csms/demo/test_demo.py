"""The whole demo, small: one run on a new directory, one on what the first has left."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil

from tests.support.servers import free_port

ROOT = Path(__file__).parents[3]
START_SECONDS = 180.0
STOP_SECONDS = 15.0


class Demo:
    """A running `manage.py demo`."""

    def __init__(self, directory: Path) -> None:
        self.directory, self.port = directory, free_port()
        self.log = directory / "demo.out"
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [
                    sys.executable, "manage.py", "demo", "--data-dir", str(directory),
                    "--port", str(self.port), "--stations", "4", "--days", "1",
                ],
                cwd=ROOT,
                env={**os.environ, "CELERY_SKIP_CHECKS": "1"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )  # fmt: skip

    @property
    def text(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def wait_for(self, words: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while words not in self.text:
            assert self.process.poll() is None, self.text
            assert time.monotonic() < deadline, self.text
            time.sleep(0.1)

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def query(self, sql: str) -> list[tuple[object, ...]]:
        file = f"file:{self.directory / 'stationmaster.sqlite3'}?mode=ro"
        with closing(sqlite3.connect(file, uri=True)) as connection:
            return connection.execute(sql).fetchall()


@contextmanager
def demo(directory: Path) -> Iterator[Demo]:
    running = Demo(directory)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.process.kill()  # the children have a death wish
        running.process.wait()


ONLINE = "SELECT count(*) FROM chargers_chargingstation WHERE is_online"


def test_starts_shows_stations_stops_cleanly_and_starts_again(tmp_path: Path) -> None:
    with demo(tmp_path) as running:
        running.wait_for("Ctrl-C stops everything.")
        assert f"http://localhost:{running.port}/" in running.text
        assert "admin@nordlys.example" in running.text
        with urllib.request.urlopen(f"http://localhost:{running.port}/healthz") as answer:
            assert answer.read() == b"ok"
        assert running.query(ONLINE) == [(5,)]
        family = running.family()
        assert len(family) == 2
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(STOP_SECONDS) == 0
        assert [child.pid for child in family if child.is_running()] == []
        for log in ("demo.out", "server.log", "fleet.log"):
            assert "Traceback" not in (tmp_path / log).read_text(encoding="utf-8")
        assert running.query(ONLINE) == [(0,)]

    with demo(tmp_path) as again:
        again.wait_for("Ctrl-C stops everything.")
        assert "Found the network of an earlier run" in again.text
        assert again.query(ONLINE) == [(5,)]
        family = again.family()
        again.process.kill()
        gone, alive = psutil.wait_procs(family, timeout=STOP_SECONDS)
        assert (len(gone), alive) == (2, [])
