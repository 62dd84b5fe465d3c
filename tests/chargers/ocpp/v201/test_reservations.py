"""Block H of OCPP 2.0.1 and 2.1, station to us."""

from __future__ import annotations

import pytest

from chargers.domain.messages import ReservationStatusUpdate
from chargers.domain.results import Acknowledged
from chargers.domain.vocabulary import ReservationUpdateStatus
from chargers.ocpp.codec import Codec
from tests.chargers.ocpp.support import V21, V201, answer, decode, message, refusal

pytestmark = pytest.mark.parametrize("codec", [V201, V21], ids=lambda codec: codec.subprotocol)

FRAME = '[2,"9","ReservationStatusUpdate",{"reservationId":12,"reservationUpdateStatus":"%s"}]'


@pytest.mark.parametrize("word", ["Expired", "Removed"])
def test_reservation_status_update(codec: Codec, word: str) -> None:
    assert message(codec, FRAME % word) == ReservationStatusUpdate(
        reservation_id=12, status=ReservationUpdateStatus(word)
    )
    assert answer(codec, FRAME % word, Acknowledged()) == [3, "9", {}]


def test_a_word_that_nobody_knows_is_acknowledged_and_changes_nothing(codec: Codec) -> None:
    decoded = decode(codec, FRAME % "Eaten")
    assert decoded.message is None
    assert decoded.warnings == ("reservationUpdateStatus: enum",)


def test_an_update_without_a_number_is_refused(codec: Codec) -> None:
    frame = '[2,"9","ReservationStatusUpdate",{"reservationUpdateStatus":"Expired"}]'
    assert refusal(codec, frame)[:3] == [4, "9", "OccurrenceConstraintViolation"]
