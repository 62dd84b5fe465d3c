"""Make an authority and a server certificate, to try stations over TLS. Not for the field."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from common.clock import utc_now
from csms.dev_tls import write_tls


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--host",
            action="append",
            help="name or address that stations dial; may be given several times",
        )
        parser.add_argument(
            "--client", action="append", default=[], help="identity of a station to make one for"
        )
        parser.add_argument("--directory", type=Path, default=settings.DATA_DIR / "tls")

    def handle(self, *_: Any, **options: Any) -> None:
        hosts = options["host"] or ["localhost", "127.0.0.1"]
        paths = write_tls(
            options["directory"], hosts=hosts, clients=options["client"], now=utc_now()
        )
        self.stdout.write(f"Stations must trust {paths['ca.pem']}. Serve with:")
        self.stdout.write("  CSMS_TLS_PORT=8443")
        self.stdout.write(f"  CSMS_TLS_CERTIFICATE={paths['server.pem']}")
        self.stdout.write(f"  CSMS_TLS_KEY={paths['server.key']}")
        self.stdout.write(f"  CSMS_TLS_CLIENT_CA={paths['ca.pem']}")
