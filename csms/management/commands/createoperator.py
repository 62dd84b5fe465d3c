"""Set up a new operator with its first administrator."""

from __future__ import annotations

from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.services.audit import Actor
from common.clock import utc_now
from common.errors import UnableTo
from csms.setup import NewOperator, set_up_operator


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", help="of the operator, such as Example Charging")
        parser.add_argument("--country", help="ISO 3166-1 alpha-2, such as DK")
        parser.add_argument("--time-zone", help="IANA name, such as Europe/Copenhagen")
        parser.add_argument("--currency", default="EUR", help="ISO 4217")
        parser.add_argument("--host", default="", help="host name that shows its brand")
        parser.add_argument("--email", help="of the administrator")
        parser.add_argument("--full-name", help="of the administrator")
        parser.add_argument("--password", help="asked for when not given")
        parser.add_argument(
            "--installation-staff",
            action="store_true",
            help="the administrator may enter the installation's own admin, too",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        wanted = NewOperator(
            name=options["name"] or input("Operator's name: "),
            country=options["country"] or input("Country (DK, DE …): "),
            time_zone=options["time_zone"] or input("Time zone (Europe/Copenhagen …): "),
            currency=options["currency"],
            host=options["host"],
            admin_email=options["email"] or input("Administrator's e-mail: "),
            admin_name=options["full_name"] or input("Administrator's name: "),
            admin_password=options["password"] or getpass("Administrator's password: "),
            is_installation_staff=options["installation_staff"],
        )
        try:
            operator = set_up_operator(wanted, actor=Actor(label="createoperator"), now=utc_now())
        except UnableTo as error:
            details = "; ".join(f"{name}: {text}" for name, text in error.errors.items())
            raise CommandError(details or str(error)) from error
        self.stdout.write(f"{operator.name} is ready; log in as {wanted.admin_email}.")
