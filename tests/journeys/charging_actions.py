"""What the second process does about charging profiles; imported by `site_actions`."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.models import Operator
from accounts.services.audit import Actor
from chargers.models import ChargingNeeds, ChargingProfile, ChargingStation, ExternalLimit
from chargers.selectors.charging import latest_composites
from chargers.services.charging.following import keep_in_step
from chargers.services.quirks import save_quirk_rule
from common.clock import utc_now

Row = dict[str, Any]


def talk_at_once(vendor: str) -> None:
    """Spare a make's stations the quiet time after a connection without a boot."""
    save_quirk_rule(
        operator=Operator.objects.get(slug="volta"),
        rule=None,
        vendor=vendor,
        sets={"quiet_seconds": 0},
        actor=Actor.system("journeys"),
        now=utc_now(),
    )


def keep_profiles_in_step() -> int:
    """What the worker does every few seconds."""
    return keep_in_step(now=utc_now())


def charging_profiles(identity: str) -> list[Row]:
    rows = ChargingProfile.objects.filter(station__identity=identity).order_by("profile_id", "id")
    fields = ("profile_id", "evse_number", "purpose", "status", "transaction_id")
    return _plain(rows.values(*fields))


def composite(identity: str, evse: int) -> Any:
    """The station's last answer about an EVSE: (seconds, limit)."""
    station = ChargingStation.objects.get(identity=identity)
    answer = latest_composites(station.pk).get(evse)
    if answer is None:
        return None
    return [[period["start_seconds"], period["limit"]] for period in answer.result["periods"]]


def external_limits(identity: str) -> list[Row]:
    rows = ExternalLimit.objects.filter(station__identity=identity).order_by("source")
    return _plain(rows.values("source", "evse_number", "is_grid_critical"))


def charging_needs(identity: str) -> list[Row]:
    rows = ChargingNeeds.objects.filter(station__identity=identity)
    return _plain(rows.values("evse_number", "energy_wh", "transaction_id", "ev_schedule"))


def _plain(rows: QuerySet[Any, Any]) -> list[Row]:
    return list(rows)


CHARGING_ACTIONS = (
    talk_at_once,
    keep_profiles_in_step,
    charging_profiles,
    composite,
    external_limits,
    charging_needs,
)
