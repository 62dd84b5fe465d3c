"""Forms of the Security tab."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.services.audit import Actor
from chargers.forms.errors import ServiceForm
from chargers.models import ChargingStation, Profile, Protocol
from chargers.services import station_security as service

_VERSIONS = [("", _("None: it is refused")), *(choice for choice in Protocol.choices if choice[0])]


class SecurityForm(ServiceForm):
    min_security_profile = forms.TypedChoiceField(
        label=_("Minimum security profile"),
        coerce=int,
        choices=[choice for choice in Profile.choices if choice[0]],
        help_text=_("A connection with a lower one is refused, whatever key it has."),
    )
    assumed_protocol = forms.ChoiceField(
        label=_("Version when it offers none"),
        required=False,
        choices=_VERSIONS,
        help_text=_("Some old stations connect without saying which OCPP they speak."),
    )

    def __init__(self, data: Any, *, station: ChargingStation) -> None:
        names = ("min_security_profile", "assumed_protocol")
        super().__init__(data, initial={name: getattr(station, name) for name in names})
        self.station = station

    def save(self, *, actor: Actor, now: datetime) -> tuple[str, ...]:
        """What to warn of. Raises UnableToSaveStation."""
        told = self.cleaned_data
        return service.update_security(
            station=self.station,
            actor=actor,
            now=now,
            min_security_profile=told["min_security_profile"],
            assumed_protocol=told["assumed_protocol"],
        )


class OpenDoorForm(ServiceForm):
    """Profile 0 for a while."""

    hours = forms.TypedChoiceField(
        label=_("For how long"),
        coerce=int,
        choices=[(1, _("1 hour")), (4, _("4 hours")), (24, _("1 day")), (168, _("7 days"))],
    )

    def save(self, station: ChargingStation, *, actor: Actor, now: datetime) -> None:
        """Raises UnableToSaveStation."""
        until = now + timedelta(hours=self.cleaned_data["hours"])
        service.allow_unauthenticated(station=station, until=until, actor=actor, now=now)
