"""Forms of the device model."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from chargers.domain import commands
from chargers.domain.commands import Command
from chargers.forms.commands.base import CommandForm
from common.ids import random_int31


class GetVariablesForm(CommandForm):
    command = commands.GetVariables
    title = _("Read variables")
    text = _("OCPP 2.x: Component.Variable. OCPP 1.6: configuration keys.")
    icon = "adjustments"
    submit = _("Read")

    names = forms.CharField(
        label=_("Names"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("One per line. Empty: all configuration keys (OCPP 1.6)."),
    )

    def to_command(self) -> Command:
        lines = (line.strip() for line in self.cleaned_data["names"].splitlines())
        return commands.GetVariables(names=tuple(line for line in lines if line))


class SetVariableForm(CommandForm):
    command = commands.SetVariable
    title = _("Set a variable")
    text = _("A wrong value can take the station offline.")
    icon = "edit"
    submit = _("Set")

    name = forms.CharField(
        label=_("Name"),
        max_length=255,
        help_text=_("Component.Variable, or a configuration key."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    value = forms.CharField(label=_("Value"), max_length=2500, required=False, strip=False)


class BaseReportForm(CommandForm):
    command = commands.GetBaseReport
    title = _("Request the full report")
    text = _("The station sends every variable it has; they appear under Variables.")
    icon = "list"
    submit = _("Request")

    def to_command(self) -> Command:
        return commands.GetBaseReport(request_id=random_int31())
