"""transactionId of 1.6: an integer on the wire, a string with us."""

from __future__ import annotations

from chargers.ocpp.fields import Payload, integer
from chargers.ocpp.notes import Notes


def decode_transaction_id(payload: Payload, notes: Notes) -> str | None:
    """As decimal digits; "-1" and "0" of stations that lost it stay (Q42); None when absent."""
    number = integer(payload, "transactionId", notes)
    return None if number is None else str(number)
