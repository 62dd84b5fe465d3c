"""Forms of a station that exists."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.db.transaction import atomic
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy as _

from accounts.services.audit import Actor
from chargers.forms.errors import ServiceForm
from chargers.models import ChargingStation, Location
from chargers.services import station_keys
from chargers.services import stations as service
from common.widgets import PlainSelect


class LocationNames(ModelChoiceIterator):  # type: ignore[type-arg]
    """Keys and names alone: a network may have thousands of locations."""

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        for pk, name, city in self.queryset.values_list("pk", "name", "city"):
            yield (pk, f"{name}, {city}")


class LocationChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A location of the operator in scope, as "Name, City"."""

    widget = PlainSelect
    iterator = LocationNames

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=None, **options)

    def __deepcopy__(self, memo: dict[int, Any]) -> LocationChoice:
        # Django copies the fields for every form: then, and not before, there is a scope.
        own: LocationChoice = super().__deepcopy__(memo)
        own.queryset = Location.objects.order_by("name", "id")
        return own


class StationPlaceForm(forms.Form):
    """The location filter of the station list."""

    location = LocationChoice(label=_("Location"), required=False, empty_label=_("Every location"))


class StationForm(ServiceForm):
    name = forms.CharField(label=_("Name"), max_length=120)
    code = forms.CharField(
        label=_("Code"), max_length=40, help_text=_("What drivers and partners see.")
    )
    location = LocationChoice(label=_("Location"))
    heartbeat_interval_seconds = forms.IntegerField(
        label=_("Heartbeat interval, seconds"),
        min_value=60,
        max_value=86_400,
        help_text=_("Told to the station when it boots."),
    )
    is_enabled = forms.BooleanField(
        label=_("May connect"),
        required=False,
        help_text=_("A disabled station is refused at the door; its history is kept."),
    )

    def __init__(self, data: Any, *, station: ChargingStation) -> None:
        initial = {
            "name": station.name,
            "code": station.code,
            "location": station.location_id,
            "heartbeat_interval_seconds": station.heartbeat_interval_seconds,
            "is_enabled": station.is_enabled,
        }
        super().__init__(data, initial=initial)
        self.station = station

    @atomic
    def save(self, *, actor: Actor, now: datetime) -> None:
        """Both changes or none. Raises UnableToSaveStation."""
        values = dict(self.cleaned_data)
        is_enabled = values.pop("is_enabled")
        service.update_station(station=self.station, changes=values, actor=actor, now=now)  # type: ignore[arg-type]
        service.set_enabled(station=self.station, is_enabled=is_enabled, actor=actor, now=now)


class KeyForm(forms.Form):
    """A random key, unless the station's own cannot be changed."""

    key = forms.CharField(
        label=_("Fixed key of an old station"),
        required=False,
        strip=False,
        min_length=12,
        max_length=255,
        help_text=_("Leave empty: a random key is made and shown once. That is safer."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def save(
        self, station: ChargingStation, *, actor: Actor, now: datetime
    ) -> tuple[str, tuple[str, ...]]:
        """The new key and what to warn of. Raises UnableToSetKey."""
        typed = self.cleaned_data["key"]
        if typed:
            return typed, station_keys.set_fixed_key(
                station=station, key=typed, actor=actor, now=now
            )
        return station_keys.rotate_key(station=station, actor=actor, now=now), ()
