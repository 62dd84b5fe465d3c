"""Fill an empty installation with a made-up charging network and a month of its history."""

from __future__ import annotations

import secrets
from argparse import ArgumentParser
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from common.clock import utc_now
from csms.seed.handover import FLEET_FILE, seed_installation
from csms.seed.plan import Chance, standard_plan
from csms.seed.progress import Shown
from csms.seed.seeding import Seeded, is_seeded


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--stations", type=int, default=100)
        parser.add_argument("--days", type=int, default=30, help="of history")
        parser.add_argument("--seed", type=int, default=1, help="the same gives the same network")
        parser.add_argument(
            "--fleet-file", type=Path, help="keys for the simulator; default: in the data directory"
        )
        parser.add_argument(
            "--reset", action="store_true", help="empty the WHOLE database first; needs --yes"
        )
        parser.add_argument("--yes", action="store_true", help="yes, lose everything")

    def handle(self, *_: Any, **options: Any) -> None:
        if options["stations"] < 1 or options["days"] < 1:
            raise CommandError("--stations and --days must be at least 1.")
        if options["reset"]:
            _empty(sure=options["yes"])
        plan = standard_plan(stations=options["stations"], days=options["days"])
        if is_seeded(plan):
            self.stdout.write("Already seeded; nothing was changed (--reset --yes starts anew).")
            return
        fleet_file = options["fleet_file"] or settings.DATA_DIR / FLEET_FILE
        seeded = seed_installation(
            plan=plan,
            chance=Chance(rng=Random(options["seed"]), secret_bits=secrets.randbits, now=utc_now()),
            directory=settings.DATA_DIR,
            fleet_file=fleet_file,
            progress=Shown(),
        )
        self._tell(seeded, fleet_file)

    def _tell(self, seeded: Seeded, fleet_file: Path) -> None:
        self.stdout.write(f"\n{seeded.sessions} sessions, {seeded.readings} meter values.")
        for log_in in seeded.log_ins:
            self.stdout.write(f"  {log_in.email:<32} {log_in.role} ({log_in.operator})")
        self.stdout.write(f"  Password of all: {seeded.password}")
        self.stdout.write(f"  Station keys for `manage.py simulate --fleet`: {fleet_file}")


def _empty(*, sure: bool) -> None:
    if not sure:
        raise CommandError("--reset deletes every operator of this database: add --yes to do it.")
    call_command("flush", interactive=False, verbosity=0)
