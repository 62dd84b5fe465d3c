"""Which time an event gets: the device's, when it can be believed, else the time of receipt.

Every event keeps three times: device, received, corrected. Only the corrected one is used in
rules; it never lies after the time of receipt, for nothing happens after it was told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# OCPP stations older than this do not exist: an earlier time is a clock that was never set.
EARLIEST_PLAUSIBLE = datetime(2015, 1, 1, tzinfo=UTC)
MAX_AHEAD = timedelta(hours=24)
# Outside of these years a stored time breaks time-zone arithmetic or a database.
_LAST_STORABLE = datetime(2200, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CorrectedTime:
    """`at` is what rules use; `is_trusted` is False when the device's clock was not believed."""

    at: datetime
    is_trusted: bool


def is_plausible(device_at: datetime | None, received_at: datetime) -> bool:
    """Whether a device time may be believed: readable, from 2015 on, at most 24 h ahead."""
    return device_at is not None and EARLIEST_PLAUSIBLE <= device_at <= received_at + MAX_AHEAD


def correct(
    device_at: datetime | None, *, received_at: datetime, reference: datetime | None = None
) -> CorrectedTime:
    """The corrected time of an event.

    Args:
        device_at: by the station's clock; None when missing or unreadable.
        received_at: when we received the message.
        reference: device time of the message that carried the event (a reading inside of a stop).
            With a clock that is wrong but runs, the distance of both is still right.

    Returns:
        The device's time where plausible (offline replays may be days old), but not after
        `received_at`; else the time of receipt less the distance to `reference`, untrusted.
    """
    if device_at is not None and is_plausible(device_at, received_at):
        return CorrectedTime(min(device_at, received_at), is_trusted=True)
    return CorrectedTime(received_at - _distance(device_at, reference), is_trusted=False)


def _distance(device_at: datetime | None, reference: datetime | None) -> timedelta:
    if device_at is None or reference is None:
        return timedelta(0)
    distance = reference - device_at
    return distance if timedelta(0) <= distance <= MAX_AHEAD else timedelta(0)


def storable(device_at: datetime | None) -> datetime | None:
    """The device's time as it may be stored beside the corrected one; None for poison values."""
    if device_at is None or not EPOCH <= device_at <= _LAST_STORABLE:
        return None
    return device_at


def elapsed(
    *,
    started_at: datetime,
    ended_at: datetime,
    started_device_at: datetime | None,
    ended_device_at: datetime | None,
) -> timedelta:
    """Duration of a session for plausibility checks, never negative.

    A session that was replayed with an unset clock starts and ends at its receipt; the distance
    of the two device times, both by the same unset clock, says more.
    """
    corrected = max(ended_at - started_at, timedelta(0))
    if started_device_at is None or ended_device_at is None:
        return corrected
    if started_device_at >= EARLIEST_PLAUSIBLE or ended_device_at >= EARLIEST_PLAUSIBLE:
        return corrected
    return max(corrected, ended_device_at - started_device_at)
