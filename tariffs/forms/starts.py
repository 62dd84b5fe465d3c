"""Starting points for a first tariff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from tariffs.forms.cards import Filled, filled_of
from tariffs.pricing.cards import Card, Cards, Kind, Rate
from tariffs.pricing.terms import Restrictions


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A tariff to begin with.

    Attributes:
        icon: of `common/icons.json`.
    """

    key: str
    label: Any
    text: Any
    icon: str
    cards: Mapping[Kind, Card]


_KWH = Rate(price=Decimal("0.49"))
_IDLE = Card(base=Rate(price=Decimal("0.10"), per_seconds=60), grace_s=15 * 60)
_NIGHT = Restrictions(start_minute=22 * 60, end_minute=6 * 60)

STARTS: Final = (
    Start(
        key="kwh",
        label=_("Per kWh"),
        text=_("One price for each kWh, and nothing else."),
        icon="bolt",
        cards={Kind.ENERGY: Card(base=_KWH)},
    ),
    Start(
        key="idle",
        label=_("Per kWh and idle fee"),
        text=_("Plus a price per minute when a vehicle stays plugged in after charging."),
        icon="hourglass",
        cards={Kind.ENERGY: Card(base=_KWH), Kind.IDLE: _IDLE},
    ),
    Start(
        key="times",
        label=_("By time of day"),
        text=_("Cheaper at night, from 22:00 to 06:00."),
        icon="moon",
        cards={
            Kind.ENERGY: Card(rows=(Rate(price=Decimal("0.35"), when=_NIGHT),), base=_KWH),
        },
    ),
)


def start_filled(key: str, *, currency: str) -> Filled | None:
    """The editor's values for a starting point; None for an unknown one."""
    for start in STARTS:
        if start.key == key:
            return filled_of(Cards(currency=currency, tax_included=True, cards=start.cards))
    return None
