from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chargers.domain.clocks import EPOCH, CorrectedTime, correct, elapsed, is_plausible, storable

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("device_at", "corrected"),
    [
        (NOW, CorrectedTime(NOW, is_trusted=True)),
        # an offline replay of days ago
        (NOW - 90 * 24 * HOUR, CorrectedTime(NOW - 90 * 24 * HOUR, is_trusted=True)),
        # a clock that runs ahead: nothing happens after it was told
        (NOW + HOUR, CorrectedTime(NOW, is_trusted=True)),
        (NOW + 24 * HOUR, CorrectedTime(NOW, is_trusted=True)),
        (NOW + 24 * HOUR + timedelta(seconds=1), CorrectedTime(NOW, is_trusted=False)),
        (datetime(2015, 1, 1, tzinfo=UTC), CorrectedTime(datetime(2015, 1, 1, tzinfo=UTC), True)),
        (datetime(2014, 12, 31, 23, 59, 59, tzinfo=UTC), CorrectedTime(NOW, is_trusted=False)),
        (datetime(1970, 1, 1, 0, 0, 23, tzinfo=UTC), CorrectedTime(NOW, is_trusted=False)),
        (None, CorrectedTime(NOW, is_trusted=False)),
    ],
)
def test_q31_corrected_time(device_at: datetime | None, corrected: CorrectedTime) -> None:
    assert correct(device_at, received_at=NOW) == corrected
    assert is_plausible(device_at, NOW) is corrected.is_trusted


def test_q31_distance_within_a_message_survives_an_unset_clock() -> None:
    stop = EPOCH + 2 * HOUR
    assert correct(EPOCH + HOUR, received_at=NOW, reference=stop).at == NOW - HOUR
    assert correct(EPOCH + 3 * HOUR, received_at=NOW, reference=stop).at == NOW
    assert correct(EPOCH, received_at=NOW, reference=EPOCH + 25 * HOUR).at == NOW
    assert correct(None, received_at=NOW, reference=stop).at == NOW


@pytest.mark.parametrize(
    ("device_at", "stored"),
    [
        (EPOCH, EPOCH),
        (NOW, NOW),
        (datetime(1, 1, 1, tzinfo=UTC), None),
        (datetime(9999, 12, 31, tzinfo=UTC), None),
        (None, None),
    ],
)
def test_q34_poison_times_are_not_stored(
    device_at: datetime | None, stored: datetime | None
) -> None:
    assert storable(device_at) == stored


def test_elapsed_prefers_the_unset_clock_of_an_offline_session() -> None:
    def seconds(started: datetime | None, ended: datetime | None) -> float:
        span = elapsed(
            started_at=NOW,
            ended_at=NOW + timedelta(seconds=5),
            started_device_at=started,
            ended_device_at=ended,
        )
        return span.total_seconds()

    assert seconds(EPOCH, EPOCH + HOUR) == 3600
    assert seconds(EPOCH, NOW) == 5
    assert seconds(None, EPOCH) == 5
    assert seconds(NOW, NOW) == 5
    assert elapsed(
        started_at=NOW, ended_at=NOW - HOUR, started_device_at=None, ended_device_at=None
    ) == timedelta(0)
