"""Forms about what a station remembers of tokens."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.services.audit import Actor
from chargers.domain import commands
from chargers.forms.commands.base import CommandForm
from chargers.models import StationCommand
from chargers.services.local_lists.control import read_version, sync_list


class ClearCacheForm(CommandForm):
    command = commands.ClearCache
    title = _("Clear the authorisation cache")
    text = _("The station forgets which tokens it has seen and asks again for each.")
    icon = "database"
    submit = _("Clear")


class SendLocalListForm(CommandForm):
    command = commands.SendLocalList
    title = _("Send the local list")
    text = _("The tokens that the station knows by itself, also without a connection.")
    icon = "list"

    full = forms.ChoiceField(
        label=_("What"),
        choices=[
            ("no", _("Only what has changed")),
            ("yes", _("The whole list, whatever the station holds")),
        ],
        widget=forms.RadioSelect,
        initial="no",
    )

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        full = self.cleaned_data["full"] == "yes"
        return sync_list(station=self.station, full=full, actor=actor, now=now)


class LocalListVersionForm(CommandForm):
    command = commands.GetLocalListVersion
    title = _("Read the version of the local list")
    text = _("Shows whether the station still holds the list that it was sent.")
    icon = "clipboard-check"
    submit = _("Read")

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        return read_version(station=self.station, actor=actor, now=now)
