"""The prices that were locked for ended sessions; what is missing is locked now, for the start."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.transaction import atomic

from chargers.models import Transaction
from tariffs.models import PinnedTariff
from tariffs.services.pinning import pin_tariff, pins_for_bills

logger = logging.getLogger(__name__)

Pins = dict[UUID, PinnedTariff]


def locked_prices(
    rows: Sequence[Transaction], *, now: datetime
) -> tuple[Pins, dict[UUID, Exception]]:
    """The locked price of each session, settled from now on; and what went wrong with which.

    Where no tariff is found the session is flagged for review, and so are the rows given here.

    Args:
        rows: with their locations and EVSEs.
    """
    failed: dict[UUID, Exception] = {}
    try:
        with atomic():
            pins = pins_for_bills(transactions=rows, now=now)
    except Exception:
        logger.exception("locking %d prices one by one", len(rows))
        pins, failed = _singly(rows, now)
    _refresh_review([row for row in rows if _has_none(pins.get(row.pk))])
    return pins, failed


def _singly(rows: Sequence[Transaction], now: datetime) -> tuple[Pins, dict[UUID, Exception]]:
    """One that cannot be locked must not cost the others theirs."""
    pins: Pins = {}
    failed: dict[UUID, Exception] = {}
    for row in rows:
        try:
            with atomic():
                pins |= pins_for_bills(transactions=[row], now=now)
        except Exception as error:
            logger.exception("the price of session %s cannot be locked", row.pk)
            failed[row.pk] = error
    return pins, failed


def _has_none(pin: PinnedTariff | None) -> bool:
    return pin is None or pin.version_id is None


def _refresh_review(rows: Sequence[Transaction]) -> None:
    """Looking for a price in vain has put them into review."""
    if not rows:
        return
    found = Transaction.objects.filter(pk__in=[row.pk for row in rows])
    in_review = dict(found.values_list("pk", "needs_review"))
    for row in rows:
        row.needs_review = in_review[row.pk]


def look_again(transaction_id: UUID, *, now: datetime) -> None:
    """Look for a price once more where none was found, after a person has put the tariffs right."""
    row = Transaction.objects.select_related("location", "evse").get(pk=transaction_id)
    pin_tariff(transaction=row, now=now, again=True)


def known_prices(rows: Sequence[Transaction]) -> Pins:
    """The locked prices that there are; nothing is written."""
    pins = PinnedTariff.objects.filter(transaction__in=rows).select_related("version")
    return {pin.transaction_id: pin for pin in pins}
