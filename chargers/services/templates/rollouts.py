"""A template on its way to many stations: looked at first, started, cancelled, tried again.

Nothing here speaks to a station: rows wait for the worker (`running`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.db.transaction import atomic

from accounts.services import audit
from accounts.services.audit import Actor
from chargers.domain.rollouts import FAILED, RolloutState
from chargers.domain.templates import Step
from chargers.exceptions import UnableToRollOut
from chargers.models import (
    ChargingStation,
    ConfigurationRollout,
    ConfigurationTemplate,
    RolloutStation,
    RolloutStatus,
    TemplateDrift,
)

DEFAULT_DAYS = 7
MOST_DAYS = 90
_BATCH = 1000
_BEHIND = (Step.DIFFERS, Step.NOT_READ)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What applying a template would do, by what stations last reported.

    Attributes:
        stations: that the template is for and that have been online.
        behind: of these, those where something would be sent; `in_step` and `impossible` the others.
        values: values that are known to differ; `unread` that no station has told yet.
        offline: stations of `behind` that wait until they return.
    """

    stations: int = 0
    behind: int = 0
    in_step: int = 0
    impossible: int = 0
    values: int = 0
    unread: int = 0
    offline: int = 0


def candidates(
    template: ConfigurationTemplate, station_ids: Iterable[UUID] | None = None
) -> QuerySet[TemplateDrift]:
    """Stations of a template, or those of them that were chosen."""
    rows = TemplateDrift.objects.filter(template=template)
    return rows if station_ids is None else rows.filter(station_id__in=list(station_ids))


def preview(
    *, template: ConfigurationTemplate, station_ids: Iterable[UUID] | None = None
) -> Preview:
    """A dry run: what `start_rollout` would change. One query."""
    behind = Q(step__in=_BEHIND)
    found = candidates(template, station_ids).aggregate(
        stations=Count("pk"),
        behind=Count("pk", filter=behind),
        in_step=Count("pk", filter=Q(step=Step.IN_STEP)),
        impossible=Count("pk", filter=Q(step=Step.IMPOSSIBLE)),
        values=Sum("differing", default=0),
        unread=Sum("unread", default=0),
        offline=Count("pk", filter=behind & Q(station__is_online=False)),
    )
    return Preview(**found)


@atomic
def start_rollout(
    *,
    template: ConfigurationTemplate,
    station_ids: Sequence[UUID] | None = None,
    include_in_step: bool = False,
    reset_when_idle: bool = False,
    days: int = DEFAULT_DAYS,
    actor: Actor,
    now: datetime,
) -> ConfigurationRollout:
    """Have a template sent to the stations that are not in step with it.

    Args:
        station_ids: some of the template's stations, in step or not; None for all of them.
        include_in_step: of all stations also those in step, for values that can only be written.
        reset_when_idle: restart a station that says it must be, once nobody charges there.
        days: how long stations that are offline may take to return.

    Raises:
        UnableToRollOut: `errors` by field; nothing was started.
    """
    errors = {}
    if not 1 <= days <= MOST_DAYS:
        errors["days"] = f"Between 1 and {MOST_DAYS} days."
    chosen = candidates(template, station_ids)
    if station_ids is not None:
        known = chosen.values("station").count()
        if known < len(set(station_ids)):
            errors["stations"] = _not_meant(len(set(station_ids)) - known)
    if station_ids is None and not include_in_step:
        chosen = chosen.filter(step__in=_BEHIND)
    keys = list(chosen.order_by().values_list("station_id", flat=True))
    if not keys and not errors:
        errors["stations"] = "Every station is in step: there is nothing to send."
    if errors:
        raise UnableToRollOut("This cannot be applied.", errors=errors)
    row = _start(
        template,
        keys,
        now=now,
        expires_at=now + timedelta(days=days),
        reset_when_idle=reset_when_idle,
        actor=actor,
    )
    audit.record(
        operator=template.operator,
        actor=actor,
        action="configuration_rollout.started",
        obj=row,
        changes={
            "template": str(template.pk),
            "stations": len(keys),
            "items": template.items,
            "reset_when_idle": reset_when_idle,
        },
        now=now,
    )
    return row


def _not_meant(count: int) -> str:
    if count == 1:
        return "One of these stations is not one of the template's, or was never online."
    return f"{count} of these stations are not the template's, or were never online."


def start_automatically(
    *, template: ConfigurationTemplate, stations: Sequence[ChargingStation], now: datetime
) -> ConfigurationRollout:
    """Stations that are new get the template as it says itself."""
    row = _start(
        template,
        [station.pk for station in stations],
        now=now,
        expires_at=now + timedelta(days=DEFAULT_DAYS),
        is_automatic=True,
    )
    audit.record(
        operator=template.operator,
        actor=Actor.system("configuration template"),
        action="configuration_rollout.started",
        obj=row,
        changes={"template": str(template.pk), "stations": len(stations), "new": True},
        now=now,
    )
    return row


def _start(
    template: ConfigurationTemplate,
    station_ids: Sequence[UUID],
    *,
    now: datetime,
    expires_at: datetime,
    reset_when_idle: bool = False,
    is_automatic: bool = False,
    actor: Actor | None = None,
) -> ConfigurationRollout:
    row = ConfigurationRollout.objects.create(
        operator_id=template.operator_id,
        template=template,
        template_name=template.name,
        items=template.items,
        is_automatic=is_automatic,
        reset_when_idle=reset_when_idle,
        stations_total=len(station_ids),
        requested_by=actor.user if actor else None,
        requested_by_key=actor.api_key if actor else None,
        created_at=now,
        expires_at=expires_at,
    )
    RolloutStation.objects.bulk_create(
        (
            RolloutStation(
                operator_id=template.operator_id,
                rollout=row,
                station_id=key,
                next_at=now,
                changed_at=now,
            )
            for key in station_ids
        ),
        batch_size=_BATCH,
    )
    return row


@atomic
def cancel_rollout(
    *, rollout: ConfigurationRollout, actor: Actor, now: datetime
) -> ConfigurationRollout:
    """Start with no further station. What is with a station already comes to its end.

    Raises:
        UnableToRollOut: it is not under way.
    """
    row = _locked(rollout)
    if row.status != RolloutStatus.RUNNING:
        raise UnableToRollOut("This roll-out is not under way any more.")
    waiting = (RolloutState.WAITING, RolloutState.RESTARTING)
    stopped = RolloutStation.objects.filter(rollout=row, state=RolloutState.WAITING).update(
        state=RolloutState.CANCELLED, changed_at=now
    )
    RolloutStation.objects.filter(rollout=row, state__in=waiting, reset_at=None).update(
        state=RolloutState.REBOOT_REQUIRED, changed_at=now
    )
    row.status = RolloutStatus.CANCELLED
    row.save(update_fields=["status"])
    audit.record(
        operator=row.operator,
        actor=actor,
        action="configuration_rollout.cancelled",
        obj=row,
        changes={"stations": stopped},
        now=now,
    )
    return row


@atomic
def retry_failed(
    *, rollout: ConfigurationRollout, actor: Actor, now: datetime
) -> ConfigurationRollout:
    """Try again wherever it did not succeed, with as much time as it was given at first.

    Raises:
        UnableToRollOut: there is nothing to try again.
    """
    row = _locked(rollout)
    failed = RolloutStation.objects.filter(rollout=row, state__in=[each.value for each in FAILED])
    again = failed.update(
        state=RolloutState.WAITING,
        attempts=0,
        commands=[],
        word="",
        next_at=now,
        reset_at=None,
        changed_at=now,
    )
    if not again:
        raise UnableToRollOut("No station has failed: there is nothing to try again.")
    row.expires_at = now + (row.expires_at - row.created_at)
    row.status, row.finished_at = RolloutStatus.RUNNING, None
    row.save(update_fields=["status", "finished_at", "expires_at"])
    audit.record(
        operator=row.operator,
        actor=actor,
        action="configuration_rollout.retried",
        obj=row,
        changes={"stations": again},
        now=now,
    )
    return row


def _locked(rollout: ConfigurationRollout) -> ConfigurationRollout:
    rows = ConfigurationRollout.objects.select_related("operator")
    return rows.select_for_update(of=("self",)).get(pk=rollout.pk)


def counts_of(rollout: ConfigurationRollout) -> dict[str, int]:
    """State → how many stations. One query."""
    rows = RolloutStation.objects.filter(rollout=rollout).order_by()
    return dict(rows.values_list("state").annotate(n=Count("pk")))
