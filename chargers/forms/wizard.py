"""The steps of adding a station. Nothing is saved before the last one."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from django import forms
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext_lazy as _

from accounts.models import Operator
from chargers.domain.station_csv import EvseLine
from chargers.forms.errors import ServiceForm
from chargers.forms.locations import LocationForm
from chargers.forms.stations import LocationChoice
from chargers.models import ConnectorType, CurrentType, Location, Profile
from chargers.services.stations import NewEvse

_TYPED = ("name", "address", "city", "latitude", "longitude")
_NEEDED_AT_NEW = (*_TYPED, "country", "time_zone")


class WhereForm(LocationForm):
    """Step 1: a location that exists, or the fields of a new one."""

    location = LocationChoice(
        label=_("Location"), required=False, empty_label=_("Choose a location")
    )

    def __init__(self, *args: Any, operator: Operator, **kwargs: Any) -> None:
        super().__init__(*args, operator=operator, **kwargs)
        self.has_locations = Location.objects.exists()
        for name in _NEEDED_AT_NEW:
            self.fields[name].required = False

    @property
    def is_new(self) -> bool:
        """Whether something of a new location was typed."""
        return self.is_bound and any(self.data.get(name) for name in _TYPED)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("location") or self.errors:
            return values
        if self.has_locations and not self.is_new:
            self.add_error("location", _("Choose a location, or describe a new one."))
            return values
        for name in _NEEDED_AT_NEW:
            if values.get(name) in (None, ""):
                self.add_error(name, _("This is needed for a new location."))
        return values

    def to_session(self) -> dict[str, Any]:
        """The choice as JSON for the person's session."""
        chosen = self.cleaned_data.get("location")
        if chosen:
            return {"location": str(chosen.pk)}
        told: dict[str, Any] = json.loads(json.dumps(self.values(), cls=DjangoJSONEncoder))
        return {"new_location": told}


def new_location_values(told: dict[str, Any]) -> dict[str, Any]:
    """What `WhereForm.to_session` kept, as the service takes it."""
    degrees = {name: Decimal(told[name]) for name in ("latitude", "longitude")}
    return {**told, **degrees}


class HardwareForm(ServiceForm):
    """Step 2: the station itself; its EVSEs are rows of `EvseFormSet`."""

    name = forms.CharField(label=_("Name"), max_length=120)
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        required=False,
        help_text=_("What drivers and partners see. Empty: made for you."),
    )
    vendor = forms.CharField(label=_("Vendor"), max_length=50, required=False)
    model = forms.CharField(
        label=_("Model"), max_length=50, required=False, help_text=_("The station will tell, too.")
    )
    identity = forms.CharField(
        label=_("Identity"),
        max_length=48,
        required=False,
        help_text=_("Empty: a random one, which nobody can guess."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    key = forms.CharField(
        label=_("Key"),
        max_length=255,
        required=False,
        strip=False,
        help_text=_("Empty: a random one. At least 12 characters."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    min_security_profile = forms.TypedChoiceField(
        label=_("Minimum security profile"),
        coerce=int,
        required=False,
        empty_value=None,
        choices=[choice for choice in Profile.choices if choice[0]],
        help_text=_("A connection with a lower one is refused. Profile 2 needs wss://."),
    )


class EvseRow(forms.Form):
    """One EVSE."""

    current_type = forms.ChoiceField(label=_("Current"), choices=CurrentType.choices)
    max_power_kw = forms.DecimalField(
        label=_("Power, kW"),
        min_value=Decimal("0.1"),
        max_value=5000,
        max_digits=7,
        decimal_places=3,
        initial=22,
    )
    connector = forms.ChoiceField(label=_("Connector"), choices=ConnectorType.choices)
    second_connector = forms.ChoiceField(
        label=_("Second connector"),
        required=False,
        choices=[("", _("None")), *ConnectorType.choices],
    )

    def to_evse(self) -> NewEvse:
        values = self.cleaned_data
        plugs = [values["connector"], values["second_connector"]]
        return NewEvse(
            current_type=CurrentType(values["current_type"]),
            max_power_w=int(values["max_power_kw"] * 1000),
            connectors=tuple(ConnectorType(plug) for plug in plugs if plug),
        )


def evse_initial(evse: EvseLine) -> dict[str, Any]:
    """An EVSE as a catalogue or a file writes it, for a row of the form."""
    plugs = evse["connectors"]
    return {
        "current_type": evse["current_type"],
        "max_power_kw": Decimal(evse["max_power_w"]) / 1000,
        "connector": plugs[0],
        "second_connector": plugs[1] if len(plugs) > 1 else "",
    }


EvseFormSet = forms.formset_factory(
    EvseRow, extra=0, min_num=1, max_num=16, validate_min=True, validate_max=True
)
