"""What the second process does about configuration templates; imported by `site_actions`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chargers.models import ConfigurationCheck
from chargers.services.templates.drift import check_due, make_all_due
from chargers.services.templates.running import advance_rollouts
from common.clock import utc_now
from events.dispatch import dispatch_pending
from events.models import OutboxEvent

_SETTLED = timedelta(seconds=5)


def check_templates() -> None:
    """What the worker does every few seconds, as if some had gone by."""
    dispatch_pending(now=utc_now())
    check_due(now=utc_now() + _SETTLED)


def read_at_night() -> None:
    make_all_due(now=utc_now())
    check_templates()


def further_rollouts() -> int:
    """The next step of every roll-out, pauses left out."""
    return advance_rollouts(now=utc_now() + timedelta(seconds=40))


def drift_events(identity: str) -> list[Any]:
    check = ConfigurationCheck.objects.filter(station__identity=identity).first()
    if check is None:
        return []
    rows = OutboxEvent.objects.filter(kind="chargers.configuration_drifted")
    return [row.payload["names"] for row in rows.filter(subject_id=check.station_id).order_by("id")]


TEMPLATE_ACTIONS = (check_templates, read_at_night, further_rollouts, drift_events)
