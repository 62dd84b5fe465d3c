"""What is known of sessions, as the timeline wants it: three queries, however many sessions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Q

from chargers.domain.vocabulary import ChargingState
from chargers.models import ChargingStateChange, MeterValue, Reservation, Transaction
from tariffs.pricing.evidence import Evidence, IdleRule, Reading, StateChange
from tariffs.pricing.timeline import second_of

# One rule for every operator; where it is wanted otherwise, it becomes a setting of theirs.
IDLE_RULE = IdleRule()

_DEFAULT_RATED_POWER_W = 22_000


@dataclass(frozen=True, slots=True)
class Gathered:
    """Rows of many sessions, by session."""

    readings: Mapping[UUID, list[Reading]] = field(repr=False)
    states: Mapping[UUID, list[StateChange]] = field(repr=False)
    reserved_from: Mapping[UUID, int]


def evidence_of(transaction: Transaction, *, until: datetime) -> Evidence:
    """All about one session. Three queries, if it came with its EVSE."""
    return evidence_of_many([transaction], until=until)[transaction.pk]


def evidence_of_many(
    transactions: Sequence[Transaction], *, until: datetime
) -> dict[UUID, Evidence]:
    """All about each session. Three queries, if they came with their EVSEs.

    Args:
        until: when running sessions are to be priced.
    """
    gathered = gather([transaction.pk for transaction in transactions])
    return {row.pk: evidence(row, gathered, until=until) for row in transactions}


def evidence(transaction: Transaction, gathered: Gathered, *, until: datetime) -> Evidence:
    """All about one session, from rows that are at hand."""
    ended_at = transaction.ended_at if not transaction.is_active else None
    evse = transaction.evse
    return Evidence(
        started_at=second_of(transaction.started_at),
        ended_at=second_of(ended_at or until),
        energy_wh=transaction.energy_wh,
        readings=gathered.readings.get(transaction.pk, ()),
        states=gathered.states.get(transaction.pk, ()),
        meter_start_wh=transaction.meter_start_wh,
        meter_stop_wh=transaction.meter_stop_wh,
        rated_power_w=evse.max_power_w if evse is not None else _DEFAULT_RATED_POWER_W,
        reserved_from=gathered.reserved_from.get(transaction.pk),
        idle_rule=IDLE_RULE,
    )


def gather(transaction_ids: Sequence[UUID]) -> Gathered:
    """Readings, states and reservations of sessions. Three queries."""
    return Gathered(
        readings=readings_of(transaction_ids),
        states=states_of(transaction_ids),
        reserved_from=reserved_from(transaction_ids),
    )


def readings_of(
    transaction_ids: Sequence[UUID], since: Mapping[UUID, int] | None = None
) -> dict[UUID, list[Reading]]:
    """Readings by session. One query.

    Args:
        since: readings of these sessions from the second on only, by both clocks: it is for
            sessions whose station has the right time.
    """
    known = since or {}
    wanted = Q(transaction_id__in=[key for key in transaction_ids if key not in known])
    for key, second in known.items():
        # The key of the table is by the station's time.
        wanted |= Q(transaction_id=key, device_at__gte=datetime.fromtimestamp(second, UTC))
    rows = MeterValue.objects.filter(wanted).order_by()
    found: dict[UUID, list[Reading]] = defaultdict(list)
    columns = ("transaction_id", "taken_at", "energy_wh", "power_w", "soc_percent")
    phases = ("current_l1_ma", "current_l2_ma", "current_l3_ma")
    for key, at, energy, power, soc, *currents in rows.values_list(*columns, *phases):
        if key is not None:
            found[key].append(Reading(second_of(at), energy, power, _sum(currents), soc))
    return found


def _sum(currents: Sequence[int | None]) -> int | None:
    first, second, third = currents
    if first is None and second is None and third is None:
        return None
    return (first or 0) + (second or 0) + (third or 0)


def states_of(transaction_ids: Sequence[UUID]) -> dict[UUID, list[StateChange]]:
    """Changes of the charging state by session. One query."""
    rows = ChargingStateChange.objects.filter(transaction_id__in=transaction_ids).order_by()
    found: dict[UUID, list[StateChange]] = defaultdict(list)
    for key, at, state in rows.values_list("transaction_id", "at", "state"):
        found[key].append(StateChange(at.timestamp(), ChargingState(state)))
    return found


def reserved_from(transaction_ids: Sequence[UUID]) -> dict[UUID, int]:
    """When the reservation that a session used was made. One query."""
    rows = Reservation.objects.filter(transaction_id__in=transaction_ids).order_by()
    pairs = rows.values_list("transaction_id", "created_at")
    return {key: second_of(at) for key, at in pairs if key}
