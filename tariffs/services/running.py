"""What running sessions have cost so far, brought up to date every few seconds.

Rows are the queue: an active session whose price is missing, or older than its last reading or
than `STALE`. A sweep that is lost or runs twice does no harm. All prices come from the one engine.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet

from chargers import live
from chargers.models import Transaction, TransactionState
from chargers.ports import RunningCost
from common.tenancy import system_scope
from tariffs.models import PinnedTariff, RunningPrice
from tariffs.pricing import price, rounded
from tariffs.pricing.checkpoints import Checkpoint, condensed, still_holds
from tariffs.pricing.condense import Condenser
from tariffs.pricing.evidence import Evidence, Reading
from tariffs.pricing.terms import Terms
from tariffs.running_lines import line_documents
from tariffs.selectors.evidence import Gathered, evidence, readings_of, reserved_from, states_of
from tariffs.selectors.spot_prices import Spots, spot_prices
from tariffs.selectors.terms import terms_of
from tariffs.services.pinning import is_outdated, pin_tariff

logger = logging.getLogger(__name__)

# With a sweep every ten seconds no price is older than thirty.
STALE = timedelta(seconds=20)
FRESH = timedelta(seconds=30)
_CHUNK = 200
_WRITTEN = ("currency", "net_minor", "gross_minor", "lines", "flags", "computed_at", "checkpoint")


@dataclass(frozen=True, slots=True)
class _Session:
    """A session with all that prices it but its readings."""

    row: Transaction
    pin: PinnedTariff
    terms: Terms
    known: Evidence
    checkpoint: Checkpoint | None


def price_running(*, now: datetime) -> int:
    """Bring the prices of running sessions up to date. Returns how many.

    Five queries for each 200 sessions, and one for each tariff that follows a market.
    """
    with system_scope("sweep: running prices of every operator"):
        return sum(len(_price(rows, now)) for rows in _chunks(now))


def quote_running_cost(*, transaction_id: UUID, now: datetime) -> RunningCost | None:
    """What a session has cost so far; once it has ended, what it costs. None without a price.

    The row of the last sweep if it is fresh, else worked out: one query, else five.
    """
    row = _priceable().filter(pk=transaction_id).first()
    if row is None:
        return None
    last: RunningPrice | None = getattr(row, "running_price", None)
    if row.is_active and last is not None and last.computed_at > now - FRESH:
        return _cost(last)
    found = _priced([row], now)
    return _cost(found[0]) if found else None


def quote_running_costs(
    *, transaction_ids: Collection[UUID], now: datetime
) -> dict[UUID, RunningCost]:
    """What running sessions have cost by the last sweep. One query."""
    rows = RunningPrice.objects.filter(pk__in=transaction_ids, computed_at__gt=now - FRESH)
    found = rows.values_list("pk", "gross_minor", "currency")
    return {key: RunningCost(amount_minor=gross, currency=code) for key, gross, code in found}


def _cost(price: RunningPrice) -> RunningCost:
    return RunningCost(amount_minor=price.gross_minor, currency=price.currency)


def _chunks(now: datetime) -> Iterator[Sequence[Transaction]]:
    rows = list(_due(now)[:_CHUNK])
    while rows:
        yield rows
        rows = list(_due(now).filter(pk__gt=rows[-1].pk)[:_CHUNK])


def _due(now: datetime) -> QuerySet[Transaction]:
    due = (
        Q(running_price=None)
        | Q(running_price__computed_at__lte=now - STALE)
        | Q(last_reading_at__gt=F("running_price__computed_at"))
    )
    return _priceable().filter(due, state=TransactionState.ACTIVE).order_by("pk")


def _priceable() -> QuerySet[Transaction]:
    rows = Transaction.objects.filter(pinned_tariff__version__isnull=False)
    parts = ("evse", "location", "pinned_tariff__version", "running_price")
    # The terms are kept in memory; nobody reads the rest here.
    unread = (
        "warnings",
        "metadata",
        "pinned_tariff__explanation",
        "pinned_tariff__version__terms",
        "running_price__lines",
    )
    return rows.select_related(*parts).defer(*unread)


def _price(rows: Sequence[Transaction], now: datetime) -> list[RunningPrice]:
    prices = _priced(rows, now)
    _show(rows, prices)
    RunningPrice.objects.bulk_create(
        prices, update_conflicts=True, unique_fields=["transaction"], update_fields=_WRITTEN
    )
    return prices


def _show(rows: Iterable[Transaction], prices: Sequence[RunningPrice]) -> None:
    """Tell live pages which stations have sessions whose cost is another one."""
    before = {row.pk: getattr(row, "running_price", None) for row in rows}
    stations: dict[UUID, set[UUID]] = defaultdict(set)
    for new in prices:
        last = before[new.transaction_id]
        if last is None or last.gross_minor != new.gross_minor:
            stations[new.operator_id].add(new.transaction.station_id)
    for operator_id, ids in stations.items():
        live.touch(operator_id=operator_id, station_ids=ids)


def _priced(rows: Sequence[Transaction], now: datetime) -> list[RunningPrice]:
    """Prices, unsaved. One that cannot be worked out costs the others nothing."""
    sessions = _sessions(rows, now)
    spots = _spots(sessions)
    prices = []
    for session in _with_readings(sessions):
        try:
            prices.append(_running_price(session, spots, now))
        except Exception:
            logger.exception("session %s cannot be priced", session.row.pk)
    return prices


def _sessions(rows: Sequence[Transaction], now: datetime) -> list[_Session]:
    keys = [row.pk for row in rows]
    gathered = Gathered(readings={}, states=states_of(keys), reserved_from=reserved_from(keys))
    sessions = []
    for row in rows:
        pin = _pin(row, now)
        if pin is None or pin.version is None:
            continue
        known = evidence(row, gathered, until=now)
        checkpoint = _checkpoint(row, pin, known)
        sessions.append(_Session(row, pin, terms_of(pin.version), known, checkpoint))
    return sessions


def _pin(row: Transaction, now: datetime) -> PinnedTariff | None:
    """The locked price, locked anew when it turns out that somebody else charges, or elsewhere."""
    pin = row.pinned_tariff
    if row.is_active and is_outdated(pin, row):
        return pin_tariff(transaction=row, now=now)
    return pin


def _checkpoint(row: Transaction, pin: PinnedTariff, known: Evidence) -> Checkpoint | None:
    last: RunningPrice | None = getattr(row, "running_price", None)
    if not row.is_active or last is None or last.checkpoint is None:
        return None
    checkpoint = Checkpoint.of(last.checkpoint)
    return checkpoint if still_holds(checkpoint, known, tariff=str(pin.version_id)) else None


def _with_readings(sessions: Sequence[_Session]) -> Iterator[_Session]:
    """Sessions with their readings, from the checkpoint on where there is one.

    A station whose clock was set back is read from the start: its newest reading is not found
    behind the checkpoint by the station's time.
    """
    since = {s.row.pk: s.checkpoint.at for s in sessions if s.checkpoint is not None}
    readings = readings_of([session.row.pk for session in sessions], since)
    rows = {session.row.pk: session.row for session in sessions}
    lost = [key for key in since if not _has_newest(rows[key], readings.get(key, ()))]
    if lost:
        readings |= readings_of(lost)
    for session in sessions:
        key = session.row.pk
        known = replace(session.known, readings=readings.get(key, ()))
        checkpoint = None if key in lost else session.checkpoint
        yield replace(session, known=known, checkpoint=checkpoint)


def _has_newest(row: Transaction, readings: Iterable[Reading]) -> bool:
    return any(reading.register_wh == row.last_energy_wh for reading in readings)


def _spots(sessions: Iterable[_Session]) -> Mapping[UUID | None, Spots]:
    """Market prices by version; one query for each version that follows a market."""
    by_version: dict[UUID | None, list[_Session]] = defaultdict(list)
    for session in sessions:
        by_version[session.pin.version_id].append(session)
    return {
        version: spot_prices(
            some[0].terms,
            some[0].row.operator_id,
            min(session.row.started_at for session in some),
            max(_end(session.known) for session in some),
        )
        for version, some in by_version.items()
    }


def _end(known: Evidence) -> datetime:
    return datetime.fromtimestamp(known.ended_at, UTC)


def _running_price(
    session: _Session, spots: Mapping[UUID | None, Spots], now: datetime
) -> RunningPrice:
    version_id = session.pin.version_id
    found = condensed(
        session.known,
        Condenser(session.terms),
        tariff=str(version_id),
        checkpoint=session.checkpoint,
    )
    zone = ZoneInfo(session.pin.time_zone)
    cost = rounded(price(session.terms, found.charging, zone, spots[version_id]))
    return RunningPrice(
        transaction=session.row,
        operator_id=session.row.operator_id,
        currency=cost.currency,
        net_minor=cost.net_minor,
        gross_minor=cost.gross_minor,
        lines=line_documents(cost),
        flags=sorted({*map(str, cost.flags), *map(str, found.findings)}),
        computed_at=now,
        checkpoint=found.checkpoint.document() if found.checkpoint is not None else None,
    )
