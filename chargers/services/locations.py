"""Locations: added, changed, deleted, with messages by field name."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, TypedDict

from django.db.transaction import atomic

from accounts.models import Operator
from accounts.services import audit
from accounts.services.audit import Actor
from chargers.exceptions import UnableToDeleteLocation, UnableToSaveLocation
from chargers.models import Location
from chargers.services.station_fields import text

_LENGTHS = {"name": 120, "address": 120, "postal_code": 12, "city": 80, "external_id": 120}
_NEEDED = ("name", "address", "city")
_SIX_PLACES = Decimal("0.000001")


class LocationChanges(TypedDict, total=False):
    name: str
    address: str
    postal_code: str
    city: str
    country: str
    latitude: Decimal
    longitude: Decimal
    time_zone: str
    is_public: bool
    external_id: str
    metadata: dict[str, Any]


@atomic
def add_location(
    *,
    operator: Operator,
    name: str,
    address: str,
    city: str,
    country: str,
    latitude: Decimal,
    longitude: Decimal,
    time_zone: str,
    actor: Actor,
    now: datetime,
    postal_code: str = "",
    is_public: bool = True,
    external_id: str = "",
    metadata: dict[str, Any] | None = None,
) -> Location:
    """Add a site.

    Args:
        country: ISO 3166-1 alpha-2.
        latitude: degrees north, WGS 84.
        longitude: degrees east, WGS 84.
        time_zone: IANA name.

    Raises:
        UnableToSaveLocation: `errors` by field name; nothing was saved.
    """
    values = _cleaned(
        {
            "name": name,
            "address": address,
            "postal_code": postal_code,
            "city": city,
            "country": country,
            "latitude": latitude,
            "longitude": longitude,
            "time_zone": time_zone,
            "is_public": is_public,
            "external_id": external_id,
            "metadata": metadata or {},
        }
    )
    _check(values)
    location = Location.objects.create(operator=operator, created_at=now, **values)
    _audit(location, actor, "location.added", {"name": location.name}, now)
    return location


@atomic
def update_location(
    *, location: Location, changes: LocationChanges, actor: Actor, now: datetime
) -> Location:
    """Change the given fields.

    Raises:
        UnableToSaveLocation: `errors` by field name; nothing was saved.
    """
    values = _cleaned(changes)
    _check(values)
    differences = audit.differences(location, values)
    if differences:
        for name in differences:
            setattr(location, name, values[name])
        location.save(update_fields=list(differences))
        _audit(location, actor, "location.changed", differences, now)
    return location


@atomic
def delete_location(*, location: Location, actor: Actor, now: datetime) -> None:
    """Remove a location where nothing stands and nothing ever charged.

    Raises:
        UnableToDeleteLocation: it has stations or transactions.
    """
    if location.stations.exists() or location.transactions.exists():
        raise UnableToDeleteLocation(f"{location.name} has stations or transactions.")
    _audit(location, actor, "location.deleted", {"name": location.name}, now)
    location.delete()


def _audit(
    location: Location, actor: Actor, action: str, changes: dict[str, Any], now: datetime
) -> None:
    audit.record(
        operator=location.operator,
        actor=actor,
        action=action,
        obj=location,
        changes=changes,
        now=now,
    )


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _clean(name, value) for name, value in values.items()}


def _clean(name: str, value: Any) -> Any:
    if isinstance(value, str):
        return text(value).upper() if name == "country" else text(value)
    if name in ("latitude", "longitude") and isinstance(value, Decimal) and value.is_finite():
        return value.quantize(_SIX_PLACES)
    return value


def check_location(values: Mapping[str, Any]) -> None:
    """Whether a location could be saved like this.

    Raises:
        UnableToSaveLocation: `errors` by field name.
    """
    _check(_cleaned(values))


def _check(values: Mapping[str, Any]) -> None:
    errors = {
        **{
            name: f"At most {limit} characters."
            for name, limit in _LENGTHS.items()
            if len(values.get(name, "")) > limit
        },
        **{name: "This is needed." for name in _NEEDED if values.get(name) == ""},
        **_place_errors(values),
    }
    if errors:
        raise UnableToSaveLocation("The location cannot be saved.", errors=errors)


def _place_errors(values: Mapping[str, Any]) -> dict[str, str]:
    errors = {}
    if "country" in values and values["country"] not in countries():
        errors["country"] = "A country's two-letter code, such as DK."
    if "time_zone" in values and values["time_zone"] not in time_zones():
        errors["time_zone"] = "The name of a time zone, such as Europe/Copenhagen."
    for name, limit in (("latitude", 90), ("longitude", 180)):
        if name in values and not _is_degree(values[name], limit):
            errors[name] = f"Degrees between -{limit} and {limit}."
    return errors


def _is_degree(value: Any, limit: int) -> bool:
    return isinstance(value, Decimal) and value.is_finite() and -limit <= value <= limit


@cache
def countries() -> dict[str, str]:
    """ISO 3166-1 alpha-2 codes with English names, from the time-zone database."""
    table = files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text(encoding="utf-8")
    lines = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return {code: name for code, name, *_ in lines}


@cache
def time_zones() -> frozenset[str]:
    """IANA names that this installation knows."""
    return frozenset(zoneinfo.available_timezones())
