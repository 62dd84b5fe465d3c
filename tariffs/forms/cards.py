"""Between the cards of a tariff and the values of the editor's fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from tariffs.forms.fields import NO_VAT
from tariffs.forms.rows import conditions_of, when_of
from tariffs.pricing.cards import HOUR, Card, Cards, Kind, Rate, spot_of
from tariffs.pricing.terms import Cap, CapPeriod, Dimension, PriceLimit, Restrictions, Spot

Values = dict[str, Any]
MINUTE: Final = 60
_TIMED: Final = {Kind.TIME: Dimension.TIME, Kind.IDLE: Dimension.PARKING_TIME}


@dataclass(kw_only=True)
class Filled:
    """What the editor shows: values by field name, and the keys of the rows of each card."""

    values: Values = field(default_factory=dict)
    rows: dict[Kind, list[str]] = field(default_factory=dict)


def filled_of(cards: Cards) -> Filled:
    """The editor's values for cards. VAT that most share stands once, others at their place."""
    vat = _usual_vat(cards)
    filled = Filled(values={"tax_included": cards.tax_included, "vat": vat})
    filled.values |= _spot_values(spot_of(cards)) | _limit_values(cards) | _cap_values(cards)
    for kind in Kind:
        _fill_card(filled, kind, cards.card(kind), vat)
    filled.values |= _reservation_values(cards, vat)
    return filled


def _usual_vat(cards: Cards) -> Decimal | None:
    rates = [
        rate
        for kind in Kind
        for rate in (cards.card(kind).base, *cards.card(kind).rows)
        if rate is not None
    ]
    rates += [r for r in (cards.reservation_fee, cards.reservation_time, cards.lapsed_fee) if r]
    known = [rate.vat for rate in rates if rate.vat is not None]
    return max(known, key=known.count) if known else None


def _fill_card(filled: Filled, kind: Kind, card: Card, vat: Decimal | None) -> None:
    values = filled.values
    usual = card.base or (card.rows[0] if card.rows else None)
    if usual is not None:
        values |= {
            f"{kind}_vat": _own_vat(usual.vat, vat),
            f"{kind}_step": usual.step_size if usual.step_size > 1 else None,
            f"{kind}_per": usual.per_seconds,
        }
    if card.base is not None:
        values |= {f"{kind}_price": card.base.price, f"{kind}_market": bool(card.base.spot)}
        values |= _base_conditions(kind, card.base.when)
    values |= {f"{kind}_free": card.free, f"{kind}_grace": card.grace_s}
    keys = [f"r{number}" for number in range(len(card.rows))]
    filled.rows[kind] = keys
    for key, rate in zip(keys, card.rows, strict=True):
        values |= {
            f"{kind}_{key}_{name}": value
            for name, value in _row_values(rate, usual or rate).items()
        }


def _base_conditions(kind: Kind, when: Restrictions) -> Values:
    if kind is Kind.FEE:
        return {"fee_after_minutes": when.min_duration_s, "fee_after_kwh": when.min_energy_wh}
    if kind is Kind.IDLE:
        return {"idle_start": when.start_minute, "idle_end": when.end_minute}
    return {}


def _row_values(rate: Rate, usual: Rate) -> Values:
    """Its price and conditions, and what differs from the card's usual rate."""
    values = {"price": rate.price, "market": "on" if rate.spot else "", **conditions_of(rate.when)}
    if rate.vat != usual.vat:
        values["vat"] = NO_VAT if rate.vat is None else rate.vat
    if rate.step_size != usual.step_size:
        values["step"] = 0 if rate.step_size == 1 else rate.step_size
    if rate.per_seconds != usual.per_seconds:
        values["per"] = rate.per_seconds
    return values


def _own_vat(own: Decimal | None, usual: Decimal | None) -> Decimal | str | None:
    if own == usual:
        return None
    return NO_VAT if own is None else own


def _spot_values(spot: Spot | None) -> Values:
    if spot is None:
        return {}
    return {
        "spot_area": spot.area,
        "spot_slot": spot.slot_minutes,
        "spot_factor": spot.factor,
        "spot_fallback": spot.fallback,
        "spot_floor": spot.floor,
        "spot_open": spot.floor is None,
    }


def _limit_values(cards: Cards) -> Values:
    least, most = cards.min_price or PriceLimit(), cards.max_price or PriceLimit()
    return {
        "min_net": least.net,
        "min_gross": least.gross,
        "max_net": most.net,
        "max_gross": most.gross,
    }


def _cap_values(cards: Cards) -> Values:
    kinds = {dimension: kind for kind, dimension in _TIMED.items()}
    return {f"{kinds[cap.dimension]}_cap_{cap.per}": cap.amount for cap in cards.caps}


def _reservation_values(cards: Cards, vat: Decimal | None) -> Values:
    rates = (cards.reservation_fee, cards.reservation_time, cards.lapsed_fee)
    values: Values = {
        name: rate.price
        for name, rate in zip(
            ("reserve_fee", "reserve_price", "reserve_lapsed"), rates, strict=True
        )
        if rate is not None
    }
    first = next((rate for rate in rates if rate is not None), None)
    if first is not None:
        values["reserve_vat"] = _own_vat(first.vat, vat)
    if cards.reservation_time is not None:
        step = cards.reservation_time.step_size
        values |= {
            "reserve_per": cards.reservation_time.per_seconds,
            "reserve_step": step if step > 1 else None,
        }
    return values


def cards_from(values: Values, rows: Mapping[Kind, list[str]], *, currency: str) -> Cards:
    """The cards that cleaned values say. What has no price yet is left out."""
    return Cards(
        currency=currency,
        tax_included=bool(values.get("tax_included")),
        cards={
            kind: card
            for kind in Kind
            if (card := _card_from(values, kind, rows.get(kind, []))) != Card()
        },
        min_price=_limit_from(values, "min"),
        max_price=_limit_from(values, "max"),
        caps=_caps_from(values),
        **_reservation_from(values),
    )


def _card_from(values: Values, kind: Kind, keys: list[str]) -> Card:
    usual = Rate(
        price=Decimal(0),
        vat=_vat_from(values.get(f"{kind}_vat"), values.get("vat")),
        step_size=values.get(f"{kind}_step") or 1,
        per_seconds=values.get(f"{kind}_per") or HOUR,
    )
    market = _spot_from(values)
    named = (_of_row(values, f"{kind}_{key}_") for key in keys)
    found = tuple(_row_from(row, usual, market) for row in named if row.get("price") is not None)
    price = values.get(f"{kind}_price")
    base = None
    if price is not None:
        spot = market if values.get(f"{kind}_market") else None
        base = replace(usual, price=price, spot=spot, when=_base_when(kind, values))
    if base is None and not found:
        return Card()
    return Card(
        free=values.get(f"{kind}_free") or None,
        rows=found,
        base=base,
        grace_s=values.get(f"{kind}_grace") or None,
    )


def _of_row(values: Values, prefix: str) -> Values:
    return {
        name.removeprefix(prefix): value
        for name, value in values.items()
        if name.startswith(prefix)
    }


def _row_from(row: Values, usual: Rate, market: Spot | None) -> Rate:
    step = row.get("step")
    return replace(
        usual,
        price=row["price"],
        vat=_vat_from(row.get("vat"), usual.vat),
        step_size=usual.step_size if step is None else step or 1,
        per_seconds=row.get("per") or usual.per_seconds,
        spot=market if row.get("market") else None,
        when=when_of(row),
    )


def _base_when(kind: Kind, values: Values) -> Restrictions:
    if kind is Kind.FEE:
        return Restrictions(
            min_duration_s=values.get("fee_after_minutes") or None,
            min_energy_wh=values.get("fee_after_kwh") or None,
        )
    if kind is Kind.IDLE:
        return Restrictions(
            start_minute=values.get("idle_start"), end_minute=values.get("idle_end")
        )
    return Restrictions()


def _vat_from(own: Decimal | str | None, usual: Decimal | str | None) -> Decimal | None:
    told = usual if own is None else own
    return told if isinstance(told, Decimal) else None


def _spot_from(values: Values) -> Spot | None:
    if not values.get("spot_area"):
        return None
    floor = values.get("spot_floor")
    factor, fallback = values.get("spot_factor"), values.get("spot_fallback")
    return Spot(
        area=values["spot_area"],
        slot_minutes=values.get("spot_slot") or 60,
        factor=Decimal(1) if factor is None else factor,
        fallback=fallback or Decimal(0),
        floor=None if values.get("spot_open") else floor or Decimal(0),
    )


def _limit_from(values: Values, end: str) -> PriceLimit | None:
    limit = PriceLimit(net=values.get(f"{end}_net"), gross=values.get(f"{end}_gross"))
    return None if limit == PriceLimit() else limit


def _caps_from(values: Values) -> tuple[Cap, ...]:
    return tuple(
        Cap(dimension=dimension, amount=amount, per=per)
        for kind, dimension in _TIMED.items()
        for per in (CapPeriod.DAY, CapPeriod.SESSION)
        if (amount := values.get(f"{kind}_cap_{per}")) is not None
    )


def _reservation_from(values: Values) -> dict[str, Rate | None]:
    vat = _vat_from(values.get("reserve_vat"), values.get("vat"))
    fee, price, lapsed = (values.get(f"reserve_{n}") for n in ("fee", "price", "lapsed"))
    return {
        "reservation_fee": None if fee is None else Rate(price=fee, vat=vat),
        "lapsed_fee": None if lapsed is None else Rate(price=lapsed, vat=vat),
        "reservation_time": None
        if price is None
        else Rate(
            price=price,
            vat=vat,
            per_seconds=values.get("reserve_per") or HOUR,
            step_size=values.get("reserve_step") or 1,
        ),
    }
