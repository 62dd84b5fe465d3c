from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bench.messages import DIALECTS, Message, Session

NOW = datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)


def _session() -> Session:
    return Session(id_tag="TAG", meter_start=100, ref=7)


def _registers(message: Message) -> list[Any]:
    (value,) = message[1]["meterValue"]
    return [sample["value"] for sample in value["sampledValue"]]


@pytest.mark.parametrize("protocol", DIALECTS)
def test_each_reading_finds_one_more_watt_hour(protocol: str) -> None:
    session = _session()
    dialect = DIALECTS[protocol]

    registers = [int(_registers(dialect.reading(session, NOW))[0]) for _ in range(3)]

    assert registers == [101, 102, 103]
    assert session.facts("A") == {"identity": "A", "ref": 7, "meter_start": 100, "readings": 3}


def test_a_reading_of_16_has_four_samples_and_a_utc_stamp() -> None:
    action, payload = DIALECTS["ocpp1.6"].reading(_session(), NOW)

    assert action == "MeterValues"
    assert payload["transactionId"] == 7
    assert payload["meterValue"][0]["timestamp"] == "2026-01-02T03:04:05.678Z"
    assert len(payload["meterValue"][0]["sampledValue"]) == 4


def test_sequence_numbers_of_201_have_no_gap() -> None:
    session = _session()
    dialect = DIALECTS["ocpp2.0.1"]

    events = [
        dialect.start(session, NOW),
        dialect.reading(session, NOW),
        dialect.stop(session, NOW),
    ]

    assert [payload["seqNo"] for _, payload in events] == [0, 1, 2]
    assert [payload["eventType"] for _, payload in events] == ["Started", "Updated", "Ended"]
    assert len({payload["transactionInfo"]["transactionId"] for _, payload in events}) == 1


def test_a_refused_start_is_an_error() -> None:
    with pytest.raises(AssertionError):
        DIALECTS["ocpp1.6"].started(_session(), {"idTagInfo": {"status": "Invalid"}})
