"""Forms that fetch logs."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from chargers.domain import commands
from chargers.domain.commands import Command
from chargers.forms.commands.base import CommandForm
from common.ids import random_int31


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

    def to_command(self) -> Command:
        return commands.GetLog(request_id=random_int31(), **self.cleaned_data)
