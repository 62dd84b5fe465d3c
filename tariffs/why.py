"""Why a price is what it is: stored explanations in words, in the language of the reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext

from tariffs.resolution import Audience, Reason

Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyWords:
    """A candidate as a person reads it.

    Attributes:
        what: "Night for Members, at this location".
        why: why it decides, or why not.
        won: it is the one that decides.
        reason: a `tariffs.resolution.Reason`.
        told: everything that was stored about it.
    """

    what: str
    why: str
    won: bool
    reason: str
    told: Told


def why_words(explanation: Iterable[Told]) -> list[WhyWords]:
    """The candidates of `Resolution.explanation()`, `PinnedTariff` or `TariffOffer` in words."""
    return [
        WhyWords(
            what=_what(told),
            why=_why(told),
            won=told["reason"] == Reason.WON,
            reason=told["reason"],
            told=told,
        )
        for told in explanation
    ]


def _what(told: Told) -> str:
    names = {
        "tariff": told["tariff_name"] or gettext("No charging"),
        "group": told["group_name"],
        "place": _place(told["place"]),
    }
    if told["current_type"]:
        names["current_type"] = told["current_type"]
        return gettext("%(tariff)s for %(group)s, %(place)s, %(current_type)s plugs") % names
    return gettext("%(tariff)s for %(group)s, %(place)s") % names


def _place(place: str) -> str:
    words = {
        "network": gettext("in the whole network"),
        "location": gettext("at this location"),
        "station": gettext("at this station"),
        "evse": gettext("at this plug"),
    }
    return words[place]


def _why(told: Told) -> str:
    reason = Reason(told["reason"])
    if reason is Reason.WON:
        return _decides(told)
    if reason is Reason.NOT_FOR_THIS_CUSTOMER:
        return _not_for(told["audience"])
    return _sentences(reason, told)[reason]


def _decides(told: Told) -> str:
    if told["tariff"] is None:
        return gettext("This decides: charging is not allowed.")
    return gettext("This decides the price.")


def _sentences(reason: Reason, told: Told) -> dict[Reason, str]:
    placed = _place(told["winner_place"]) if reason is Reason.LESS_SPECIFIC_PLACE else ""
    return {
        Reason.OTHER_CURRENT_TYPE: gettext("It is for %s plugs only.") % told["current_type"],
        Reason.NOT_VALID_YET: gettext("It is valid from %s on.") % _instant(told["valid_from"]),
        Reason.NOT_VALID_ANY_MORE: gettext("It was valid until %s.")
        % _instant(told["valid_until"]),
        Reason.TARIFF_ARCHIVED: gettext("The tariff is archived."),
        Reason.NO_VERSION_YET: gettext("The tariff had no price yet."),
        Reason.ANOTHER_GROUP_FIRST: gettext("%s comes first.") % told["winner_group"],
        Reason.LESS_SPECIFIC_PLACE: gettext("What holds %s comes first.") % placed,
        Reason.LESS_SPECIFIC_CURRENT_TYPE: gettext("What is for this kind of plug comes first."),
        Reason.LATER_ONE_HOLDS: gettext("One that began later comes first."),
    }


def _not_for(audience: str) -> str:
    words = {
        Audience.REGISTERED: gettext("It is for registered drivers."),
        Audience.AD_HOC: gettext("It is for guests who pay ad hoc."),
        Audience.GROUPS: gettext("It is for members of certain groups of drivers."),
    }
    return words[Audience(audience)]


def _instant(text: str | None) -> str:
    return "" if text is None else date_format(localtime(datetime.fromisoformat(text)), "j F Y H:i")
