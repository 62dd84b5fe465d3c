"""Flags of records in plain words, in the language of the reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from billing.domain.flags import needs_person
from common.states import words

_FLAGS: dict[str, Any] = {
    "no_tariff": _("No tariff was found for this session. It has no price, and it is not free."),
    "session_in_review": _("The session itself waits for a person; its readings were odd."),
    "provisional": _("A rule ended the session: the station's own stop never came."),
    "cannot_be_priced": _("The readings contradict each other, so there is no price."),
    "energy_backwards": _("The meter went back within the session."),
    "readings_missing": _(
        "For over half an hour there are no readings: nobody knows when in it the energy flowed."
    ),
    "clock_broken": _("The session ended when or before it began: a clock was wrong."),
    "gap": _("Readings are missing for a part of the session; nothing was charged for it."),
    "power_unknown": _("The station did not tell its power; prices by power were left out."),
    "current_unknown": _("The station did not tell its current; prices by current were left out."),
    "nothing_applies": _("No part of the tariff applies to this session."),
    "spot_missing": _("A spot price was not known; the tariff's fallback price was used."),
}


@dataclass(frozen=True, slots=True)
class FlagView:
    """A flag for a page."""

    code: str
    text: str
    needs_person: bool


def flag_views(flags: Iterable[str]) -> list[FlagView]:
    """What a person must look at comes first."""
    views = [
        FlagView(flag, str(_FLAGS.get(flag, words(flag))), needs_person(flag)) for flag in flags
    ]
    return sorted(views, key=lambda view: not view.needs_person)
