"""The worker's part of roll-outs: a few stations at once, each a small step further.

What was done stands in rows, so that a worker that dies loses nothing and two may run at once.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.db.models import QuerySet
from django.db.transaction import atomic

from chargers.domain.rollouts import IN_FLIGHT, UNDER_WAY, RolloutState
from chargers.models import ConfigurationRollout, RolloutStation, RolloutStatus
from chargers.services.templates.steps import advance
from common.tenancy import system_scope

logger = logging.getLogger(__name__)

# Stations of one roll-out that have a message of ours at the same time.
PARALLEL = 100
_PER_SWEEP = 400
_ROLLOUTS = 50
_WAITING = RolloutState.WAITING
_AFTER_FAULT = timedelta(minutes=5)


def advance_rollouts(*, now: datetime) -> int:
    """Take every open roll-out a step further. Returns how many stations were looked at."""
    with system_scope("sweep: roll-outs of every operator"):
        rollouts = ConfigurationRollout.objects.filter(finished_at=None).order_by("id")
        looked = 0
        for rollout in rollouts[:_ROLLOUTS]:
            if looked >= _PER_SWEEP:
                break
            looked += _further(rollout, now)
        return looked


def _further(rollout: ConfigurationRollout, now: datetime) -> int:
    rows = RolloutStation.objects.filter(rollout=rollout)
    moving = rows.filter(state__in=[each.value for each in UNDER_WAY if each != _WAITING])
    keys = list(_due(moving, now).values_list("pk", flat=True)[:_PER_SWEEP])
    for key in keys:
        _try(key, rollout, now)
    if rollout.expires_at <= now:
        rows.filter(state=_WAITING).update(state=RolloutState.UNREACHABLE, changed_at=now)
    elif rollout.status == RolloutStatus.RUNNING:
        keys += _begin(rollout, rows, now)
    _close(rollout, rows, now)
    return len(keys)


def _begin(
    rollout: ConfigurationRollout, rows: QuerySet[RolloutStation], now: datetime
) -> list[int]:
    """Stations that are there, as long as others are not too many."""
    in_flight = rows.filter(state__in=[each.value for each in IN_FLIGHT])
    free = PARALLEL - in_flight.exclude(commands=[]).count()
    if free <= 0:
        return []
    there = rows.filter(state=_WAITING, station__is_online=True, station__is_enabled=True)
    keys = list(_due(there, now).values_list("pk", flat=True)[:free])
    for key in keys:
        _try(key, rollout, now)
    return keys


def _due(rows: QuerySet[RolloutStation], now: datetime) -> QuerySet[RolloutStation]:
    return rows.filter(next_at__lte=now).order_by("next_at", "id")


def _try(key: int, rollout: ConfigurationRollout, now: datetime) -> None:
    """A fault of ours with one station holds up no other; it is tried again later."""
    try:
        _step(key, rollout, now)
    except DatabaseError:
        raise
    except Exception:
        logger.exception("roll-out %s failed at one station", rollout.pk)
        RolloutStation.objects.filter(pk=key).update(next_at=now + _AFTER_FAULT)


@atomic
def _step(key: int, rollout: ConfigurationRollout, now: datetime) -> None:
    rows = RolloutStation.objects.select_related("station")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    row = rows.filter(pk=key).first()
    if row is not None and row.is_under_way:
        advance(row, rollout=rollout, now=now)


def _close(rollout: ConfigurationRollout, rows: QuerySet[RolloutStation], now: datetime) -> None:
    if rows.filter(state__in=[each.value for each in UNDER_WAY]).exists():
        return
    mine = ConfigurationRollout.objects.filter(pk=rollout.pk, finished_at=None)
    mine.filter(status=RolloutStatus.RUNNING).update(status=RolloutStatus.DONE, finished_at=now)
    mine.filter(status=RolloutStatus.CANCELLED).update(finished_at=now)
