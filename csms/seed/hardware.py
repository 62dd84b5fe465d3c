"""What the last weeks left about the hardware itself: lists, reservations, updates, odd messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from accounts.models import IdToken, Operator
from accounts.services.audit import Actor
from chargers.domain.progress import JobState
from chargers.models import (
    FailedHandshake,
    FirmwareUpdate,
    ForgivenFault,
    LocalList,
    LocalListState,
    Reservation,
    ReservationStatus,
    SecurityEvent,
    Transaction,
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
        late = chance.rng.random() < 0.6  # noqa: PLR2004 -- more are late than not
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
