"""Places in bodies and queries: a plug is named by its station and its number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from chargers.models import ChargingStation, Evse, Location
from common.api.serializers import BodySerializer, Serializer
from common.errors import UnableTo
from tariffs.services.places import chunks

# Fields of services under their names in bodies.
_NAMES = {
    "groups": "group_ids",
    "group": "group_id",
    "tariff": "tariff_id",
    "driver_groups": "driver_group_ids",
    "locations": "location_ids",
    "stations": "station_ids",
    "location": "location_id",
    "station": "station_id",
}
_NUMBER = "EVSE id at the station, from 1."


@contextmanager
def named_as_in_bodies(**names: str) -> Iterator[None]:
    """Messages of services under the names of the body's fields."""
    try:
        yield
    except UnableTo as error:
        if not error.errors:
            raise
        known = {**_NAMES, **names}
        renamed = {known.get(name, name): text for name, text in error.errors.items()}
        raise ValidationError(renamed) from error


def own(rows: type[Any], **options: Any) -> Any:
    """A field for the key of one of the operator's rows."""
    return serializers.PrimaryKeyRelatedField(queryset=rows.objects, **options)


class PlugBody(BodySerializer):
    """One plug."""

    station_id = serializers.UUIDField()
    evse = serializers.IntegerField(min_value=1, max_value=10_000, help_text=_NUMBER)


class PlaceBody(BodySerializer):
    """One place: a location, a station, a plug of a station, or nothing for the whole network."""

    location_id: Any = own(Location, required=False, allow_null=True, source="location")
    station_id: Any = own(ChargingStation, required=False, allow_null=True, source="station")
    evse = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=10_000, help_text=_NUMBER
    )


class PlaceSerializer(Serializer):
    """Where an assignment holds; all null: in the whole network."""

    location_id = serializers.UUIDField(allow_null=True)
    station_id = serializers.SerializerMethodField(help_text="Also of the plug.")
    evse = serializers.SerializerMethodField(help_text=f"{_NUMBER} Null: not one plug alone.")

    @extend_schema_field({"type": ["string", "null"], "format": "uuid"})
    def get_station_id(self, row: Any) -> UUID | None:
        station: UUID | None = row.evse.station_id if row.evse else row.station_id
        return station

    @extend_schema_field({"type": ["integer", "null"]})
    def get_evse(self, row: Any) -> int | None:
        number: int | None = row.evse.number if row.evse else None
        return number


def place_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """`location`, `station` and `evse` of a body, as services take them.

    Raises:
        ValidationError: the station has no such EVSE, or none is named.
    """
    station, number = data.get("station"), data.get("evse")
    if number is None:
        return {"location": data.get("location"), "station": station, "evse": None}
    if station is None:
        raise ValidationError({"station_id": "Name the station of the EVSE."})
    evse = evse_of(station, number)
    return {"location": data.get("location"), "station": None, "evse": evse}


def evse_of(station: ChargingStation, number: int) -> Evse:
    """The EVSE of a station, with station and location.

    Raises:
        ValidationError: it has none of this number.
    """
    rows = Evse.objects.select_related("station__location").filter(station=station, number=number)
    evse = rows.first()
    if evse is None:
        raise ValidationError({"evse": f"This station has no EVSE {number}."})
    return evse


def plug_keys(plugs: Sequence[Mapping[str, Any]]) -> list[int]:
    """Keys of EVSEs. A query for 5,000 stations.

    Raises:
        ValidationError: one of them does not exist.
    """
    wanted = {(plug["station_id"], plug["evse"]) for plug in plugs}
    found = {
        (station, number): pk
        for chunk in chunks(station for station, _ in wanted)
        for station, number, pk in Evse.objects.filter(station__in=chunk).values_list(
            "station_id", "number", "pk"
        )
    }
    missing = wanted - found.keys()
    if missing:
        text = "One of these plugs does not exist."
        many = f"{len(missing)} of these plugs do not exist."
        raise ValidationError({"plugs": text if len(missing) == 1 else many})
    return [found[plug] for plug in wanted]
