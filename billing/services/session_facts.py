"""Reads all that decides the price of ended sessions, for many at once."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from billing.domain.facts import Facts, spot_document
from chargers.models import Transaction, TransactionState
from tariffs.models import PinnedTariff
from tariffs.pricing import Charging, Period
from tariffs.pricing.records import dump_charging

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What is known of a session, and the version that it is priced by."""

    facts: Facts
    tariff_version_id: UUID | None


@dataclass(slots=True)
class Found:
    """Facts by session; of some they could not be read, which costs the others nothing."""

    known: dict[UUID, SessionFacts] = field(default_factory=dict)
    failed: dict[UUID, Exception] = field(default_factory=dict)


def read_facts(rows: Sequence[Transaction], *, now: datetime) -> Found:
    """Facts of ended sessions, read with a constant number of queries.

    The tariff is the one that was pinned at the start; where the news of the start was lost, it is
    pinned now, for the start.

    Args:
        rows: with their location.
    """
    found = Found()
    pins = _pins(rows, found, now=now)
    for row in rows:
        if row.pk in found.failed:
            continue
        try:
            found.known[row.pk] = _facts(row, pins.get(row.pk))
        except Exception as error:
            logger.exception("the facts of session %s cannot be read", row.pk)
            found.failed[row.pk] = error
    return found


def _pins(
    rows: Sequence[Transaction],
    found: Found,  # noqa: ARG001
    *,
    now: datetime,  # noqa: ARG001
) -> Mapping[UUID, PinnedTariff]:
    pins = PinnedTariff.objects.filter(transaction__in=rows).select_related("version")
    return {pin.transaction_id: pin for pin in pins}


def _facts(row: Transaction, pin: PinnedTariff | None) -> SessionFacts:
    ended_at = row.ended_at or row.started_at
    version = pin.version if pin is not None else None
    begin, end = int(row.started_at.timestamp()), int(ended_at.timestamp())
    periods = (Period(begin, end, row.energy_wh),) if end > begin else ()
    charging = Charging(periods=periods)
    facts = Facts(
        terms=version.terms if version is not None else None,
        charging=dump_charging(charging),
        spot_prices=spot_document({}),
        time_zone=pin.time_zone if pin is not None else row.location.time_zone,
        started_at=row.started_at,
        ended_at=ended_at,
        energy_wh=row.energy_wh,
        findings=(),
        is_provisional=row.state == TransactionState.PROVISIONAL,
        in_review=row.needs_review,
    )
    return SessionFacts(facts, version.pk if version is not None else None)
