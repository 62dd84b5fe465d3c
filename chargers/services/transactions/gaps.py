"""What the register of an EVSE counted between two sessions (Q56): energy flowed after the stop."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.transaction import atomic

from chargers.domain.energy import is_plausible
from chargers.domain.review import Finding, Oddity
from chargers.events import EnergyUnassigned, TransactionStarted
from chargers.models import Evse, Transaction, TransactionState
from chargers.services.transactions.closing import locked
from chargers.services.transactions.flags import FLAG_FIELDS, flag
from events.outbox import publish

# Below, the meters of a stop and of the next start may differ by themselves.
GAP_WH = 500


def check_gap(event: TransactionStarted, now: datetime) -> None:
    """Book energy between two sessions as nobody's, once, and put the earlier one into review.

    What the EVSE cannot have delivered in that time is another register, not energy.
    """
    rows = Transaction.objects.select_related("evse")
    started = rows.filter(pk=event.subject_id, meter_start_wh__isnull=False).first()
    if started is None or started.evse is None:
        return
    before = _before(started, started.evse)
    gap_wh = _gap_wh(before, started) if before else None
    if before is not None and gap_wh is not None:
        _book(before.pk, started, started.evse, gap_wh, now)


def _before(started: Transaction, evse: Evse) -> Transaction | None:
    ended = Transaction.objects.filter(
        evse=evse, state=TransactionState.ENDED, ended_at__lte=started.started_at
    )
    return ended.exclude(pk=started.pk).order_by("-ended_at", "-id").first()


def _gap_wh(before: Transaction, started: Transaction) -> int | None:
    """The gap when it is worth telling of and can be true."""
    if before.meter_stop_wh is None or started.meter_start_wh is None or before.ended_at is None:
        return None
    gap_wh = started.meter_start_wh - before.meter_stop_wh
    power_w = started.evse.max_power_w if started.evse else 0
    time = started.started_at - before.ended_at
    fits = is_plausible(gap_wh, duration=time, rated_power_w=power_w)
    return gap_wh if gap_wh >= GAP_WH and fits else None


@atomic
def _book(before_id: UUID, started: Transaction, evse: Evse, gap_wh: int, now: datetime) -> None:
    row = locked(before_id)
    if any(warning["code"] == Oddity.ENERGY_AFTER_STOP for warning in row.warnings):
        return
    flag(row, [Finding(Oddity.ENERGY_AFTER_STOP, f"{gap_wh} Wh until the next session")], now=now)
    row.save(update_fields=FLAG_FIELDS)
    event = EnergyUnassigned(
        operator_id=row.operator_id,
        subject_id=row.station_id,
        evse=evse.number,
        energy_wh=gap_wh,
        after_transaction_id=str(row.pk),
        before_transaction_id=str(started.pk),
    )
    publish(event, now=now)
