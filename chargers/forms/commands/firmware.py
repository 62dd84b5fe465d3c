"""Forms of firmware."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.services.audit import Actor
from chargers.domain import commands
from chargers.forms.commands.base import CommandForm, instant_field
from chargers.models import StationCommand
from chargers.services.maintenance import requests

_MONO = {"rows": 4, "spellcheck": "false", "class": "mono"}


class UpdateFirmwareForm(CommandForm):
    command = commands.UpdateFirmware
    title = _("Update the firmware")
    text = _("The station fetches an image from a server of yours, installs it and restarts.")
    icon = "refresh"
    submit = _("Update")
    danger = True

    url = forms.CharField(
        label=_("Image"),
        max_length=2000,
        help_text=_("ftp, ftps, http or https; the station must be able to reach it."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    retrieve_at = instant_field(_("Fetch it not before"))
    install_at = instant_field(_("Install it not before"))
    signing_certificate = forms.CharField(
        label=_("Certificate of the maker"),
        required=False,
        max_length=5500,
        help_text=_("PEM; with a signature, the station checks the image before it installs it."),
        widget=forms.Textarea(attrs=_MONO),
    )
    signature = forms.CharField(
        label=_("Signature"), required=False, max_length=800, widget=forms.Textarea(attrs=_MONO)
    )
    retries = forms.IntegerField(label=_("Retries"), required=False, min_value=0, max_value=100)
    retry_interval_seconds = forms.IntegerField(
        label=_("Seconds between retries"), required=False, min_value=1, max_value=86_400
    )

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        return requests.update_firmware(
            station=self.station, **self.cleaned_data, actor=actor, now=now
        )


def _checksum() -> forms.CharField:
    return forms.CharField(
        label=_("MD5 checksum"), max_length=32, help_text=_("32 hexadecimal digits.")
    )


class PublishFirmwareForm(CommandForm):
    command = commands.PublishFirmware
    title = _("Publish firmware")
    text = _("A local controller fetches an image and offers it to the stations behind it.")
    icon = "upload"
    submit = _("Publish")

    url = forms.CharField(label=_("Image"), max_length=2000)
    checksum = _checksum()

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        return requests.publish_firmware(
            station=self.station, **self.cleaned_data, actor=actor, now=now
        )


class UnpublishFirmwareForm(CommandForm):
    command = commands.UnpublishFirmware
    title = _("Withdraw published firmware")
    text = _("A local controller offers the image no longer.")
    icon = "trash"
    submit = _("Withdraw")

    checksum = _checksum()

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        return requests.unpublish_firmware(
            station=self.station, **self.cleaned_data, actor=actor, now=now
        )
