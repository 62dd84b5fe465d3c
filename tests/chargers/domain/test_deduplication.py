from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from chargers.domain.deduplication import is_lost_ref, orphan_ref, reading_digest, start_key
from chargers.domain.messages import Reading

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
STATION = UUID(int=1)


def key(**values: Any) -> str:
    start = {
        "station_id": STATION,
        "evse": 1,
        "id_token_uid": "04A2",
        "device_at": NOW,
        "received_at": NOW,
        "meter_start_wh": 1_000,
    }
    return start_key(**{**start, **values})


def test_the_same_start_has_the_same_key() -> None:
    assert len(key()) == 64
    assert key() == key(received_at=NOW + timedelta(days=3)) == key(id_token_uid="04a2")


@pytest.mark.parametrize(
    "other",
    [
        {"station_id": UUID(int=2)},
        {"evse": 2},
        {"id_token_uid": "04A3"},
        {"device_at": NOW - timedelta(seconds=1)},
        {"meter_start_wh": 1_001},
        {"meter_start_wh": None},
    ],
)
def test_another_start_has_another_key(other: dict[str, Any]) -> None:
    assert key() != key(**other)


@pytest.mark.parametrize("device_at", [None, datetime(1970, 1, 1, tzinfo=UTC)])
def test_q38_no_key_without_a_trusted_clock(device_at: datetime | None) -> None:
    assert key(device_at=device_at) == ""


def test_reading_digest_fits_a_signed_bigint_and_sees_every_field() -> None:
    reading = Reading(device_at=NOW, energy_wh=1, extra={"a": "1", "b": "2"})
    digest = reading_digest(reading, evse=1)
    assert -(2**63) <= digest < 2**63
    assert digest == reading_digest(replace(reading, extra={"b": "2", "a": "1"}), evse=1)
    others = [
        reading_digest(reading, evse=2),
        *(
            reading_digest(replace(reading, **change), evse=1)
            for change in (
                {"device_at": None},
                {"context": "Transaction.End"},
                {"energy_wh": 10**30},
                {"power_w": 1},
                {"current_ma": (1, None, None)},
                {"voltage_mv": 1},
                {"soc_percent": 1},
                {"extra": {"a": "\ud800"}},
            )
        ),
    ]
    assert len({digest, *others}) == 10


@pytest.mark.parametrize("ref", ["-1", "0", "", " 0 ", None])
def test_q42_lost_references(ref: str | None) -> None:
    assert is_lost_ref(ref)
    first = orphan_ref(ref, content=(1,))
    assert first.startswith("lost-")
    assert len(first) == 37
    assert first == orphan_ref(ref, content=(1,)) != orphan_ref(ref, content=(2,))


def test_real_references_stand_for_themselves() -> None:
    assert not is_lost_ref("10")
    assert orphan_ref("10", content=(1,)) == "10"
    assert orphan_ref("x" * 60, content=(1,)) == "x" * 40
