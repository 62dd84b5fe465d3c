"""Readings of a session that is over are told, so that whoever has priced it looks again."""

from __future__ import annotations

import pytest

from chargers.domain.messages import MeterValues
from chargers.domain.timeline import sentence
from chargers.domain.vocabulary import ChargingState
from tests.chargers.services.conversation import Conversation, at, reading

pytestmark = pytest.mark.django_db

LATE: tuple[str, dict[str, object]] = ("readings_came_late", {})


def late(talk: Conversation) -> int:
    return talk.events().count(LATE)


def test_meter_values_after_the_stop_are_told_once_a_message() -> None:
    talk = Conversation.begin()
    talk.start(0, meter_wh=0)
    ref = talk.only().station_ref
    values = MeterValues(
        evse=1,
        connector=1,
        transaction_ref=ref,
        readings=(reading(5, 500), reading(6, 600)),
    )
    talk.say(values, received=at(6))
    assert late(talk) == 0
    talk.stop(10, ref, meter_wh=1_000)
    talk.say(values, received=at(11))
    assert late(talk) == 1
    assert talk.only().energy_wh == 1_000
    assert sentence("chargers.readings_came_late", {}) == "Readings came after the end"


def test_an_event_after_the_end_is_told_when_it_says_something() -> None:
    talk = Conversation.begin(protocol="ocpp2.0.1")
    talk.start(0, transaction_ref="a", seq_no=0, meter_wh=0)
    talk.stop(10, "a", seq_no=4, meter_wh=1_000)
    talk.update(2, "a", seq_no=1, received=at(11))
    assert late(talk) == 0
    talk.update(3, "a", seq_no=2, received=at(11), readings=(reading(3, 300),))
    talk.update(4, "a", seq_no=3, received=at(11), charging_state=ChargingState.SUSPENDED_EV)
    assert late(talk) == 2
