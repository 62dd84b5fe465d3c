"""Meter values: minute by minute for the last days, start, middle and end before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from chargers.models import CurrentType, MeterValue
from chargers.simulator.vehicle import MAINS_V
from csms.seed.plan import Chance
from csms.seed.progress import Progress
from csms.seed.sessions import Session

_FINE = {CurrentType.AC: 300, CurrentType.DC: 120}
_BATCH = 4_000
_DC_VOLTS = 400


def create_readings(
    sessions: Sequence[Session], *, detail_days: int, chance: Chance, progress: Progress
) -> int:
    """Readings of the sessions, in order of time of each session. Returns how many."""
    fine_from = chance.now - timedelta(days=detail_days)
    rows = _rows(sessions, fine_from, chance, progress)
    written = 0
    while batch := list(islice(rows, _BATCH)):
        MeterValue.objects.bulk_create(batch)
        written += len(batch)
    return written


def _rows(
    sessions: Sequence[Session], fine_from: datetime, chance: Chance, progress: Progress
) -> Iterator[MeterValue]:
    for done, session in enumerate(sessions):
        progress.advance(done, len(sessions))
        for second, context in _instants(session, fine_from):
            yield _reading(session, second, context, chance)


def _instants(session: Session, fine_from: datetime) -> Iterable[tuple[int, str]]:
    length = int(session.visit.stay.plugged.total_seconds())
    every = _FINE[CurrentType(session.visit.plug.evse.current_type)]
    coarse = session.visit.end < fine_from
    between = [length // 2] if coarse else range(every, length, every)
    yield 0, "Transaction.Begin"
    yield from ((second, "Sample.Periodic") for second in between)
    yield length, "Transaction.End"


def _reading(session: Session, second: int, context: str, chance: Chance) -> MeterValue:
    visit, row = session.visit, session.row
    curve = visit.stay.curve
    at = visit.start + timedelta(seconds=second)
    power = curve.power_at(second)
    return MeterValue(
        operator_id=row.operator_id,
        station_id=row.station_id,
        transaction_id=row.pk,
        evse_number=visit.plug.evse.number,
        taken_at=at,
        device_at=at,
        received_at=at + timedelta(milliseconds=400),
        digest=chance.rng.getrandbits(63),
        context=context,
        energy_wh=(row.meter_start_wh or 0) + curve.energy_at(second),
        power_w=power,
        **_electrics(session, power),
        soc_percent=_soc(session, second),
    )


def _electrics(session: Session, power_w: int) -> dict[str, int]:
    if session.visit.plug.evse.current_type == CurrentType.DC:
        return {
            "current_l1_ma": power_w * 1000 // _DC_VOLTS,
            "voltage_mv": _DC_VOLTS * 1000,
        }
    phases = session.visit.plug.spec.phases
    amps = power_w * 1000 // (MAINS_V * phases)
    names = ("current_l1_ma", "current_l2_ma", "current_l3_ma")[:phases]
    return {**dict.fromkeys(names, amps), "voltage_mv": MAINS_V * 1000}


def _soc(session: Session, second: int) -> int | None:
    stay = session.visit.stay
    if stay.soc_start is None or stay.soc_end is None:
        return None
    total = stay.curve.energy_at(stay.plugged.total_seconds()) or 1
    share = stay.curve.energy_at(second) / total
    return round(stay.soc_start + (stay.soc_end - stay.soc_start) * share)
