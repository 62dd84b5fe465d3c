"""Whatever is sent: no exception, at most one answer, and transactions are never refused."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chargers.domain.messages import Reading
from chargers.ocpp.codec import Codec, Decoded
from chargers.ocpp.errors import CallProblem
from chargers.ocpp.masking import mask_secrets
from chargers.ocpp.session import InboundCall, Reject
from tests.chargers.ocpp.support import ALL, NOW, V16, V21, V201, make_session
from tests.chargers.ocpp.test_commands import SENT, SENT_BY_2_1
from tests.chargers.ocpp.v16 import test_inbound as golden16
from tests.chargers.ocpp.v201 import test_inbound as golden201

steady = settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(min_value=-(2**70), max_value=2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["1", "-1", "1.5", "true", "Wh", "1e999999", "NaN", "2026-03-01T12:00:00Z"])
)
NAMES = st.sampled_from(
    [
        "connectorId",
        "idTag",
        "meterStart",
        "meterStop",
        "timestamp",
        "transactionId",
        "transactionData",
        "meterValue",
        "sampledValue",
        "value",
        "unit",
        "unitOfMeasure",
        "multiplier",
        "measurand",
        "phase",
        "location",
        "context",
        "format",
        "status",
        "errorCode",
        "eventType",
        "transactionInfo",
        "evse",
        "id",
        "idToken",
        "type",
        "seqNo",
        "offline",
        "chargingState",
        "evseId",
        "stoppedReason",
        "signedMeterValue",
        "chargingStation",
        "modem",
        "requestId",
        "reportData",
        "component",
        "variable",
        "variableAttribute",
        "name",
        "vendorId",
        "connectorStatus",
        "reservationId",
        "remoteStartId",
    ]
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(NAMES, inner, max_size=6)
        | st.dictionaries(st.text(max_size=5), inner, max_size=2)
    ),
    max_leaves=30,
)
PAYLOADS = st.dictionaries(NAMES, JSON, max_size=8) | JSON
CODECS = st.sampled_from(ALL)
ACTIONS = st.sampled_from(sorted({action for codec in ALL for action in codec.inbound}))
NEVER_REFUSED = [
    (V16, "StartTransaction"),
    (V16, "StopTransaction"),
    (V16, "MeterValues"),
    (V16, "BootNotification"),
    (V201, "TransactionEvent"),
    (V201, "MeterValues"),
    (V201, "BootNotification"),
    (V21, "TransactionEvent"),
    (V21, "MeterValues"),
    (V21, "BootNotification"),
]


GOLDEN = [
    *((V16, frame) for frame in (golden16.BOOT, golden16.START, golden16.STOP, golden16.METER)),
    *(
        (codec, frame)
        for codec in (V201, V21)
        for frame in (golden201.BOOT, golden201.STARTED, golden201.UPDATED, golden201.ENDED)
    ),
]


def mutated(value: Any) -> st.SearchStrategy[Any]:
    """`value` with any of its nodes replaced, left out or turned into a list of itself."""
    if isinstance(value, dict):
        kept: st.SearchStrategy[Any] = st.fixed_dictionaries(
            {}, optional={name: mutated(item) for name, item in value.items()}
        )
    elif isinstance(value, list):
        kept = st.lists(st.one_of([mutated(item) for item in value]), max_size=3)
    else:
        kept = st.just(value)
    return st.one_of(kept, kept, kept, SCALARS, st.lists(kept, max_size=2))


def _receive(codec: Codec, raw: str | bytes) -> None:
    session = make_session(codec)
    session.call("Reset", {}, timeout=NOW - NOW)
    session.next_call(NOW)
    events = session.receive(raw, NOW)
    assert len(events) == 1
    for event in events:
        if isinstance(event, Reject):
            kind, message_id, *_ = json.loads(event.reply_text)
            assert (kind, message_id) == (4, event.message_id)
        if isinstance(event, InboundCall):
            codec.decode(event.action, event.payload)
            json.loads(session.reply(event.message_id, {}))


@steady
@given(CODECS, st.text() | st.binary())
def test_any_text(codec: Codec, raw: str | bytes) -> None:
    _receive(codec, raw)


@steady
@given(CODECS, st.lists(JSON, max_size=5) | JSON)
def test_any_json(codec: Codec, frame: Any) -> None:
    _receive(codec, json.dumps(frame))


@steady
@given(CODECS, ACTIONS, PAYLOADS, st.integers(min_value=0, max_value=400))
def test_cut_frames(codec: Codec, action: str, payload: Any, length: int) -> None:
    _receive(codec, json.dumps([2, "id", action, payload])[:length])


@steady
@given(st.text() | st.binary(), st.integers(min_value=0, max_value=400))
def test_masking_takes_any_text(raw: str | bytes, length: int) -> None:
    text = raw if isinstance(raw, str) else raw.decode("latin-1")
    mask_secrets(text)
    mask_secrets(f'[2,"1","ChangeConfiguration",{{"key":"AuthorizationKey"{text}'[:length])


@steady
@given(CODECS, ACTIONS, PAYLOADS)
def test_decoders_never_raise_and_neither_leak(codec: Codec, action: str, payload: Any) -> None:
    outcome = codec.decode(action, payload)
    if isinstance(outcome, Decoded):
        assert len(outcome.warnings) <= 21
    else:
        assert len(outcome.description) < 60


@pytest.mark.parametrize(("codec", "action"), NEVER_REFUSED)
@steady
@given(payload=PAYLOADS)
def test_transactions_and_boots_are_never_refused(codec: Codec, action: str, payload: Any) -> None:
    decoded = codec.decode(action, payload)
    _assert_taken(decoded)


@pytest.mark.parametrize(("codec", "frame"), GOLDEN)
@steady
@given(data=st.data())
def test_one_fault_in_a_good_frame_is_never_refused(
    codec: Codec, frame: str, data: st.DataObject
) -> None:
    _, _, action, payload = json.loads(frame)
    _assert_taken(codec.decode(action, data.draw(mutated(payload))))


def _assert_taken(decoded: Decoded | CallProblem) -> None:
    assert isinstance(decoded, Decoded)
    assert decoded.message is not None
    for reading in getattr(decoded.message, "readings", ()):
        _assert_storable(reading)


def _assert_storable(reading: Reading) -> None:
    """One value that no column can hold would fail a whole batch."""
    numbers = (reading.power_w, reading.voltage_mv, *reading.current_ma)
    assert all(abs(number) < 2**31 for number in numbers if number is not None)
    assert reading.energy_wh is None or abs(reading.energy_wh) < 2**63
    assert reading.soc_percent is None or 0 <= reading.soc_percent <= 100
    assert len(reading.context) <= 24
    orjson.dumps(dict(reading.extra))


@steady
@given(CODECS, PAYLOADS)
def test_outcomes_never_raise_and_can_be_stored(codec: Codec, payload: Any) -> None:
    every = [*(sent[0] for sent in SENT), *(sent[0] for sent in SENT_BY_2_1)]
    for command in (known for known in every if known.kind in codec.outbound):
        outcome = codec.decode_outcome(command, payload)
        assert len(outcome.raw_status) <= 50
        orjson.dumps(outcome.detail, option=orjson.OPT_NON_STR_KEYS)
