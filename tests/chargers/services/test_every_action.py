"""Whatever the standard lets a station say is answered, and the answer is one of the standard."""

from __future__ import annotations

import pytest

from chargers.domain.messages import Message
from chargers.domain.results import Acknowledged, Result
from chargers.ocpp.codec import Codec, Decoded, OutboundChoice
from chargers.ocpp.errors import CallProblem, ErrorCode
from tests.chargers.ocpp.support import ALL, V21, V201
from tests.chargers.services.conversation import Conversation
from tests.factories import NOW
from tests.support.payloads import request_payload, requests_of

pytestmark = pytest.mark.django_db

# Requests of 2.1 that only a CSMS sends and that none of our forms and endpoints asks for; a
# custom command sends them.
NOT_ASKED_FOR = frozenset(
    {
        "AFRRSignal",
        "AdjustPeriodicEventStream",
        "ClearDERControl",
        "GetDERControl",
        "GetPeriodicEventStream",
        "NotifyAllowedEnergyTransfer",
        "RequestBatterySwap",
        "SetDERControl",
    }
)
EVERY = [(codec, action) for codec in ALL for action in sorted(codec.inbound)]
# The CSR, the tag and the like are made up: these say so with a code of their own.
REFUSED = {"SignCertificate": ErrorCode.PROPERTY_CONSTRAINT_VIOLATION}


@pytest.fixture(params=["smallest", "everything"])
def full(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "everything")


@pytest.mark.parametrize(
    ("codec", "action"), EVERY, ids=[f"{codec.subprotocol}-{action}" for codec, action in EVERY]
)
def test_every_action_is_answered_by_the_schema(codec: Codec, action: str, full: bool) -> None:
    payload = request_payload(codec, action, full=full)
    assert codec.checker.request(action).accepts(payload)
    decoded = codec.decode(action, payload)
    if isinstance(decoded, CallProblem):
        assert decoded.code == REFUSED.get(action)
        return
    assert isinstance(decoded, Decoded)
    talk = Conversation.begin(protocol=codec.subprotocol)
    result = _say(talk, decoded.message)
    answer = codec.encode_result(action, decoded.message, result)
    if action not in codec.checker.sends:
        assert codec.result_faults(action, answer) == ()
    assert _say(talk, decoded.message).__class__ is result.__class__


def _say(talk: Conversation, message: Message | None) -> Result:
    return Acknowledged() if message is None else talk.say(message, received=NOW)


@pytest.mark.parametrize(
    ("folder", "codec", "left"), [("v201", V201, frozenset()), ("v21", V21, NOT_ASKED_FOR)]
)
def test_every_request_is_known_in_its_direction(
    folder: str, codec: Codec, left: frozenset[str]
) -> None:
    unknown = requests_of(folder) - set(codec.inbound) - _sent(codec)
    assert unknown == left
    assert not codec.unsupported


def _sent(codec: Codec) -> set[str]:
    actions = set()
    for entry in codec.outbound.values():
        routes = entry.routes if isinstance(entry, OutboundChoice) else (entry,)
        actions |= {route.action for route in routes}
    return actions
