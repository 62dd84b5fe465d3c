"""Forms that fetch logs and what a station knows of customers."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.services.audit import Actor
from chargers.domain import commands
from chargers.forms.commands.base import CommandForm, instant_field
from chargers.models import StationCommand
from chargers.services.maintenance import requests


class GetLogForm(CommandForm):
    command = commands.GetLog
    title = _("Fetch a log")
    text = _("The station uploads its log to a server of yours.")
    icon = "upload"
    submit = _("Fetch")

    log_type = forms.ChoiceField(
        label=_("Log"),
        choices=[("DiagnosticsLog", _("Diagnostics")), ("SecurityLog", _("Security"))],
    )
    upload_url = forms.URLField(
        label=_("Upload to"),
        max_length=512,
        assume_scheme="https",
        help_text=_("ftp, ftps, http or https; the station must be able to reach it."),
    )
    oldest_at = instant_field(_("Entries from"))
    latest_at = instant_field(_("Entries until"))

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        return requests.get_log(station=self.station, **self.cleaned_data, actor=actor, now=now)


class CustomerInformationForm(CommandForm):
    command = commands.CustomerInformation
    title = _("Customer information")
    text = _("What the station has stored about a person: to be told, to be forgotten, or both.")
    icon = "users"
    submit = _("Ask")

    wish = forms.ChoiceField(
        label=_("The station shall"),
        choices=[
            ("report", _("Tell what it knows")),
            ("clear", _("Forget the customer")),
            ("both", _("Tell, then forget")),
        ],
        widget=forms.RadioSelect,
        initial="report",
    )
    id_token_uid = forms.CharField(
        label=_("Token"),
        required=False,
        max_length=36,
        help_text=_("Number of the customer's card, or else an identifier below."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    id_token_type = forms.ChoiceField(
        label=_("Kind of token"),
        choices=[
            (word, word)
            for word in ("ISO14443", "ISO15693", "Central", "eMAID", "Local", "KeyCode")
        ],
        initial="ISO14443",
    )
    customer_identifier = forms.CharField(
        label=_("Identifier of the customer"), required=False, max_length=64
    )

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        wish = self.cleaned_data.pop("wish")
        return requests.request_customer_information(
            station=self.station,
            report=wish != "clear",
            clear=wish != "report",
            **self.cleaned_data,
            actor=actor,
            now=now,
        )
