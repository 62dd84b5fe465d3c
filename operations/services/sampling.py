"""Writing the network's figures: a sample a minute, energy and sessions by the hour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Avg, Count, Q, Sum
from django.db.models.functions import TruncHour

from accounts.models import Operator
from chargers import live
from chargers.domain.vocabulary import ConnectorStatus
from chargers.models import (
    ChargingStation,
    Connector,
    CurrentType,
    Transaction,
    TransactionState,
)
from common.tenancy import operator_scope
from operations.models import HourlyFigures, NetworkSample

NO_STATION = UUID(int=0)
_OUT_OF_ORDER = (ConnectorStatus.FAULTED, ConnectorStatus.UNAVAILABLE)
IN_USE = (ConnectorStatus.OCCUPIED, ConnectorStatus.RESERVED)
# Samples older than this are thinned to one a quarter of an hour.
FINE_FOR = timedelta(days=8)
_COARSE_MINUTES = (0, 15, 30, 45)
_THIN_ROWS = 20_000


def take_sample(*, operator: Operator, now: datetime) -> NetworkSample:
    """Store how the network is in this minute; a second call in the minute replaces the first.

    Live pages hear of it as of a change that concerns no station (`NO_STATION`).
    """
    with operator_scope(operator.pk):
        sample, _ = NetworkSample.objects.update_or_create(
            operator=operator,
            at=now.replace(second=0, microsecond=0),
            defaults=current_figures(),
        )
    live.touch(operator_id=operator.pk, station_ids=[NO_STATION])
    return sample


def current_figures() -> dict[str, int]:
    """The fields of a sample for the operator in scope, read now (three queries)."""
    stations = ChargingStation.objects.aggregate(
        stations=Count("pk"), online=Count("pk", filter=Q(is_online=True))
    )
    connectors = Connector.objects.aggregate(
        connectors=Count("pk"),
        in_use=Count("pk", filter=Q(status__in=IN_USE, evse__station__is_online=True)),
        operative=Count(
            "pk", filter=Q(evse__station__is_online=True) & ~Q(status__in=_OUT_OF_ORDER)
        ),
    )
    running = Transaction.objects.filter(state=TransactionState.ACTIVE).aggregate(
        active_sessions=Count("pk"),
        ac=Sum("power_w", filter=Q(evse__current_type=CurrentType.AC)),
        dc=Sum("power_w", filter=Q(evse__current_type=CurrentType.DC)),
    )
    return {
        **stations,
        **connectors,
        "active_sessions": running["active_sessions"],
        "ac_power_w": running["ac"] or 0,
        "dc_power_w": running["dc"] or 0,
    }


@transaction.atomic
def roll_up(*, operator: Operator, since: datetime, now: datetime) -> int:
    """Recompute the hours from `since` to `now`. Returns the number of hours that have figures.

    Late stops change the past, so the caller recomputes some days every night.
    """
    first_hour = since.replace(minute=0, second=0, microsecond=0)
    with operator_scope(operator.pk):
        rows = _figures(operator, first_hour, now)
        HourlyFigures.objects.filter(hour__gte=first_hour, hour__lte=now).delete()
        HourlyFigures.objects.bulk_create(rows)
    return len(rows)


def _figures(operator: Operator, first_hour: datetime, now: datetime) -> list[HourlyFigures]:
    found: dict[datetime, HourlyFigures] = {}

    def of(hour: datetime) -> HourlyFigures:
        empty = HourlyFigures(operator=operator, hour=hour, energy_wh=0, sessions=0)
        return found.setdefault(hour, empty)

    for row in _ended_by_hour(first_hour, now):
        of(row["hour"]).energy_wh = row["energy_wh"]
        of(row["hour"]).sessions = row["sessions"]
    for row in _sampled_by_hour(first_hour, now):
        figures = of(row["hour"])
        figures.ac_power_w = round(row["ac"])
        figures.dc_power_w = round(row["dc"])
        figures.uptime_ppm = _ppm(row["operative_sum"], row["connectors_sum"])
    return list(found.values())


def _ppm(part: int, whole: int) -> int | None:
    return round(1_000_000 * part / whole) if whole else None


def _ended_by_hour(first_hour: datetime, now: datetime) -> Iterable[Mapping[str, Any]]:
    return (
        Transaction.objects.filter(ended_at__gte=first_hour, ended_at__lte=now)
        .annotate(hour=TruncHour("ended_at", tzinfo=UTC))
        .values("hour")
        .annotate(energy_wh=Sum("energy_wh"), sessions=Count("pk"))
        .order_by("hour")
    )


def _sampled_by_hour(first_hour: datetime, now: datetime) -> Iterable[Mapping[str, Any]]:
    return (
        NetworkSample.objects.filter(at__gte=first_hour, at__lte=now)
        .annotate(hour=TruncHour("at", tzinfo=UTC))
        .values("hour")
        .annotate(
            ac=Avg("ac_power_w"),
            dc=Avg("dc_power_w"),
            operative_sum=Sum("operative"),
            connectors_sum=Sum("connectors"),
        )
        .order_by("hour")
    )


def thin_samples(*, operator: Operator, now: datetime) -> int:
    """Keep one sample a quarter of an hour of what is older than `FINE_FOR`. Returns the deleted."""
    with operator_scope(operator.pk):
        ids = list(
            NetworkSample.objects.filter(at__lt=now - FINE_FOR)
            .exclude(at__minute__in=_COARSE_MINUTES)
            .order_by("at")
            .values_list("pk", flat=True)[:_THIN_ROWS]
        )
        deleted, _ = NetworkSample.objects.filter(pk__in=ids).delete()
    return deleted
