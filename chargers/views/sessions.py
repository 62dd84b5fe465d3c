"""What the pages show of a transaction ("session" in the portal's words)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from chargers.domain.vocabulary import ChargingState
from chargers.models import Transaction, TransactionState
from chargers.selectors import TransactionCursor
from common.clock import utc_now
from common.slots import Panel, panels_for
from common.states import words

ODDITIES: dict[str, Any] = {
    "untrusted_clock": lazy("The station's clock was wrong; our own times count."),
    "start_repeated": lazy(
        "The start came twice without a usable time; it is taken for one session."
    ),
    "start_missing": lazy("The start never arrived; it was worked out from what came later."),
    "unauthorised": lazy("The vehicle charged although the token was refused."),
    "no_token": lazy("Energy flowed, but nobody showed a token: there is no one to pay for it."),
    "superseded": lazy("Ended by rule: another session began at the same place."),
    "offline_too_long": lazy("Ended by rule: the station stayed offline for too long."),
    "forgotten_after_boot": lazy(
        "Ended by rule: the station restarted and its connector was free."
    ),
    "hardware_replaced": lazy("Ended by rule: the station's hardware was replaced."),
    "completed_late": lazy("The station's own stop came late and has completed the session."),
    "orphan": lazy("A stop arrived for a session that was never started."),
    "matched_without_id": lazy(
        "The station lost the session's number; it was matched by place and time."
    ),
    "second_stop": lazy("A second, different stop arrived; the first one counts."),
    "stop_before_start": lazy("The stop lies before the start."),
    "missing_events": lazy("Some messages of the station never arrived."),
    "numbering_restarted": lazy("The station began to count its messages anew."),
    "energy_negative": lazy("The meter ran backwards."),
    "energy_implausible": lazy("The meter claims more energy than the station can deliver."),
    "energy_from_samples": lazy(
        "The meter stop is missing; energy was taken from the last reading."
    ),
    "energy_unknown": lazy("There is no usable meter reading; energy is unknown."),
    "energy_disagrees": lazy("Meter stop and readings disagree."),
    "energy_after_stop": lazy("The meter went on after the stop."),
    "signed_values_wrong": lazy("The signed meter values do not prove the session."),
    "signed_values_incomplete": lazy("Signed meter values are incomplete."),
    "meter_key_changed": lazy("The station brought another public key of its meter."),
    "limit_not_obeyed": lazy("The session came to a limit and the station does not stop it."),
    "no_tariff": lazy("No tariff was found for it: it has no price, and it is not free."),
}


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session in a list; `costs` is what higher apps say of its cost."""

    transaction: Transaction
    costs: Sequence[Panel] = ()

    @property
    def state(self) -> str:
        """Key of `common.states` for the look."""
        tx = self.transaction
        if not tx.is_active:
            return "warning" if tx.state == TransactionState.PROVISIONAL else "ended"
        return "charging" if tx.is_charging else "occupied"

    @property
    def state_words(self) -> str:
        tx = self.transaction
        if tx.state == TransactionState.PROVISIONAL:
            return _("Ended by rule")
        if not tx.is_active:
            return _("Ended")
        return words(tx.charging_state or ChargingState.CHARGING)

    @property
    def seconds(self) -> float | None:
        tx = self.transaction
        return (tx.ended_at - tx.started_at).total_seconds() if tx.ended_at else None


def session_rows(transactions: Iterable[Transaction]) -> list[SessionRow]:
    """Rows in the given order, with their costs in bulk: whoever sees a session sees its cost."""
    found = list(transactions)
    ids = [transaction.pk for transaction in found]
    costs = panels_for("transaction_cost", ids, permissions=frozenset(), now=utc_now())
    return [SessionRow(transaction, costs[transaction.pk]) for transaction in found]


def cursor_text(cursor: TransactionCursor | None) -> str:
    """A cursor for the address; empty on the last page."""
    if cursor is None:
        return ""
    plain = f"{cursor.started_at.isoformat()}|{cursor.id}"
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def cursor_of(text: str) -> TransactionCursor | None:
    """A cursor out of the address; nonsense starts at the newest."""
    try:
        padded = text[:200] + "=" * (-len(text[:200]) % 4)
        started_at, _bar, key = base64.urlsafe_b64decode(padded).decode().partition("|")
        at = datetime.fromisoformat(started_at)
        return TransactionCursor(started_at=at, id=UUID(key)) if at.tzinfo else None
    except (ValueError, binascii.Error):
        return None


def oddity_words(warnings: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    """Stored warnings as sentences (see `chargers.domain.review.Oddity`)."""
    return [
        {
            "text": str(ODDITIES.get(str(one.get("code")), words(str(one.get("code"))))),
            "detail": str(one.get("detail", "")),
        }
        for one in warnings
    ]
