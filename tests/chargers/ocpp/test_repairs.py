"""What the quirks of a make change between the wire and the neutral message, both ways."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chargers.domain.commands import ClearCache, DataTransfer, Reset
from chargers.domain.messages import Heartbeat, MeterValues, SignedData, TransactionEvent
from chargers.domain.quirks import STANDARD, Quirks, ResetKinds, TimeStyle
from chargers.domain.results import HeartbeatResult
from chargers.domain.vocabulary import ResetType
from chargers.ocpp import frames
from chargers.ocpp.codec import Codec, Decoded
from chargers.ocpp.errors import NotSupportedError
from tests.chargers.ocpp.support import ALL, NOW, V16, V201, inbound

STOP = (
    '[2,"1","StopTransaction",{"transactionId":7,"meterStop":362,'
    '"timestamp":"2026-03-01T11:59:30Z","transactionData":[{"timestamp":"2026-03-01T11:59:30Z",'
    '"sampledValue":[{"value":"361.25"},{"value":"362.5","unit":"kWh","location":"Body"},'
    '{"value":"9.4","measurand":"Power.Active.Import","unit":"W"}]}]}]'
)
UPDATED = (
    '[2,"1","TransactionEvent",{"eventType":"Updated","timestamp":"2026-03-01T11:59:30Z",'
    '"triggerReason":"MeterValuePeriodic","seqNo":3,"transactionInfo":{"transactionId":"t"},'
    '"meterValue":[{"timestamp":"2026-03-01T11:59:30Z","sampledValue":[{"value":361.25},'
    '{"value":5,"measurand":"Power.Active.Import"},'
    '{"value":7,"measurand":"Power.Active.Import","location":"EV","unitOfMeasure":{"unit":"kW"}},'
    '{"value":16,"measurand":"Current.Import"}]}]}]'
)
IN_KILO = Quirks(register_scale=1000, energy_scale=1000, power_scale=1000)


def decode(codec: Codec, frame: str, quirks: Quirks) -> Decoded:
    call = inbound(codec, frame)
    decoded = codec.decode(call.action, call.payload, quirks)
    assert isinstance(decoded, Decoded)
    return decoded


def test_q65_kwh_called_wh_of_a_known_make_is_read_as_meant() -> None:
    decoded = decode(V16, STOP, IN_KILO)
    assert isinstance(decoded.message, TransactionEvent)
    [reading] = decoded.message.readings
    assert decoded.message.meter_wh == 362_000
    assert (reading.energy_wh, reading.power_w) == (361_250, 9_400)
    assert reading.extra == {"Energy.Active.Import.Register@Body": "362.5 kWh"}
    assert decoded.warnings == ("meterStop: rescaled", "transactionData.sampledValue: rescaled")


def test_q65_only_what_the_make_gets_wrong_is_rescaled() -> None:
    decoded = decode(V16, STOP, Quirks(energy_scale=1000))
    assert isinstance(decoded.message, TransactionEvent)
    [reading] = decoded.message.readings
    assert decoded.message.meter_wh == 362
    assert (reading.energy_wh, reading.power_w) == (361_250, 9)


def test_q65_of_2_0_1_too() -> None:
    decoded = decode(V201, UPDATED, IN_KILO)
    assert isinstance(decoded.message, TransactionEvent)
    [reading] = decoded.message.readings
    assert (reading.energy_wh, reading.power_w, reading.current_ma) == (
        361_250,
        5_000,
        (16_000, None, None),
    )


@pytest.mark.parametrize("frame", [STOP, UPDATED])
def test_the_standard_rescales_nothing(frame: str) -> None:
    codec = V16 if "StopTransaction" in frame else V201
    call = inbound(codec, frame)
    assert decode(codec, frame, STANDARD) == codec.decode(call.action, call.payload)


def test_the_frame_itself_is_not_changed() -> None:
    call = inbound(V16, STOP)
    before = json.dumps(call.payload)
    V16.decode(call.action, call.payload, IN_KILO)
    assert json.dumps(call.payload) == before


@pytest.mark.parametrize("value", ['"much"', "true", "[]", "{}", "null", '"1e999"', "1e400"])
def test_rescaling_survives_what_is_no_number(value: str) -> None:
    frame = STOP.replace("362,", f"{value},").replace('"361.25"', value)
    call = inbound(V16, frame) if value != "1e400" else None
    if call is not None:
        assert isinstance(V16.decode(call.action, call.payload, IN_KILO), Decoded)


@pytest.mark.parametrize(
    "payload",
    ["{}", '{"meterValue":[]}', '{"meterValue":[{}]}', '{"meterValue":[{"sampledValue":[{}]}]}'],
)
def test_rescaling_survives_what_is_missing(payload: str) -> None:
    decoded = decode(V16, f'[2,"1","MeterValues",{payload}]', IN_KILO)
    assert isinstance(decoded.message, MeterValues)


def test_signed_data_is_never_touched() -> None:
    frame = (
        '[2,"1","MeterValues",{"connectorId":1,"meterValue":[{"timestamp":"2026-03-01T11:59:30Z",'
        '"sampledValue":[{"value":"123","format":"SignedData"}]}]}]'
    )
    decoded = decode(V16, frame, IN_KILO)
    assert isinstance(decoded.message, MeterValues)
    assert decoded.message.readings[0].signed == (SignedData(data="123"),)
    assert decoded.warnings == ()


@pytest.mark.parametrize("codec", ALL)
def test_q35_a_make_that_wants_milliseconds_gets_them(codec: Codec) -> None:
    def shown(quirks: Quirks) -> Any:
        return codec.encode_result("Heartbeat", Heartbeat(), HeartbeatResult(now=NOW), quirks)

    assert shown(STANDARD) == {"currentTime": "2026-03-01T12:00:00Z"}
    payload = shown(Quirks(time_style=TimeStyle.MILLISECONDS))
    assert payload == {"currentTime": "2026-03-01T12:00:00.000Z"}
    assert codec.result_faults("Heartbeat", payload) == ()


@pytest.mark.parametrize(
    ("kinds", "asked", "sent"),
    [
        (ResetKinds.ANY, ResetType.ON_IDLE, "Soft"),
        (ResetKinds.ANY, ResetType.IMMEDIATE, "Hard"),
        (ResetKinds.HARD_ONLY, ResetType.ON_IDLE, "Hard"),
        (ResetKinds.SOFT_ONLY, ResetType.IMMEDIATE, "Soft"),
    ],
)
def test_a_reset_is_sent_as_the_kind_that_works(
    kinds: ResetKinds, asked: ResetType, sent: str
) -> None:
    encoded = V16.encode_command(Reset(type=asked), Quirks(reset_kinds=kinds))
    assert encoded == ("Reset", {"type": sent})


def test_what_a_make_does_not_support_is_not_sent() -> None:
    quirks = Quirks(unsupported_commands=("clear_cache",))
    with pytest.raises(NotSupportedError) as error:
        V16.encode_command(ClearCache(), quirks)
    assert error.value.outcome.detail == {"reason": "this make is known not to support clear_cache"}
    assert V16.encode_command(DataTransfer(vendor_id="x"), quirks).action == "DataTransfer"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('[2,"1","M",{"transactionId":,"a":1}]', {"transactionId": None, "a": 1}),
        ('[2,"1","M",{"a":1,"b": }]', {"a": 1, "b": None}),
        ('[2,"1","M",{"a":":,","b":,"c":"\\":,"}]', {"a": ":,", "b": None, "c": '":,'}),
        ('[2,"1","M",{"a":[{"b":},{"c":2}]}]', {"a": [{"b": None}, {"c": 2}]}),
    ],
)
def test_q16_values_left_out_are_read_as_null_for_a_make_that_does_so(
    text: str, value: Any
) -> None:
    assert frames.parse(text).frame is None
    parsed = frames.parse(text, fill_empty=True)
    assert parsed.frame == [2, "1", "M", value]
    assert parsed.flags == ("empty_values",)


@pytest.mark.parametrize("text", ['[2,"1","M",{"a":,"b', "[2,", '[2,"1","M",{,}]', '["a\\'])
def test_q16_nothing_else_is_guessed(text: str) -> None:
    assert frames.parse(text, fill_empty=True).frame is None


def test_q16_filling_takes_linear_time() -> None:
    assert frames.parse('[2,"1","M",{"a":' + '\\"' * 300_000, fill_empty=True).frame is None
