"""`manage.py reprice`: proves that records are priced today as they were, or says which are not."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Operator
from billing.services.repricing import Repriced, check_readings, check_stored
from common.clock import utc_now
from common.tenancy import operator_scope, system_scope


class Command(BaseCommand):
    """Writes nothing; the exit status is 1 when a record would be another one today."""

    help = "Price charge records again and compare them with what was stored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=_day, help="first day of ends, UTC; default: yesterday")
        parser.add_argument("--until", type=_day, help="last day, UTC; default: the first one")
        parser.add_argument("--operator", help="slug; default: all of them")
        parser.add_argument(
            "--from-readings",
            action="store_true",
            help="price what the sessions' readings say now, not what the records hold",
        )

    def handle(
        self,
        *args: str,  # noqa: ARG002 - Django's signature
        **options: Any,
    ) -> None:
        now = utc_now()
        first = options["since"] or _midnight(now - timedelta(days=1))
        until = (options["until"] or first) + timedelta(days=1)
        with _scope(options["operator"]):
            found = (
                check_readings(since=first, until=until, now=now)
                if options["from_readings"]
                else check_stored(since=first, until=until)
            )
        self._tell(found)

    def _tell(self, found: Repriced) -> None:
        self.stdout.write(
            f"{found.checked} records: {found.equal} equal, {found.different} different,"
            f" {found.failed} failed"
        )
        for key in found.named:
            self.stdout.write(f"  {key}")
        if found.different or found.failed:
            raise CommandError("Not every record is what it was.")


def _scope(slug: str | None) -> Any:
    if slug is None:
        return system_scope("reprice: the records of every operator")
    operator = Operator.objects.filter(slug=slug).first()
    if operator is None:
        raise CommandError(f"There is no operator {slug}.")
    return operator_scope(operator.pk)


def _day(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no day such as 2026-03-14") from None


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)
