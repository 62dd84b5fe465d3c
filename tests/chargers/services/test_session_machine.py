"""Whatever a station repeats, leaves out or sends in another order: one session, and the same one.

The rules at the head of the quirk corpus for cases that nobody listed (Q37 to Q46, Q60): never
two sessions for one, never a refused stop, energy by the ladder, a final state that does not
depend on order or repetition.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chargers.domain.messages import MeterValues, Reading
from chargers.models import MeterValue, Transaction
from common.tenancy import system_scope
from tests.chargers.services.conversation import TAG, Conversation, at, codes

pytestmark = pytest.mark.django_db

steady = settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
# Everything is heard long after it happened, so that only what the station says tells the order.
RECEIVED = at(24 * 60)
FIRST_WH = 1_000_000
PER_MINUTE_WH = 180


@dataclass(frozen=True)
class Told:
    """What happened at the station: readings in minutes after the start, then the stop."""

    minutes: tuple[int, ...]
    stop: int

    @property
    def frames(self) -> int:
        return len(self.minutes) + 2


@st.composite
def told(draw: st.DrawFn) -> Told:
    minutes = draw(st.lists(st.integers(1, 120), min_size=1, max_size=5, unique=True))
    return Told(tuple(sorted(minutes)), max(minutes) + draw(st.integers(1, 30)))


@st.composite
def deliveries(draw: st.DrawFn, told: Told, *, start_first: bool) -> list[int]:
    """Numbers of frames as they arrive: repeated, left out, in any order."""
    every = list(range(told.frames))
    kept = draw(st.lists(st.sampled_from(every), min_size=1, max_size=12))
    return [0, *kept] if start_first else kept


def register(minutes: int) -> int:
    return FIRST_WH + minutes * PER_MINUTE_WH


def sampled(minutes: int, context: str = "Sample.Periodic") -> Reading:
    return Reading(
        device_at=at(minutes),
        context=context,
        energy_wh=register(minutes),
        power_w=PER_MINUTE_WH * 60,
    )


class Station16:
    """Speaks 1.6: we give the number, so nothing can come before the start is answered."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.talk = Conversation.begin()
        self.ref: str | None = None

    def say(self, number: int) -> None:
        if number == 0:
            answer = self.talk.start(0, meter_wh=register(0), received=RECEIVED)
            assert self.ref in (None, str(answer.assigned_id))
            self.ref = str(answer.assigned_id)
        elif number == self.told.frames - 1:
            self.talk.stop(
                self.told.stop,
                self.ref or "-1",
                tag=TAG,
                meter_wh=register(self.told.stop),
                received=RECEIVED,
            )
        else:
            reading = sampled(self.told.minutes[number - 1])
            message = MeterValues(
                evse=1, connector=1, transaction_ref=self.ref, readings=(reading,)
            )
            self.talk.say(message, received=RECEIVED)


class Station201:
    """Speaks 2.0.1: it gives the reference and numbers its events."""

    REF = "t-1"

    def __init__(self, told: Told) -> None:
        self.told = told
        self.talk = Conversation.begin(protocol="ocpp2.0.1")

    def say(self, number: int) -> None:
        common: dict[str, Any] = {"seq_no": number, "received": RECEIVED, "offline": True}
        if number == 0:
            begin = sampled(0, "Transaction.Begin")
            self.talk.start(0, transaction_ref=self.REF, readings=(begin,), **common)
        elif number == self.told.frames - 1:
            end = sampled(self.told.stop, "Transaction.End")
            self.talk.stop(self.told.stop, self.REF, evse=1, readings=(end,), **common)
        else:
            minutes = self.told.minutes[number - 1]
            self.talk.update(minutes, self.REF, evse=1, readings=(sampled(minutes),), **common)


def outcome(station: Station16 | Station201) -> tuple[object, ...]:
    """What is left of it, apart from when it was received."""
    row: Transaction = station.talk.only()
    with system_scope("tests"):
        readings = list(
            MeterValue.objects.filter(transaction=row)
            .order_by("taken_at", "energy_wh")
            .values_list("taken_at", "energy_wh", "context")
        )
    return (
        row.state,
        row.started_at,
        row.ended_at,
        row.meter_start_wh,
        row.meter_stop_wh,
        row.energy_wh,
        row.id_token_uid,
        row.needs_review,
        sorted(codes(row)),
        readings,
    )


def heard(kind: type[Station16 | Station201], told: Told, numbers: list[int]) -> Any:
    station = kind(told)
    for number in numbers:
        station.say(number)
    return station


@steady
@given(st.data())
def test_q37_to_q46_one_session_of_1_6_however_it_is_told(data: st.DataObject) -> None:
    session = data.draw(told())
    numbers = data.draw(deliveries(session, start_first=True))
    station = heard(Station16, session, numbers)
    row = station.talk.only()
    if session.frames - 1 in numbers:
        assert row.state == "ended"
        assert row.energy_wh == session.stop * PER_MINUTE_WH
        assert (row.needs_review, codes(row)) == (False, [])
    else:
        latest = max((session.minutes[n - 1] for n in numbers if n), default=0)
        assert (row.state, row.energy_wh) == ("active", latest * PER_MINUTE_WH)
    once = heard(Station16, session, sorted(set(numbers)))
    assert outcome(station) == outcome(once)


@steady
@given(st.data())
def test_q60_one_session_of_2_0_1_however_it_is_told(data: st.DataObject) -> None:
    session = data.draw(told())
    numbers = data.draw(deliveries(session, start_first=False))
    station = heard(Station201, session, numbers)
    row = station.talk.only()
    known = sorted({_minutes(session, number) for number in numbers})
    assert row.state == ("ended" if session.frames - 1 in numbers else "active")
    assert row.energy_wh == (known[-1] - known[0]) * PER_MINUTE_WH
    assert row.needs_review == (0 not in numbers)
    once = heard(Station201, session, sorted(set(numbers)))
    assert outcome(station) == outcome(once)


def _minutes(session: Told, number: int) -> int:
    return (0, *session.minutes, session.stop)[number]


@steady
@given(st.data())
def test_a_lost_number_still_ends_the_session(data: st.DataObject) -> None:
    """1.6, Q42: the station forgot our number; start and stop name the same tag."""
    session = data.draw(told())
    station = Station16(session)
    station.say(0)
    station.ref = None
    for number in data.draw(st.permutations(range(1, session.frames))):
        station.say(number)
    row = station.talk.only()
    assert (row.state, row.energy_wh) == ("ended", session.stop * PER_MINUTE_WH)
    assert codes(row) == ["matched_without_id"]
