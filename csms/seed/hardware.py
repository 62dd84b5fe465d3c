"""What the last weeks left about the hardware itself: lists, reservations, updates, odd messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from accounts.models import IdToken, Operator
from accounts.services.audit import Actor
from chargers.domain.progress import JobState
from chargers.domain.security import HandshakeFault
from chargers.models import (
    FailedHandshake,
    FirmwareUpdate,
    ForgivenFault,
    LocalList,
    LocalListState,
    Reservation,
    ReservationStatus,
    SecurityEvent,
)
from chargers.services.quirks import save_quirk_rule
from csms.seed.network import Installed
from csms.seed.plan import Chance
from csms.seed.sessions import Session

_LISTED = 4  # every so many stations has its local list kept
_UPDATED = 12
_KEPT = 24
_KEPT_FOR = timedelta(minutes=15)
_STEPS = ("Downloading", "Downloaded", "Installing", "Installed")
_STEP = timedelta(minutes=3)
_ODD = (
    ("unknown_field", "StatusNotification", "vendorErrorInfo", 214),
    ("length", "BootNotification", "firmwareVersion is longer than 50 characters", 6),
    ("unreadable_time", "MeterValues", "timestamp '2019-01-01T00:00:00'", 31),
    ("unknown_word", "MeterValues", "measurand 'Energy.Total'", 860),
)
_REPORTED = (
    ("SettingSystemTime", False, "clock set back by 3 s"),
    ("TamperDetectionActivated", True, "cover opened"),
    ("StartupOfTheDevice", False, "power restored"),
)


def create_hardware_history(
    operator: Operator,
    installed: Sequence[Installed],
    sessions: Sequence[Session],
    tokens: Sequence[IdToken],
    chance: Chance,
) -> None:
    """What pages about lists, reservations, security, makes and updates shall show from the start.

    Lists are kept from now on: the stations are sent them as soon as they are there.
    """
    LocalList.objects.bulk_create(
        LocalList(
            operator=operator,
            station=item.station,
            is_managed=True,
            state=LocalListState.WAITING,
            due_at=chance.now,
        )
        for item in installed[::_LISTED]
    )
    Reservation.objects.bulk_create(_reservations(operator, installed, tokens, chance))
    _use_some(sessions, chance)
    FirmwareUpdate.objects.bulk_create(
        _update(item, chance) for item in _some(installed, _UPDATED, chance)
    )
    _odd_messages(operator, installed, chance)
    _security(operator, installed, chance)


def _some(installed: Sequence[Installed], count: int, chance: Chance) -> list[Installed]:
    return chance.rng.sample(list(installed), min(count, len(installed)))


def _reservations(
    operator: Operator, installed: Sequence[Installed], tokens: Sequence[IdToken], chance: Chance
) -> list[Reservation]:
    """Of the last two weeks, all over: people who came too late, or changed their mind."""
    moments = sorted(chance.now - timedelta(days=14 * chance.rng.random()) for _ in range(_KEPT))
    rows = []
    for number, at in enumerate(moments, start=1):
        item, token = chance.rng.choice(installed), chance.rng.choice(tokens)
        late = chance.rng.random() < 0.6
        ends = min(at + (_KEPT_FOR if late else _KEPT_FOR / 3), chance.now)
        rows.append(
            Reservation(
                id=chance.key_at(at),
                operator=operator,
                station=item.station,
                evse=item.plugs[0].evse,
                number=number,
                id_token=token,
                id_token_uid=token.uid,
                id_token_type=token.type,
                driver=token.driver,
                expires_at=at + _KEPT_FOR,
                status=ReservationStatus.EXPIRED if late else ReservationStatus.CANCELLED,
                ended_at=ends,
                created_at=at,
            )
        )
    return rows


def _use_some(sessions: Sequence[Session], chance: Chance) -> None:
    """Every so many of the latest sessions began with a reservation that its driver had made."""
    used = [item.row for item in sessions if item.row.id_token_id][-200::25]
    Reservation.objects.bulk_create(
        Reservation(
            id=chance.key_at(row.started_at - _KEPT_FOR / 2),
            operator=row.operator,
            station=row.station,
            evse=row.evse,
            number=_KEPT + number,
            id_token=row.id_token,
            id_token_uid=row.id_token_uid,
            id_token_type=row.id_token_type,
            driver=row.driver,
            expires_at=row.started_at + _KEPT_FOR / 2,
            status=ReservationStatus.USED,
            transaction=row,
            ended_at=row.started_at,
            created_at=row.started_at - _KEPT_FOR / 2,
        )
        for number, row in enumerate(used, start=1)
    )


def _update(item: Installed, chance: Chance) -> FirmwareUpdate:
    """To the version that the station runs now; one in six went wrong on the way."""
    at = chance.now - timedelta(days=28 * chance.rng.random(), hours=1)
    failed = chance.rng.random() < 1 / 6
    words = ("Downloading", "DownloadFailed") if failed else _STEPS
    history = [
        {"status": word, "at": (at + n * _STEP).isoformat()} for n, word in enumerate(words, 1)
    ]
    image = f"{item.hardware.key}-{item.station.firmware_version}.bin"
    return FirmwareUpdate(
        id=chance.key_at(at),
        operator=item.station.operator,
        station=item.station,
        request_id=1,
        state=JobState.FAILED if failed else JobState.SUCCEEDED,
        status=words[-1],
        history=history,
        requested_at=at,
        retrieve_at=at,
        finished_at=at + len(words) * _STEP,
        url=f"https://firmware.{item.hardware.key.split('-')[0]}.example/{image}",
        version_after="" if failed else item.station.firmware_version,
    )


def _odd_messages(operator: Operator, installed: Sequence[Installed], chance: Chance) -> None:
    """What was forgiven so far, and a rule that the operator has made of it."""
    ForgivenFault.objects.bulk_create(
        ForgivenFault(
            operator=operator,
            station=item.station,
            kind=kind,
            action=action,
            occurrences=count,
            first_at=chance.now - timedelta(days=25),
            last_at=chance.now - timedelta(hours=24 * chance.rng.random()),
            detail=detail,
        )
        for item in _some(installed, 20, chance)
        for kind, action, detail, count in [chance.rng.choice(_ODD)]
    )
    make = installed[0].station
    save_quirk_rule(
        operator=operator,
        rule=None,
        vendor=make.vendor,
        model=make.model,
        sets={"max_heartbeat_seconds": 900},
        note="Sleeps when it hears nothing for longer; confirmed by the maker's support.",
        actor=Actor.system("seed"),
        now=chance.now - timedelta(days=20),
    )


def _security(operator: Operator, installed: Sequence[Installed], chance: Chance) -> None:
    """Reports of stations about themselves, and somebody who knocked with a wrong key."""
    chosen = _some(installed, 2 * len(_REPORTED), chance)
    moments = [chance.now - timedelta(days=6 * chance.rng.random()) for _ in chosen]
    SecurityEvent.objects.bulk_create(
        SecurityEvent(
            operator=operator,
            station=item.station,
            type=kind,
            is_critical=is_critical,
            needs_attention=is_critical,
            tech_info=info,
            device_at=at,
            received_at=at,
            last_at=at,
        )
        for (kind, is_critical, info), item, at in zip(
            _REPORTED * 2, chosen, sorted(moments), strict=False
        )
    )
    FailedHandshake.objects.create(
        operator=operator,
        station=chosen[0].station,
        fault=HandshakeFault.WRONG_KEY,
        count=14,
        first_at=chance.now - timedelta(days=3),
        last_at=chance.now - timedelta(days=3) + timedelta(minutes=6),
        last_address="203.0.113.77",
    )
