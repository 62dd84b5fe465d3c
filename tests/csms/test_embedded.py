from __future__ import annotations

import signal
import threading
from collections.abc import Iterator

import pytest
from celery import Celery

from csms.embedded import EmbeddedWorker


@pytest.fixture
def app() -> Iterator[Celery]:
    app = Celery("embedded-test", set_as_current=False, fixups=[])
    app.conf.update(
        broker_url="memory://localhost/",
        broker_transport_options={"polling_interval": 0.01},
        task_ignore_result=True,
    )
    yield app
    app.close()


def test_runs_what_this_process_sends_and_ends_its_threads(app: Celery) -> None:
    done = threading.Event()
    threads: list[str] = []

    @app.task(name="test.mark")
    def mark() -> None:
        threads.append(threading.current_thread().name)
        done.set()

    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    worker = EmbeddedWorker(app)
    worker.start()
    try:
        app.send_task("test.mark")
        assert done.wait(5)
    finally:
        worker.stop()
    assert threads == ["embedded-worker"]
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
    assert {"embedded-worker", "Beat"} & {t.name for t in threading.enumerate()} == set()


def test_beat_sends_what_is_scheduled(app: Celery) -> None:
    ticks = threading.Event()

    @app.task(name="test.tick")
    def tick() -> None:
        ticks.set()

    app.conf.beat_schedule = {"tick": {"task": "test.tick", "schedule": 0.2}}
    worker = EmbeddedWorker(app)
    worker.start()
    try:
        assert ticks.wait(5)
    finally:
        worker.stop()


def test_stopping_twice_or_before_the_start_does_nothing(app: Celery) -> None:
    worker = EmbeddedWorker(app)
    worker.stop()
    worker.start()
    worker.stop()
    worker.stop()
