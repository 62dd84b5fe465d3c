"""Schedules of charging profiles: their periods look alike in every version."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from chargers.domain.charging_profiles import Period, RateUnit, Schedule
from chargers.ocpp.fields import INT32, Payload, integer, word
from chargers.ocpp.notes import Notes
from chargers.ocpp.times import format_time, read_time

_MAX_RATE = 1e9


def rate(payload: Payload, name: str, notes: Notes) -> float | None:
    """Amps or watts; None when absent, unreadable, or negative: -1 says "no limit"."""
    number = _number(payload, name, notes)
    return None if number is None or number < 0 else number


def _number(payload: Payload, name: str, notes: Notes) -> float | None:
    value = payload.get(name)
    if value is None:
        return None
    if not isinstance(value, int | float | Decimal):
        notes.add(name, "unreadable number")
        return None
    number = float(value)
    if abs(number) > _MAX_RATE:
        notes.add(name, "out of range")
        return None
    return round(number, 3)


def read_schedule(
    payload: Payload, notes: Notes, *, start: str = "startSchedule"
) -> Schedule | None:
    """A ChargingScheduleType; None without a unit or a usable period."""
    unit = word(RateUnit, payload.get("chargingRateUnit"))
    periods = read_periods(payload, notes)
    if unit is None or not periods:
        notes.add("chargingSchedule", "unusable")
        return None
    return Schedule(
        unit=unit,
        periods=periods,
        id=integer(payload, "id", notes, limit=INT32) or 1,
        start_at=read_time(payload.get(start), notes, start),
        duration_seconds=integer(payload, "duration", notes, limit=INT32),
        min_rate=rate(payload, "minChargingRate", notes),
    )


def read_periods(payload: Payload, notes: Notes) -> tuple[Period, ...]:
    """Periods in order of their start; one without a start is left out."""
    items = payload.get("chargingSchedulePeriod", ())
    found = [period for item in items if (period := _period(item, notes)) is not None]
    return tuple(sorted(found, key=lambda period: period.start_seconds))


def _period(payload: Payload, notes: Notes) -> Period | None:
    start = integer(payload, "startPeriod", notes, limit=INT32)
    if start is None or start < 0:
        notes.add("startPeriod", "unusable")
        return None
    return Period(
        start_seconds=start,
        limit=rate(payload, "limit", notes),
        phases=_phases(payload, "numberPhases", notes),
        phase_to_use=_phases(payload, "phaseToUse", notes),
        discharge_limit=_number(payload, "dischargeLimit", notes),
    )


def _phases(payload: Payload, name: str, notes: Notes) -> int | None:
    number = integer(payload, name, notes)
    return number if number in (1, 2, 3) else None


def write_periods(schedule: Schedule, *, choose_phase: bool) -> list[Payload]:
    """Periods as sent. A limit has one decimal; whole ones go as integers.

    Args:
        choose_phase: the version can say which phase a single-phase car shall use.
    """
    return [_written(period, choose_phase=choose_phase) for period in schedule.periods]


def _written(period: Period, *, choose_phase: bool) -> Payload:
    payload: Payload = {"startPeriod": period.start_seconds}
    if period.limit is not None:
        payload["limit"] = written_rate(period.limit)
    if period.phases is not None:
        payload["numberPhases"] = period.phases
    if choose_phase and period.phase_to_use is not None:
        payload["phaseToUse"] = period.phase_to_use
    return payload


def written_rate(value: float) -> int | float:
    """One decimal, as 1.6's schema wants; stations choke on 16.000000001."""
    rounded = round(float(value), 1)
    return int(rounded) if rounded.is_integer() else rounded


def write_times(schedule: Schedule) -> Payload:
    """What a schedule says besides its periods, where it says it."""
    payload: Payload = {}
    if schedule.start_at is not None:
        payload["startSchedule"] = format_time(schedule.start_at)
    if schedule.duration_seconds is not None:
        payload["duration"] = schedule.duration_seconds
    if schedule.min_rate is not None:
        payload["minChargingRate"] = written_rate(schedule.min_rate)
    return payload


def composite_detail(evse: int | None, schedule: Schedule, asked_seconds: int) -> dict[str, Any]:
    """A composite schedule as the detail of an outcome; a limit of None is no limit."""
    return {
        "evse": evse or 0,
        "unit": str(schedule.unit),
        "start_at": schedule.start_at.isoformat() if schedule.start_at else None,
        "duration_seconds": schedule.duration_seconds or asked_seconds,
        "periods": [
            {"start_seconds": period.start_seconds, "limit": period.limit, "phases": period.phases}
            for period in schedule.periods
        ],
    }
