"""Content keys: a repeated message is recognised by what it says, never by its message id.

No boot number or connection is part of a key: a reboot between our commit and our answer makes
the station say the same thing again.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

from chargers.domain.clocks import is_plausible
from chargers.domain.messages import Reading


def start_key(
    *,
    station_id: UUID,
    evse: int | None,
    id_token_uid: str,
    device_at: datetime | None,
    received_at: datetime,
    meter_start_wh: int | None,
) -> str:
    """Digest of a transaction start, 64 hexadecimal digits.

    Empty when the device's time cannot be trusted: without it two honest sessions may look
    alike, so the caller compares with the session that is open and flags.
    """
    if device_at is None or not is_plausible(device_at, received_at):
        return ""
    content = (
        str(station_id),
        evse,
        id_token_uid.upper(),
        device_at.isoformat(),
        meter_start_wh,
    )
    return hashlib.sha256(_encoded(content)).hexdigest()


def reading_digest(reading: Reading, *, evse: int) -> int:
    """64 bits (signed, for a BIGINT column) of everything that a reading says."""
    content = (
        evse,
        reading.device_at.isoformat() if reading.device_at else None,
        reading.context,
        reading.energy_wh,
        reading.power_w,
        reading.current_ma,
        reading.voltage_mv,
        reading.soc_percent,
        sorted(reading.extra.items()),
    )
    digest = hashlib.blake2b(_encoded(content), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _encoded(content: tuple[object, ...]) -> bytes:
    # repr and not JSON: it takes integers of any size, and lone surrogates are escaped.
    return repr(content).encode("utf-8", "backslashreplace")


def orphan_ref(transaction_ref: str | None, *, content: tuple[object, ...]) -> str:
    """The reference under which a stop without a session is kept, at most 40 characters.

    A real reference stands for itself; "-1", "0" and nothing are told apart by content.
    """
    if not is_lost_ref(transaction_ref) and transaction_ref is not None:
        return transaction_ref[:40]
    digest = hashlib.sha256(_encoded(content)).hexdigest()
    return f"lost-{digest[:32]}"


def is_lost_ref(transaction_ref: str | None) -> bool:
    """Whether a station says that it does not know its transaction's id."""
    return transaction_ref is None or transaction_ref.strip() in ("", "-1", "0")
