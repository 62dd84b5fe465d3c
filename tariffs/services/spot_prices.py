"""Prices of the market: stored in bulk; what a session may have been priced by does not change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.transaction import atomic

from accounts.models import Operator
from accounts.services import audit
from accounts.services.audit import Actor
from common.money import CURRENCIES
from tariffs.exceptions import UnableToStoreSpotPrices
from tariffs.models import SpotPrice

MOST_AT_ONCE = 5000
SLOTS = (15, 30, 60)
_MOST_PRICE = Decimal(100_000)
_SMALLEST = Decimal("0.000001")
_AREA_LENGTH = 20


class Slot(NamedTuple):
    """Which price is meant; `starts_at` aware."""

    area: str
    currency: str
    slot_minutes: int
    starts_at: datetime


class Quote(NamedTuple):
    """A price per kWh, net, of one slot."""

    slot: Slot
    price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """How many slots were new, have another price now, or said the same again."""

    added: int
    replaced: int
    unchanged: int


@atomic
def store_spot_prices(
    *, operator: Operator, quotes: Sequence[Quote], actor: Actor, now: datetime
) -> Stored:
    """Keep prices of slots; those of the future may be corrected.

    Raises:
        UnableToStoreSpotPrices: `errors` as `prices.<number>.<field>`; nothing was stored.
    """
    errors = _errors(quotes)
    if errors:
        raise UnableToStoreSpotPrices("The prices cannot be stored.", errors=errors)
    # Two lists at once would both find a slot empty. A weak lock: other rows may still refer here.
    Operator.objects.select_for_update(no_key=True).get(pk=operator.pk)
    known = _known(operator, quotes)
    fresh: dict[Slot, SpotPrice] = {}
    changed: dict[Slot, SpotPrice] = {}
    for number, (slot, price) in enumerate(quotes):
        row = known.get(slot)
        if row is None:
            fresh[slot] = known[slot] = _row(operator, slot, price, now)
        elif row.price != price:
            if slot.starts_at <= now:
                errors[f"prices.{number}.price"] = _CHANGED % row.price
            changed[slot] = row
            row.price, row.received_at = price, now
    if errors:
        raise UnableToStoreSpotPrices("Some prices are known already.", errors=errors)
    SpotPrice.objects.bulk_create(fresh.values(), batch_size=500)
    SpotPrice.objects.bulk_update(changed.values(), ["price", "received_at"], batch_size=500)
    stored = Stored(
        added=len(fresh),
        replaced=len(changed),
        unchanged=len(quotes) - len(fresh) - len(changed),
    )
    _note(operator, stored, quotes, actor, now)
    return stored


_CHANGED = "This slot has begun at %s; a price that sessions may have been charged by stays."


def _row(operator: Operator, slot: Slot, price: Decimal, now: datetime) -> SpotPrice:
    return SpotPrice(operator=operator, price=price, received_at=now, **slot._asdict())


def _known(operator: Operator, quotes: Sequence[Quote]) -> dict[Slot, SpotPrice]:
    """What is stored of the slots, by one query over their time."""
    instants = [slot.starts_at for slot, _price in quotes]
    rows = SpotPrice.objects.filter(
        operator=operator,
        area__in={slot.area for slot, _price in quotes},
        starts_at__gte=min(instants),
        starts_at__lte=max(instants),
    )
    return {Slot(row.area, row.currency, row.slot_minutes, row.starts_at): row for row in rows}


def _errors(quotes: Sequence[Quote]) -> dict[str, str]:
    if not quotes:
        return {"prices": "Name at least one price."}
    if len(quotes) > MOST_AT_ONCE:
        return {"prices": f"At most {MOST_AT_ONCE} prices at once."}
    errors: dict[str, str] = {}
    seen: dict[Slot, Decimal] = {}
    for number, quote in enumerate(quotes):
        found = _slot_errors(quote.slot) | _price_errors(quote.price)
        if "price" not in found and seen.setdefault(quote.slot, quote.price) != quote.price:
            found["price"] = "This slot is named twice with different prices."
        errors |= {f"prices.{number}.{field}": message for field, message in found.items()}
    return errors


def _slot_errors(slot: Slot) -> dict[str, str]:
    errors = {}
    if not slot.area or slot.area != slot.area.strip() or len(slot.area) > _AREA_LENGTH:
        errors["area"] = f"A bidding zone, such as DK1, of at most {_AREA_LENGTH} characters."
    if slot.currency not in CURRENCIES:
        errors["currency"] = "A currency's three-letter code, such as EUR."
    if slot.slot_minutes not in SLOTS:
        errors["slot_minutes"] = "15, 30 or 60."
    elif slot.starts_at.microsecond or slot.starts_at.timestamp() % (slot.slot_minutes * 60):
        errors["starts_at"] = f"Slots begin at full {slot.slot_minutes} minutes of UTC."
    return errors


def _price_errors(price: Decimal) -> dict[str, str]:
    if not price.is_finite() or abs(price) > _MOST_PRICE:
        return {"price": f"A price per kWh between -{_MOST_PRICE} and {_MOST_PRICE}."}
    if price != price.quantize(_SMALLEST):
        return {"price": "At most 6 decimals."}
    return {}


def _note(
    operator: Operator, stored: Stored, quotes: Sequence[Quote], actor: Actor, now: datetime
) -> None:
    if not stored.added and not stored.replaced:
        return
    instants = [slot.starts_at for slot, _price in quotes]
    told: Mapping[str, Any] = {
        "areas": sorted({slot.area for slot, _price in quotes}),
        "from": min(instants).isoformat(),
        "to": max(instants).isoformat(),
        "added": stored.added,
        "replaced": stored.replaced,
    }
    audit.record(
        operator=operator,
        actor=actor,
        action="spot_prices.stored",
        obj=operator,
        changes=told,
        now=now,
    )
