from __future__ import annotations

from typing import Any

import pytest

from tariffs.resolution import Audience, Reason
from tariffs.why import why_words


def told(reason: Reason, **values: Any) -> dict[str, Any]:
    return {
        "assignment": "a",
        "reason": str(reason),
        "group": "g",
        "group_name": "Members",
        "audience": "groups",
        "tariff": "t",
        "tariff_name": "Night",
        "version": "v",
        "version_number": 1,
        "place": "location",
        "current_type": "",
        "valid_from": "2026-03-14T11:00:00+00:00",
        "valid_until": "2026-03-15T11:00:00+00:00",
        "winner_group": "Staff",
        "winner_place": "evse",
        **values,
    }


@pytest.mark.parametrize(
    ("reason", "values", "sentence"),
    [
        (Reason.WON, {}, "This decides the price."),
        (Reason.WON, {"tariff": None}, "This decides: charging is not allowed."),
        (Reason.OTHER_CURRENT_TYPE, {"current_type": "DC"}, "It is for DC plugs only."),
        (Reason.NOT_VALID_YET, {}, "It is valid from 14 March 2026 11:00 on."),
        (Reason.NOT_VALID_ANY_MORE, {}, "It was valid until 15 March 2026 11:00."),
        (Reason.TARIFF_ARCHIVED, {}, "The tariff is archived."),
        (Reason.NO_VERSION_YET, {}, "The tariff had no price yet."),
        (Reason.ANOTHER_GROUP_FIRST, {}, "Staff comes first."),
        (Reason.LESS_SPECIFIC_PLACE, {}, "What holds at this plug comes first."),
        (
            Reason.LESS_SPECIFIC_CURRENT_TYPE,
            {},
            "What is for this kind of plug comes first.",
        ),
        (Reason.LATER_ONE_HOLDS, {}, "One that began later comes first."),
    ],
)
def test_every_reason_has_words(reason: Reason, values: dict[str, Any], sentence: str) -> None:
    (words,) = why_words([told(reason, **values)])
    assert (words.why, words.won) == (sentence, reason is Reason.WON)


@pytest.mark.parametrize(
    ("audience", "sentence"),
    [
        (Audience.REGISTERED, "It is for registered drivers."),
        (Audience.AD_HOC, "It is for guests who pay ad hoc."),
        (Audience.GROUPS, "It is for members of certain groups of drivers."),
    ],
)
def test_for_whom_it_is_instead(audience: Audience, sentence: str) -> None:
    (words,) = why_words([told(Reason.NOT_FOR_THIS_CUSTOMER, audience=str(audience))])
    assert words.why == sentence


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({}, "Night for Members, at this location"),
        ({"place": "network"}, "Night for Members, in the whole network"),
        ({"place": "station"}, "Night for Members, at this station"),
        (
            {"place": "evse", "current_type": "AC"},
            "Night for Members, at this plug, AC plugs",
        ),
        ({"tariff": None, "tariff_name": ""}, "No charging for Members, at this location"),
    ],
)
def test_what_a_candidate_is(values: dict[str, Any], what: str) -> None:
    (words,) = why_words([told(Reason.WON, **values)])
    assert words.what == what
