"""What only the seeding knows, kept for its owner: station keys and the log-ins."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from django.db import transaction

from csms.seed.people import LogIn
from csms.seed.plan import Chance, SeedPlan
from csms.seed.progress import Progress
from csms.seed.seeding import Seeded, seed

FLEET_FILE = "fleet.json"
LOG_INS_FILE = "log-ins.json"


@dataclass(frozen=True, slots=True)
class LogIns:
    """The seeded people and their common password."""

    password: str
    people: tuple[LogIn, ...]


@transaction.atomic
def seed_installation(
    *,
    plan: SeedPlan,
    chance: Chance,
    directory: Path,
    progress: Progress,
    fleet_file: Path | None = None,
) -> Seeded:
    """Seed, and write the keys before the commit: there is never a network without them.

    Raises:
        AlreadySeeded: nothing is changed.
    """
    seeded = seed(plan=plan, chance=chance, progress=progress)
    write_private(fleet_file or directory / FLEET_FILE, [asdict(entry) for entry in seeded.fleet])
    write_private(
        directory / LOG_INS_FILE,
        {"password": seeded.password, "people": [asdict(log_in) for log_in in seeded.log_ins]},
    )
    return seeded


def read_log_ins(directory: Path) -> LogIns:
    """The log-ins of an installation that was seeded.

    Raises:
        OSError: it was not, or they were taken away.
    """
    stored = json.loads((directory / LOG_INS_FILE).read_text(encoding="utf-8"))
    return LogIns(stored["password"], tuple(LogIn(**person) for person in stored["people"]))


def write_private(path: Path, value: object) -> None:
    """JSON that only its owner can read, complete or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(value, file, indent=1, ensure_ascii=False)
    draft.replace(path)
