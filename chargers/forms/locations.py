"""Forms of locations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Operator
from accounts.services.audit import Actor
from chargers.forms.errors import ServiceForm
from chargers.models import Location
from chargers.services import locations as service
from common.widgets import PlainSelect

FIELDS = (
    "name",
    "address",
    "postal_code",
    "city",
    "country",
    "time_zone",
    "latitude",
    "longitude",
    "is_public",
)


def _country_choices() -> list[tuple[str, str]]:
    return sorted(service.countries().items(), key=lambda item: item[1])


def _zone_choices() -> list[tuple[str, str]]:
    return [(name, name) for name in sorted(service.time_zones()) if "/" in name or name == "UTC"]


class LocationForm(ServiceForm):
    name = forms.CharField(label=_("Name"), max_length=120)
    address = forms.CharField(label=_("Address"), max_length=120)
    postal_code = forms.CharField(label=_("Postal code"), max_length=12, required=False)
    city = forms.CharField(label=_("City"), max_length=80)
    country = forms.ChoiceField(label=_("Country"), choices=_country_choices, widget=PlainSelect)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=_zone_choices, widget=PlainSelect)
    latitude = forms.DecimalField(
        label=_("Latitude"),
        min_value=-90,
        max_value=90,
        max_digits=9,
        decimal_places=6,
        help_text=_("Degrees north, such as 55.676098."),
    )
    longitude = forms.DecimalField(
        label=_("Longitude"),
        min_value=-180,
        max_value=180,
        max_digits=9,
        decimal_places=6,
        help_text=_("Degrees east, such as 12.568337."),
    )
    is_public = forms.BooleanField(
        label=_("Shown to drivers"), required=False, help_text=_("Off for depots and homes.")
    )

    def __init__(self, *args: Any, operator: Operator, **kwargs: Any) -> None:
        defaults = {
            "country": operator.country,
            "time_zone": operator.time_zone,
            "is_public": True,
        }
        kwargs["initial"] = defaults | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.operator = operator

    def values(self) -> dict[str, Any]:
        """What the service takes; after `is_valid()`."""
        return {name: self.cleaned_data[name] for name in FIELDS}

    def add(self, *, actor: Actor, now: datetime) -> Location:
        """Raises UnableToSaveLocation."""
        return service.add_location(operator=self.operator, actor=actor, now=now, **self.values())

    def change(self, location: Location, *, actor: Actor, now: datetime) -> Location:
        """Raises UnableToSaveLocation."""
        changes: Any = self.values()
        return service.update_location(location=location, changes=changes, actor=actor, now=now)


def initial_of(location: Location) -> dict[str, Any]:
    """Present values for the form."""
    return {name: getattr(location, name) for name in FIELDS}
