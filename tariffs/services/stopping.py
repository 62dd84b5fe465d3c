"""Running sessions that have come to a limit are asked to stop, again and again until they have.

`RunningPrice` is the queue: an active session at its limit is asked at most once a minute. A sweep
that is lost or runs twice does no harm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.transaction import atomic

from chargers.domain.review import Finding, Oddity
from chargers.exceptions import UnableToCommand
from chargers.models import Transaction, TransactionState
from chargers.services.commands import stop_charging
from chargers.services.transactions.flags import FLAG_FIELDS, flag
from common.tenancy import system_scope
from events.outbox import publish
from tariffs import ports
from tariffs.events import SessionStoppedAtLimit
from tariffs.models import RunningPrice
from tariffs.ports import Funds
from tariffs.pricing.stopping import Limit, SessionLimits, Used, limit_reached

ASK_AGAIN_AFTER = timedelta(seconds=60)
# A station that has not obeyed by now is a matter for a person; it is asked all the same.
_PATIENCE = timedelta(minutes=5)
_PER_CHUNK = 500
_VERSION = "transaction__pinned_tariff__version__"
_HAS_LIMITS = (
    Q(**{f"{_VERSION}max_energy_wh__isnull": False})
    | Q(**{f"{_VERSION}max_duration_s__isnull": False})
    | Q(**{f"{_VERSION}max_amount_minor__isnull": False})
)


def stop_at_limits(*, now: datetime) -> int:
    """Ask every running session that is at a limit to stop. Returns how many were asked.

    One query and one call of the port for each 500 running sessions, and a command for each stop.
    """
    with system_scope("sweep: limits of every operator's sessions"):
        asked = 0
        for rows in _chunks(now):
            funds = ports.funds_limit()([row.pk for row in rows], now=now)
            asked += sum(_stop(row, limit, now) for row, limit in _due(rows, funds, now))
        return asked


def _chunks(now: datetime) -> Iterator[Sequence[RunningPrice]]:
    rows = list(_running(now)[:_PER_CHUNK])
    while rows:
        yield rows
        rows = list(_running(now).filter(pk__gt=rows[-1].pk)[:_PER_CHUNK])


def _running(now: datetime) -> QuerySet[RunningPrice]:
    rows = RunningPrice.objects.filter(transaction__state=TransactionState.ACTIVE).filter(
        Q(stop_asked_at=None) | Q(stop_asked_at__lte=now - ASK_AGAIN_AFTER)
    )
    if ports.funds_limit() is ports.no_funds_limit:
        rows = rows.filter(_HAS_LIMITS)
    wanted = "transaction__station", "transaction__pinned_tariff__version"
    return rows.select_related(*wanted).order_by("pk")


def _due(
    rows: Sequence[RunningPrice], funds: Mapping[UUID, Funds], now: datetime
) -> Iterator[tuple[RunningPrice, Limit]]:
    for row in rows:
        session = row.transaction
        used = Used(
            energy_wh=session.energy_wh,
            duration_s=int((now - session.started_at).total_seconds()),
            amount_minor=row.gross_minor,
        )
        funds_minor = _funds_minor(row, funds.get(row.pk))
        limit = limit_reached(limits_of(session), used, funds_minor=funds_minor)
        if limit is not None:
            yield row, limit


def limits_of(session: Transaction) -> SessionLimits:
    """What the pinned tariff allows; the session came with it and its version."""
    pinned = getattr(session, "pinned_tariff", None)
    version = None if pinned is None else pinned.version
    if version is None:
        return SessionLimits()
    return SessionLimits(
        energy_wh=version.max_energy_wh,
        duration_s=version.max_duration_s,
        amount_minor=version.max_amount_minor,
    )


def _funds_minor(row: RunningPrice, funds: Funds | None) -> int | None:
    """Money in another currency than the price pays for nothing."""
    if funds is None:
        return None
    return funds.amount_minor if funds.currency == row.currency else 0


@atomic
def _stop(row: RunningPrice, limit: Limit, now: datetime) -> bool:
    """Ask once; whoever else sweeps at the same time finds it claimed."""
    began = row.stopped_at or now
    claimed = RunningPrice.objects.filter(pk=row.pk, stop_asked_at=row.stop_asked_at)
    if not claimed.update(stopped_for=limit.value, stopped_at=began, stop_asked_at=now):
        return False
    if row.stopped_at is None:
        _tell(row, limit, now)
    elif now - began >= _PATIENCE:
        _flag_disobedient(row, limit, now)
    try:
        stop_charging(transaction=row.transaction, now=now)
    except UnableToCommand:
        return False  # unreachable; asked again when it may have come back
    return True


def _tell(row: RunningPrice, limit: Limit, now: datetime) -> None:
    event = SessionStoppedAtLimit(
        operator_id=row.operator_id,
        subject_id=row.pk,
        parent_id=row.transaction.station_id,
        limit=limit.value,
    )
    publish(event, now=now)


def _flag_disobedient(row: RunningPrice, limit: Limit, now: datetime) -> None:
    session = Transaction.objects.select_for_update().get(pk=row.pk)
    flag(session, [Finding(Oddity.LIMIT_NOT_OBEYED, limit.value)], now=now)
    session.save(update_fields=FLAG_FIELDS)
