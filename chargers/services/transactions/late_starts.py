"""Sessions of which later events were heard first (2.x): put right as the earlier ones come.

Whatever the order, the same session is left in the end.
"""

from __future__ import annotations

from datetime import datetime

from chargers.domain import clocks
from chargers.domain.context import StationContext
from chargers.domain.energy import live_energy
from chargers.domain.messages import TransactionEvent
from chargers.domain.review import Finding, Oddity, needs_person, without
from chargers.models import Transaction
from chargers.services.meter_values import rated_power_w
from chargers.services.transactions.closing import measured_energy, publish_end, without_payer
from chargers.services.transactions.flags import FLAG_FIELDS, flag, missing_events
from chargers.services.transactions.flags import note_missing_events as note
from chargers.services.transactions.opening import base_line

BEGIN_FIELDS = (*FLAG_FIELDS, "started_at", "started_device_at", "meter_start_wh", "energy_wh")
# What is worked out anew from registers and samples.
_BY_MEASURE = (
    Oddity.ENERGY_NEGATIVE,
    Oddity.ENERGY_IMPLAUSIBLE,
    Oddity.ENERGY_FROM_SAMPLES,
    Oddity.ENERGY_UNKNOWN,
    Oddity.ENERGY_DISAGREES,
    Oddity.NO_TOKEN,
)


def lacks_start(row: Transaction) -> bool:
    """Whether the station's start has not come yet."""
    return any(w["code"] in (Oddity.START_MISSING, Oddity.ORPHAN) for w in row.warnings)


def begin_earlier(
    row: Transaction, message: TransactionEvent, *, station: StationContext, now: datetime
) -> None:
    """Take an event as the beginning of a session without start, if it is the earliest (unsaved).

    A stop that came alone is no orphan any more.
    """
    orphan = any(w["code"] == Oddity.ORPHAN for w in row.warnings)
    if orphan:
        row.warnings = without(row.warnings, Oddity.ORPHAN)
        flag(row, [Finding(Oddity.START_MISSING)], now=now)
    at = clocks.correct(message.device_at, received_at=now).at
    if at < row.started_at or (orphan and at == row.started_at):
        _begin(row, message, at, station)


def begin_at_start(
    row: Transaction, message: TransactionEvent, *, station: StationContext, now: datetime
) -> None:
    """The start itself has come (unsaved): nothing before it is missing, and no orphan is left."""
    for code in (Oddity.START_MISSING, Oddity.ORPHAN):
        row.warnings = without(row.warnings, code)
    missing = missing_events(row)
    note(row, frozenset(n for n in missing if n > (message.seq_no or 0)), now=now)
    at = clocks.correct(message.device_at, received_at=now).at
    _begin(row, message, min(at, row.started_at), station)
    _review_as_before(row)


def _begin(
    row: Transaction, message: TransactionEvent, at: datetime, station: StationContext
) -> None:
    row.started_at = at
    row.started_device_at = clocks.storable(message.device_at)
    register_wh = base_line(message, station)
    row.meter_start_wh = row.meter_start_wh if register_wh is None else register_wh


def measure_again(row: Transaction, *, now: datetime) -> None:
    """Energy by what is known now (unsaved, `BEGIN_FIELDS`); an end that changes is told again."""
    if row.is_active:
        row.energy_wh = live_energy(
            meter_start_wh=row.meter_start_wh,
            register_wh=row.last_energy_wh,
            duration=(row.last_reading_at or row.started_at) - row.started_at,
            rated_power_w=rated_power_w(row),
            previous_wh=row.energy_wh,
        )
        return
    energy = measured_energy(row)
    changed = energy.energy_wh != row.energy_wh
    row.energy_wh = energy.energy_wh
    for code in _BY_MEASURE:
        row.warnings = without(row.warnings, code)
    _review_as_before(row)
    flag(row, [*energy.findings, *without_payer(row, [])], now=now)
    if changed:
        publish_end(row, now=now)


def _review_as_before(row: Transaction) -> None:
    """What a person has looked at stays looked at; what is settled needs nobody."""
    row.needs_review = row.needs_review and any(needs_person(w["code"]) for w in row.warnings)
