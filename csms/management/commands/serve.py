"""Run the web process: pages, API and station sockets; in the embedded mode the worker, too."""

from __future__ import annotations

import signal
from argparse import ArgumentParser
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import uvicorn
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from csms.celery import app as celery_app
from csms.embedded import EmbeddedWorker
from csms.server import Server, raise_file_limit, server_config
from csms.tls import tls_listeners

if TYPE_CHECKING:
    from collections.abc import Iterator


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--log-level", default="warning", help="of the web server itself")
        parser.add_argument(
            "--migrate", action="store_true", help="apply outstanding migrations first"
        )
        parser.add_argument(
            "--no-worker", action="store_true", help="no embedded worker even without REDIS_URL"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        _ensure_migrated(apply=options["migrate"])
        # WhiteNoise warns about a directory that is not there.
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        raise_file_limit()
        try:
            listeners = tls_listeners()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        config = server_config(
            host=options["host"], port=options["port"], log_level=options["log_level"]
        )
        server = Server(config, listeners=listeners)
        embedded = settings.EMBEDDED and not options["no_worker"]
        with _quiet_signals(server), _worker() if embedded else nullcontext():
            self.stdout.write(f"Serving on http://{options['host']}:{options['port']}/")
            for listener in listeners:
                self.stdout.write(f"and with TLS on https://{options['host']}:{listener.port}/")
            self.stdout.flush()
            server.run()
        if not server.started:
            raise CommandError("The server did not start.")


def _ensure_migrated(*, apply: bool) -> None:
    outstanding = _outstanding_migrations()
    if outstanding and apply:
        call_command("migrate", interactive=False, verbosity=0)
        return
    connections.close_all()
    if outstanding:
        names = ", ".join(outstanding[:5]) + (" …" if len(outstanding) > 5 else "")
        raise CommandError(
            f"The database is not up to date; not applied: {names}. "
            "Run `manage.py migrate`, or start with --migrate."
        )


def _outstanding_migrations() -> list[str]:
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


@contextmanager
def _quiet_signals(server: uvicorn.Server) -> Iterator[None]:
    """End quietly on SIGINT and SIGTERM.

    While it serves, uvicorn has handlers of its own. It raises the signal again once it has shut
    down, and one may come while we start: both find these.
    """

    def stop(_number: int, _frame: object) -> None:
        server.should_exit = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _worker() -> AbstractContextManager[None]:
    return _running(EmbeddedWorker(celery_app))


@contextmanager
def _running(worker: EmbeddedWorker) -> Iterator[None]:
    worker.start()
    try:
        yield
    finally:
        worker.stop()
