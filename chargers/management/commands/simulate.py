"""`manage.py simulate`: charging stations that do not exist, for evaluation, demo and load."""

from __future__ import annotations

import asyncio
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chargers.simulator import cli


class Command(BaseCommand):
    """Runs simulated stations until Ctrl-C."""

    help = "Connect simulated charging stations (see chargers/simulator/README.md)."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        cli.add_arguments(parser)

    def handle(
        self,
        *args: str,  # noqa: ARG002 - Django's signature
        **options: Any,
    ) -> None:
        try:
            asyncio.run(cli.run(options, self.stdout.write))
        except ValueError as error:
            raise CommandError(str(error)) from None
