"""Pins, their legend and the words for where a network is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chargers.services.locations import countries
from common.formats import number
from operations.dashboard import Counts
from operations.selectors.network import Place, Sizes

MAP_EVENT = "network-map"
# Worst first, as in the map's own rings.
_RANK = ("faulted", "offline", "occupied", "reserved", "charging", "available")
_NAMED = 3
_NOWHERE = UUID(int=0)

Feature = dict[str, Any]


def features(places: Iterable[Place], counts: Counts) -> list[Feature]:
    """One feature a location; a ring of counts where it has several stations."""
    said = look_words()
    # Resolving an address costs more than all the rest of a feature.
    url = reverse("chargers:location", args=[_NOWHERE])
    return [_feature(place, counts[place.id], said, url) for place in places if place.id in counts]


def _feature(place: Place, counts: dict[str, int], said: dict[str, str], url: str) -> Feature:
    shown = {state: counts[state] for state in _RANK if counts.get(state)}
    worst = next(iter(shown), "offline")
    key = str(place.id)
    feature: Feature = {
        "id": key,
        "lat": place.latitude,
        "lon": place.longitude,
        "state": worst,
        "label": place.name,
        "sub": place.city,
        "url": url.replace(str(_NOWHERE), key),
        "text": said[worst],
    }
    if place.stations > 1:
        feature["counts"] = shown
        feature["text"] = ", ".join(f"{n} {said[state]}" for state, n in shown.items())
    return feature


def look_words() -> dict[str, str]:
    """Looks in lower case, as they stand after a number."""
    return {
        "available": _("available"),
        "charging": _("charging"),
        "occupied": _("occupied"),
        "reserved": _("reserved"),
        "faulted": _("faulted"),
        "offline": _("offline"),
    }


def map_legend(counts: dict[str, int]) -> list[dict[str, str]]:
    """Numbers of stations by look; the rarer looks only when there are any."""
    said = look_words()
    rare = [state for state in ("reserved", "offline") if counts.get(state)]
    return [
        {"label": f"{number(counts.get(state, 0))} {said[state]}", "state": state}
        for state in ("available", "charging", "occupied", "faulted", *rare)
    ]


def changed_features(places: Iterable[Place], old: Counts, new: Counts) -> list[Feature]:
    """What a map that shows `old` must be told to show `new`."""
    changed = {key: counts for key, counts in new.items() if old.get(key) != counts}
    gone = [{"id": str(key), "removed": True} for key in old if key not in new]
    return [*features(places, changed), *gone]


def subtitle(sizes: Sizes) -> str:
    """Where the network is and how large."""
    parts = [
        ngettext("%s site", "%s sites", sizes.locations) % number(sizes.locations),
        ngettext("%s station", "%s stations", sizes.stations) % number(sizes.stations),
        ngettext("%s connector", "%s connectors", sizes.connectors) % number(sizes.connectors),
    ]
    region = region_words(sizes.places)
    return f"{region} · {', '.join(parts)}" if region else ", ".join(parts)


def region_words(places: Mapping[tuple[str, str], int]) -> str:
    """The only city, else up to three countries by number of locations, else how many there are."""
    if len(places) == 1:
        return next(iter(places))[1]
    by_country: Counter[str] = Counter()
    for (country, _city), count in places.items():
        by_country[country] += count
    if len(by_country) > _NAMED:
        return _("%s countries") % number(len(by_country))
    ranked = sorted(by_country, key=lambda code: (-by_country[code], code))
    names = [countries().get(code, code) for code in ranked]
    return " & ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)
