"""Forms of security: a new key, where and how the station connects."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.services.audit import Actor
from chargers.domain import commands
from chargers.forms.commands.base import CommandForm
from chargers.models import Profile, StationCommand
from chargers.services.station_keys import send_new_key

_INTERFACES = [f"{kind}{number}" for kind in ("Wired", "Wireless") for number in range(4)]


class RotateKeyForm(CommandForm):
    command = commands.RotateKey
    title = _("Send a new key")
    text = _("The old one works until the station has come back with the new one.")
    icon = "key"
    submit = _("Send a new key")

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        return send_new_key(station=self.station, actor=actor, now=now)


class NetworkProfileForm(CommandForm):
    command = commands.SetNetworkProfile
    title = _("Set a network profile")
    text = _("Where and how the station connects (OCPP 2.x). A wrong one takes it offline.")
    icon = "world"
    submit = _("Set")
    danger = True

    slot = forms.IntegerField(label=_("Slot"), min_value=0, max_value=100, initial=1)
    url = forms.CharField(
        label=_("Address of the central system"),
        max_length=512,
        help_text=_("Without the identity, such as wss://csms.example.org/ocpp"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    security_profile = forms.TypedChoiceField(
        label=_("Security profile"),
        coerce=int,
        choices=[choice for choice in Profile.choices if choice[0]],
    )
    interface = forms.ChoiceField(
        label=_("Network interface"), choices=[(name, name) for name in _INTERFACES]
    )
    message_timeout_seconds = forms.IntegerField(
        label=_("Message timeout, seconds"), min_value=1, max_value=3600, initial=30
    )
    apn = forms.CharField(
        label=_("APN"), max_length=512, required=False, help_text=_("Of a mobile network only.")
    )
    apn_authentication = forms.ChoiceField(
        label=_("APN authentication"),
        choices=[(name, name) for name in ("AUTO", "NONE", "PAP", "CHAP")],
    )
    apn_user = forms.CharField(label=_("APN user name"), max_length=20, required=False)
    apn_password = forms.CharField(
        label=_("APN password"),
        max_length=20,
        required=False,
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        if not url.startswith(("ws://", "wss://")):
            raise forms.ValidationError(_("It begins with ws:// or wss://."))
        return url
