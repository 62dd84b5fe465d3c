"""The right control for a value: a switch, a number within its range, a choice, or text."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.services.audit import Actor
from chargers.domain.characteristics import NUMBERS, Characteristics, DataType, plain
from chargers.exceptions import UnableTo
from chargers.forms.errors import ServiceForm
from chargers.models import ChargingStation, StationCommand
from chargers.selectors.configuration import SettingView
from chargers.services.device_model import settings

ON_OFF = [("true", _("On")), ("false", _("Off"))]
_QUIET = {"autocomplete": "off", "spellcheck": "false"}


class SettingForm(ServiceForm):
    """One value of one station."""

    def __init__(self, *args: Any, view: SettingView, **kwargs: Any) -> None:
        kwargs["initial"] = {"value": _initial(view)}
        kwargs["auto_id"] = f"setting-{view.key}-%s"
        super().__init__(*args, **kwargs)
        self.view = view
        self.fields["value"] = value_field(view.characteristics, secret=view.is_secret)
        self.fields["value"].widget.attrs["aria-label"] = self.label

    @property
    def label(self) -> str:
        return self.view.setting.label if self.view.setting else self.view.name

    def clean_value(self) -> str:
        value = self.cleaned_data["value"]
        return ",".join(value) if isinstance(value, list) else str(value)

    def save(
        self, *, station: ChargingStation, actor: Actor, now: datetime
    ) -> list[StationCommand]:
        """Raises UnableToCommand."""
        wanted = settings.Wanted(name=self.view.name, value=self.cleaned_data["value"])
        return settings.set_values(station=station, values=[wanted], actor=actor, now=now)

    def take(self, error: UnableTo) -> None:
        for fault in dict.fromkeys(error.errors.values()) or [error.message]:
            self.add_error("value", fault)


def _initial(view: SettingView) -> Any:
    value = "" if view.is_secret else view.value
    if view.characteristics.data_type is DataType.BOOLEAN:
        return value.strip().lower()
    if view.characteristics.data_type is DataType.MEMBER_LIST and view.characteristics.choices:
        return [word.strip() for word in value.split(",")]
    return value


def value_field(characteristics: Characteristics, *, secret: bool = False) -> forms.Field:
    """A field whose control fits the type; whether a value is within its limits the service says."""
    if secret:
        # The present one is not shown: sent as it stands, an empty field would take it away.
        return forms.CharField(strip=False, widget=forms.PasswordInput(attrs={**_QUIET}))
    words = [(word, word) for word in characteristics.choices]
    if characteristics.data_type is DataType.BOOLEAN:
        return forms.ChoiceField(choices=ON_OFF, required=False)
    if characteristics.data_type in NUMBERS:
        widget = forms.NumberInput(attrs=_limits(characteristics))
        return forms.CharField(required=False, widget=widget)
    if characteristics.data_type is DataType.OPTION_LIST and words:
        return forms.ChoiceField(choices=words, required=False)
    if characteristics.data_type is DataType.MEMBER_LIST and words:
        return forms.MultipleChoiceField(
            choices=words, required=False, widget=forms.CheckboxSelectMultiple
        )
    return forms.CharField(required=False, strip=False, widget=forms.TextInput(attrs={**_QUIET}))


def _limits(characteristics: Characteristics) -> dict[str, str]:
    attrs = {"step": "1" if characteristics.data_type is DataType.INTEGER else "any"}
    if characteristics.minimum is not None:
        attrs["min"] = plain(characteristics.minimum)
    if characteristics.maximum is not None:
        attrs["max"] = plain(characteristics.maximum)
    return attrs
