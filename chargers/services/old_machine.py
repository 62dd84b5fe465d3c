"""What only a machine that was replaced could know or keep: forgotten with it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from chargers.models import (
    ChargingNeeds,
    ChargingProfile,
    ChargingStation,
    ConfigurationCheck,
    DeviceEvent,
    DisplayMessage,
    DisplayStatus,
    ExternalLimit,
    InstalledCertificate,
    LocalList,
    MeterPublicKey,
    ProfileSource,
    ProfileStatus,
    ReservationStatus,
    StationVariable,
    VariableMonitor,
)
from chargers.services.reservations.states import move, open_reservations

_REASON = "the hardware was replaced"


def forget_old_machine(station: ChargingStation, now: datetime) -> None:
    """In the transaction that replaces it. Limits of ours that stand for good go to the new one."""
    for told in (StationVariable, InstalledCertificate, VariableMonitor, ExternalLimit):
        told.objects.filter(station=station).delete()
    ChargingNeeds.objects.filter(station=station).delete()
    # Nobody knows what the new machine holds: the next update is a full list.
    LocalList.objects.filter(station=station).update(
        entries=None, force_full=True, verified_at=None
    )
    ConfigurationCheck.objects.filter(station=station).update(
        due_at=now, read_due_at=now, checked_at=None, unknown_names=[]
    )
    MeterPublicKey.objects.filter(station=station, replaced_at=None).update(replaced_at=now)
    DeviceEvent.objects.filter(station=station, needs_attention=True).update(needs_attention=False)
    shown = (DisplayStatus.ASKED, DisplayStatus.SHOWN)
    DisplayMessage.objects.filter(station=station, status__in=shown).update(
        status=DisplayStatus.CLEARED
    )
    _clear_profiles(station, now)
    for reservation in open_reservations(station.pk):
        move(reservation, ReservationStatus.CANCELLED, now=now, note=_REASON)


def _clear_profiles(station: ChargingStation, now: datetime) -> None:
    """Those of a session end with it; those of others were in the old machine alone."""
    lost = Q(transaction__isnull=False) | ~Q(source=ProfileSource.OURS)
    rows = ChargingProfile.objects.filter(station=station, status__in=ProfileStatus.live())
    rows.filter(lost).update(status=ProfileStatus.CLEARED, cleared_at=now)
