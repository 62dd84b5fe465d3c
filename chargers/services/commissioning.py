"""A station's way into service: begun, tried out, finished. What it did is read, not written here."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db.transaction import atomic

from accounts.models import IdToken, IdTokenType
from accounts.services import audit
from accounts.services.audit import Actor
from accounts.services.tokens import TokenDetails, add_id_token, update_id_token
from chargers.domain.commissioning import open_items
from chargers.domain.commissioning.facts import Check, CheckKey
from chargers.domain.vocabulary import RegistrationStatus, RequestedMessage
from chargers.events import StationCommissioned
from chargers.exceptions import UnableToFinish
from chargers.models import ChargingStation, Commissioning, Evse, StationCommand
from chargers.selectors.commissioning import progress_of
from chargers.selectors.stations import station_by_id
from chargers.services.commands import start_charging, trigger
from common.ids import RandomBits, random_code
from events.outbox import publish

# Long enough for a day on site, too short to be of use to anybody who has seen it.
TOKEN_FOR = timedelta(hours=8)
_TOKEN_LEFT = timedelta(hours=1)
ITEM_WORDS = {
    CheckKey.CONNECTED: "connection",
    CheckKey.BOOTED: "make and firmware",
    CheckKey.CONNECTORS: "connectors",
    CheckKey.CLOCK: "clock",
    CheckKey.METER: "meter reading",
    CheckKey.CHARGE: "test charge",
}


@atomic
def begin_commissioning(
    *,
    station: ChargingStation,
    now: datetime,
    vendor: str = "",
    model: str = "",
    evses: int = 0,
    actor: Actor | None = None,
) -> Commissioning:
    """Begin a run, or go on with the open one under what is planned now.

    Args:
        actor: who asked for it by itself; None where it comes with adding or replacing.
        vendor: as chosen; what the station tells is compared with it.
        evses: how many were planned, 0 when nobody said.
    """
    row, is_new = Commissioning.objects.select_for_update().get_or_create(
        station=station,
        finished_at=None,
        defaults={
            "operator_id": station.operator_id,
            "started_at": now,
            "vendor": vendor[:50],
            "model": model[:50],
            "evses": evses,
        },
    )
    if not is_new:
        row.vendor, row.model, row.evses = vendor[:50], model[:50], evses
        row.save(update_fields=["vendor", "model", "evses"])
    if actor is not None:
        audit.record(
            operator=station.operator,
            actor=actor,
            action="station.commissioning_started",
            obj=station,
            now=now,
        )
    return row


def ask_for_boot(*, station: ChargingStation, actor: Actor, now: datetime) -> StationCommand:
    """Have the station say what it is.

    Raises:
        UnableToCommand: it is out of reach.
    """
    asked = RequestedMessage.BOOT_NOTIFICATION
    return trigger(station=station, requested_message=asked, actor=actor, now=now)


def ask_for_status(*, station: ChargingStation, actor: Actor, now: datetime) -> StationCommand:
    """Have the station tell the state of its connectors; raises as `ask_for_boot`."""
    asked = RequestedMessage.STATUS_NOTIFICATION
    return trigger(station=station, requested_message=asked, actor=actor, now=now)


def read_meter(
    *, station: ChargingStation, actor: Actor, now: datetime, evse: Evse | None = None
) -> StationCommand:
    """Have the station read its meter; raises as `ask_for_boot`."""
    asked = RequestedMessage.METER_VALUES
    return trigger(station=station, requested_message=asked, evse=evse, actor=actor, now=now)


@atomic
def start_test_charge(
    *,
    station: ChargingStation,
    evse: Evse | None,
    actor: Actor,
    now: datetime,
    id_token: IdToken | None = None,
    randbits: RandomBits = secrets.randbits,
) -> StationCommand:
    """Start a session that shows whether the station charges.

    Args:
        id_token: one of the operator's; else a token made for this run, good for some hours and
            of no driver.

    Raises:
        UnableToCommand: as `start_charging`; no token was made then.
    """
    token = id_token or _test_token(station, actor, now, randbits)
    return start_charging(station=station, evse=evse, id_token=token, actor=actor, now=now)


def _test_token(
    station: ChargingStation, actor: Actor, now: datetime, randbits: RandomBits
) -> IdToken:
    run = Commissioning.objects.filter(station=station, finished_at=None).first()
    run = run or begin_commissioning(station=station, now=now)
    token = run.test_token
    if token is not None and not token.is_blocked and not token.is_expired(now + _TOKEN_LEFT):
        return token
    # 20 characters are all that the shortest field for it holds.
    details = TokenDetails(
        uid=f"TEST{random_code(16, randbits=randbits)}",
        type=IdTokenType.CENTRAL,
        label=f"Test charge {station.code}"[:80],
        expires_at=now + TOKEN_FOR,
    )
    run.test_token = add_id_token(
        operator=station.operator, driver=None, details=details, actor=actor, now=now
    )
    run.save(update_fields=["test_token"])
    return run.test_token


@atomic
def finish_commissioning(
    *,
    station: ChargingStation,
    actor: Actor,
    now: datetime,
    accept_open: bool = False,
    note: str = "",
) -> Commissioning:
    """Say that the station is ready: keeps the list as it is now, accepts a station that waited.

    The same twice is once: what is finished stays so until it is begun again.

    Args:
        accept_open: finish although items have not come; they are named in the record.

    Raises:
        UnableToFinish: there are such items and nobody accepted it. Nothing was changed.
    """
    run = _run_to_finish(station, now)
    if run.finished_at is not None:
        return run
    row = station_by_id(station.pk) or station
    progress = progress_of(row, now=now)
    missing = open_items(progress.checks)
    if missing and not accept_open:
        words = ", ".join(ITEM_WORDS[check.key] for check in missing)
        message = f"Not seen yet: {words}. Say that you go on without, or wait for it."
        raise UnableToFinish(message, errors={"accept_open": message})
    _store(run, progress.checks, note, actor, now)
    _accept(station)
    if run.test_token is not None and not run.test_token.is_expired(now):
        changes: dict[str, datetime] = {"expires_at": now}
        update_id_token(token=run.test_token, changes=changes, actor=actor, now=now)  # type: ignore[arg-type]
    _tell(station, run, missing, actor, now)
    return run


def _run_to_finish(station: ChargingStation, now: datetime) -> Commissioning:
    """The open run; else the one that was finished last, or a new one where nobody ever began."""
    rows = Commissioning.objects.filter(station=station)
    locked = rows.select_for_update(of=("self",)).select_related("test_token")
    run = locked.filter(finished_at=None).first() or rows.order_by("-id").first()
    return run or begin_commissioning(station=station, now=now)


def _store(
    run: Commissioning, checks: tuple[Check, ...], note: str, actor: Actor, now: datetime
) -> None:
    run.results = [
        {"key": check.key.value, "state": check.state.value, "text": check.text} for check in checks
    ]
    run.note = note.replace("\x00", "").strip()[:500]
    run.finished_at, run.finished_by, run.finished_by_key = now, actor.user, actor.api_key
    run.save(update_fields=["results", "note", "finished_at", "finished_by", "finished_by_key"])


def _accept(station: ChargingStation) -> None:
    """A station that was told to wait learns it with its next boot, which it repeats by itself."""
    if station.registration_status != RegistrationStatus.ACCEPTED:
        station.registration_status = RegistrationStatus.ACCEPTED
        station.save(update_fields=["registration_status"])


def _tell(
    station: ChargingStation,
    run: Commissioning,
    missing: list[Check],
    actor: Actor,
    now: datetime,
) -> None:
    words = [ITEM_WORDS[check.key] for check in missing]
    publish(
        StationCommissioned(
            operator_id=station.operator_id,
            subject_id=station.pk,
            by=actor.label,
            open_items=", ".join(words),
        ),
        now=now,
    )
    audit.record(
        operator=station.operator,
        actor=actor,
        action="station.commissioned",
        obj=station,
        changes={"without": words, "note": run.note} if words or run.note else {},
        now=now,
    )
