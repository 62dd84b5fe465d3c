"""A seeded charging network with live simulated stations, in one command; Ctrl-C stops it all."""

from __future__ import annotations

import os
import signal
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from csms.demo.environment import PREPARED, demo_environment, free_port, is_free
from csms.demo.show import Show, UnableToShow

_DEFAULT_PORT = 8000
# What a demo leaves in its directory; --fresh removes these and nothing else.
_LEFTOVERS = (
    "stationmaster.sqlite3", "stationmaster.sqlite3-wal", "stationmaster.sqlite3-shm",
    "fleet.json", "log-ins.json", "server.log", "fleet.log",
)  # fmt: skip


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, help="default: CSMS_DEMO_PORT or 8000, or the next")
        parser.add_argument("--data-dir", type=Path, default=settings.BASE_DIR / "var" / "demo")
        parser.add_argument("--stations", type=int, default=100)
        parser.add_argument("--days", type=int, default=30, help="of history")
        parser.add_argument("--no-fleet", action="store_true", help="no simulated stations")
        parser.add_argument("--fresh", action="store_true", help="forget an earlier run")

    def handle(self, *_: Any, **options: Any) -> None:
        prepared = os.environ.get(PREPARED)
        if prepared is None:
            _start_again_in_own_environment(options)
        show = Show(data_dir=settings.DATA_DIR, port=int(prepared), out=sys.stdout)
        # A shell starts background jobs with SIGINT ignored.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.default_int_handler)
        try:
            _run(show, options)
        except KeyboardInterrupt:
            self.stdout.write("\nStopping the stations and the server …")
        except UnableToShow as error:
            raise CommandError(str(error)) from error
        finally:
            show.stop()
        self.stdout.write("Stopped. The data is kept; the next start is quick.")


def _run(show: Show, options: dict[str, Any]) -> None:
    show.prepare(stations=options["stations"], days=options["days"])
    show.start_server()
    if not options["no_fleet"]:
        show.start_fleet()
    show.announce()
    show.watch()


def _start_again_in_own_environment(options: dict[str, Any]) -> NoReturn:
    """Replace this process by itself: settings are read once, and this one has read others."""
    data_dir: Path = options["data_dir"].resolve()
    port = _port(options["port"])
    if options["fresh"]:
        for name in _LEFTOVERS:
            (data_dir / name).unlink(missing_ok=True)
    data_dir.mkdir(parents=True, exist_ok=True)
    environment = demo_environment(os.environ, data_dir=data_dir, port=port)
    os.execve(sys.executable, [sys.executable, *sys.argv], environment)  # noqa: S606 -- ourselves


def _port(wanted: int | None) -> int:
    if wanted is not None:
        if not is_free(wanted):
            raise CommandError(f"Port {wanted} is taken.")
        return wanted
    text = os.environ.get("CSMS_DEMO_PORT", "") or str(_DEFAULT_PORT)
    if not text.isdigit():
        raise CommandError(f"CSMS_DEMO_PORT must be a port number, not {text!r}.")
    try:
        return free_port(int(text))
    except OSError as error:
        raise CommandError(str(error)) from error
