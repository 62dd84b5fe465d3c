"""Reads all that decides the price of ended sessions, for many at once."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from billing.domain.facts import Facts, spot_document
from chargers.models import Transaction, TransactionState
from tariffs.models import PinnedTariff, TariffVersion
from tariffs.pricing.evidence import Evidence
from tariffs.pricing.records import dump_charging
from tariffs.pricing.timeline import charging_of
from tariffs.selectors.evidence import evidence_of_many
from tariffs.selectors.spot_prices import spot_prices
from tariffs.selectors.terms import terms_of

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


def read_facts(
    rows: Sequence[Transaction], *, pins: Mapping[UUID, PinnedTariff], now: datetime
) -> Found:
    """Facts of ended sessions. Three queries, and one a session whose price follows the market.

    Args:
        rows: with their locations and EVSEs.
        pins: their locked prices.
    """
    found = Found()
    evidence = evidence_of_many(rows, until=now)
    for row in rows:
        try:
            found.known[row.pk] = _facts(row, evidence[row.pk], pins.get(row.pk))
        except Exception as error:
            logger.exception("the facts of session %s cannot be read", row.pk)
            found.failed[row.pk] = error
    return found


def _facts(row: Transaction, evidence: Evidence, pin: PinnedTariff | None) -> SessionFacts:
    timeline = charging_of(evidence)
    version = pin.version if pin is not None else None
    facts = Facts(
        terms=version.terms if version is not None else None,
        charging=dump_charging(timeline.charging),
        spot_prices=_spot_prices(row, evidence, version),
        time_zone=pin.time_zone if pin is not None else row.location.time_zone,
        started_at=row.started_at,
        ended_at=row.ended_at or row.started_at,
        energy_wh=row.energy_wh,
        findings=tuple(sorted(finding.value for finding in timeline.findings)),
        is_provisional=row.state == TransactionState.PROVISIONAL,
        in_review=row.needs_review,
    )
    return SessionFacts(facts, version.pk if version is not None else None)


def _spot_prices(
    row: Transaction, evidence: Evidence, version: TariffVersion | None
) -> dict[str, str]:
    if version is None:
        return {}
    start = row.started_at
    if evidence.reserved_from is not None:
        start = min(start, datetime.fromtimestamp(evidence.reserved_from, start.tzinfo))
    end = row.ended_at or row.started_at
    return spot_document(spot_prices(terms_of(version), row.operator_id, start, end))
