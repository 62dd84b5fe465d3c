"""Rows of charging profiles: their ids, and how one is noted when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from chargers.domain.charging_profiles import Capabilities, RateUnit
from chargers.domain.charging_profiles import ChargingProfile as Profile
from chargers.models import (
    ChargingProfile,
    ChargingStation,
    ProfileSource,
    ProfileStatus,
    StationCommand,
    StationVariable,
    Transaction,
)

KEPT_FOR = timedelta(days=30)
_STACK = ("ChargeProfileMaxStackLevel", "SmartChargingCtrlr.ProfileStackLevel")
_PERIODS = ("ChargingScheduleMaxPeriods", "SmartChargingCtrlr.PeriodsPerSchedule")
_UNITS = ("ChargingScheduleAllowedChargingRateUnit", "SmartChargingCtrlr.RateUnit")
_RESERVED = ("SmartChargingCtrlr.MaxExternalConstraintsId", "MaxExternalConstraintsId")
# 1.6 says Current and Power, some firmware A and W
_UNIT_WORDS = {
    "a": RateUnit.AMPS,
    "current": RateUnit.AMPS,
    "w": RateUnit.WATTS,
    "power": RateUnit.WATTS,
}


def capabilities(station_id: UUID) -> Capabilities:
    """What a station said of its smart charging, in configuration keys or variables; one query."""
    names = (*_STACK, *_PERIODS, *_UNITS, *_RESERVED)
    rows = StationVariable.objects.filter(station_id=station_id, name__in=names, evse=0)
    told = dict(rows.values_list("name", "value"))
    return Capabilities(
        units=_units(told) or frozenset(RateUnit),
        max_stack_level=_number(told, _STACK),
        max_periods=_number(told, _PERIODS) or None,
        reserved_ids=_number(told, _RESERVED) or 0,
    )


def _units(told: Mapping[str, str]) -> frozenset[RateUnit]:
    words = ",".join(told.get(name, "") for name in _UNITS).casefold().split(",")
    return frozenset(_UNIT_WORDS[word.strip()] for word in words if word.strip() in _UNIT_WORDS)


def _number(told: Mapping[str, str], names: tuple[str, ...]) -> int | None:
    texts = (told.get(name, "").strip() for name in names)
    return next((int(text) for text in texts if text.isascii() and text.isdigit()), None)


def live_profiles(station_id: UUID) -> list[ChargingProfile]:
    """What may hold at a station now, oldest first."""
    rows = ChargingProfile.objects.filter(station_id=station_id, status__in=ProfileStatus.live())
    return list(rows.select_related("transaction").order_by("id"))


def with_id(
    profile: Profile,
    *,
    station: ChargingStation,
    evse: int,
    transaction: Transaction | None,
    able: Capabilities,
) -> Profile:
    """The profile under the id of the one that it replaces, else under the smallest free one.

    Small, positive, above what external systems use (2.1 K01.FR.80). Locks the station's row, so
    that two requests at once do not get the same id.
    """
    ChargingStation.objects.select_for_update().get(pk=station.pk)
    own = [row for row in live_profiles(station.pk) if row.source == ProfileSource.OURS]
    slot = (evse, str(profile.purpose), profile.stack_level, transaction and transaction.pk)
    for row in reversed(own):
        if (row.evse_number, row.purpose, row.stack_level, row.transaction_id) == slot:
            return replace(profile, id=row.profile_id)
    return with_new_id(profile, station=station, able=able)


def with_new_id(profile: Profile, *, station: ChargingStation, able: Capabilities) -> Profile:
    """The profile under the smallest id that no other may have at the station."""
    ChargingStation.objects.select_for_update().get(pk=station.pk)
    used = {row.profile_id for row in live_profiles(station.pk)}
    number = able.reserved_ids + 1
    while number in used:
        number += 1
    return replace(profile, id=number)


def note_request(
    *,
    station: ChargingStation,
    evse: int,
    profile: Profile,
    command: StationCommand,
    transaction: Transaction | None,
    now: datetime,
) -> ChargingProfile:
    """The row of a profile that is on its way; what is gone for long is forgotten."""
    dead = ChargingProfile.objects.filter(
        station=station, status__in=(ProfileStatus.REJECTED, ProfileStatus.CLEARED)
    )
    before = now - KEPT_FOR
    dead.filter(
        Q(profile_id=profile.id) | Q(requested_at__lt=before) | Q(reported_at__lt=before)
    ).delete()
    return ChargingProfile.objects.create(
        operator_id=station.operator_id,
        station=station,
        evse_number=evse,
        transaction=transaction,
        command=command,
        set_by_id=command.requested_by_id,
        set_by_key_id=command.requested_by_key_id,
        profile_id=profile.id,
        purpose=profile.purpose,
        stack_level=profile.stack_level,
        content=profile.to_json(),
        sent_epoch=station.connection_epoch,
        requested_at=now,
    )
