"""Limits that hold at some stations: for the pages about charging profiles, and for the stations.

They are sent to the stations as soon as these have booted, like any limit that may be lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.models import Membership, Operator, Role
from chargers.domain.charging_profiles import ChargingProfile as Profile
from chargers.domain.charging_profiles import (
    Period,
    ProfileKind,
    ProfilePurpose,
    RateUnit,
    Recurrence,
    Schedule,
)
from chargers.models import ChargingProfile, ProfileStatus
from csms.seed.network import Installed
from csms.seed.plan import Chance

_LIMITED = 6  # every so many stations has less in the evening
_SINCE = timedelta(days=20)
_EVENING = (17 * 3600, 21 * 3600)
_SHARE = 0.6


def create_limits(operator: Operator, installed: Sequence[Installed], chance: Chance) -> None:
    """Every evening some stations get along with less, since the grid there is weak then."""
    staff = Membership.objects.filter(operator=operator, role=Role.ADMIN).order_by("id").first()
    since = chance.now - _SINCE
    ChargingProfile.objects.bulk_create(
        ChargingProfile(
            operator=operator,
            station=item.station,
            profile_id=1,
            purpose=ProfilePurpose.STATION_MAX,
            content=_evening(item, since).to_json(),
            status=ProfileStatus.INSTALLED,
            set_by=staff.user if staff else None,
            requested_at=since,
            installed_at=since,
        )
        for item in installed[1::_LIMITED]
    )


def _evening(item: Installed, since: datetime) -> Profile:
    """All that the hardware can do, but for the evening; times of day are those of the site."""
    together = sum(evse.max_power_w for evse in item.hardware.evses)
    most = float(min(together, item.hardware.shared_power_w))
    zone = ZoneInfo(item.station.location.time_zone)
    begin, end = _EVENING
    steps = ((0, most), (begin, round(most * _SHARE, -2)), (end, most))
    schedule = Schedule(
        unit=RateUnit.WATTS,
        start_at=datetime.combine(since.astimezone(zone), time(0), tzinfo=zone),
        periods=tuple(Period(start_seconds=start, limit=limit) for start, limit in steps),
    )
    return Profile(
        id=1,
        purpose=ProfilePurpose.STATION_MAX,
        kind=ProfileKind.RECURRING,
        recurrence=Recurrence.DAILY,
        schedules=(schedule,),
    )
