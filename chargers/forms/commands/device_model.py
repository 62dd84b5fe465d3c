"""Forms of the device model."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.services.audit import Actor
from chargers.domain import commands
from chargers.domain.commands import Command, ComponentCriterion, ReportBase
from chargers.forms.commands.base import CommandForm
from chargers.models import StationCommand
from chargers.services import commands as service
from chargers.services.device_model import settings
from common.ids import random_int31

_LINES = forms.Textarea(attrs={"rows": 4, "spellcheck": "false"})
BASES = [
    (ReportBase.FULL.value, _("Everything")),
    (ReportBase.CONFIGURATION.value, _("What can be set")),
    (ReportBase.SUMMARY.value, _("The state, in short")),
]


def lines_of(text: str) -> tuple[str, ...]:
    return tuple(line for line in (line.strip() for line in text.splitlines()) if line)


class GetVariablesForm(CommandForm):
    command = commands.GetVariables
    title = _("Read variables")
    text = _("OCPP 2.x: Component.Variable. OCPP 1.6: configuration keys.")
    icon = "adjustments"
    submit = _("Read")

    names = forms.CharField(
        label=_("Names"),
        required=False,
        widget=_LINES,
        help_text=_("One per line. Empty: all configuration keys (OCPP 1.6)."),
    )

    def to_command(self) -> Command:
        return commands.GetVariables(names=lines_of(self.cleaned_data["names"]))


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

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        return service.set_variable(station=self.station, **self.cleaned_data, actor=actor, now=now)


class SetVariablesForm(CommandForm):
    command = commands.SetVariables
    title = _("Set several variables")
    text = _("Every value has its own answer. A wrong one can take the station offline.")
    icon = "list"
    submit = _("Set")

    values = forms.CharField(
        label=_("Values"),
        widget=_LINES,
        help_text=_("One per line: name = value."),
    )

    def clean_values(self) -> list[settings.Wanted]:
        return [_wanted(line) for line in lines_of(self.cleaned_data["values"])]

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        """The last of the commands, when it took several."""
        sent = settings.set_values(
            station=self.station, values=self.cleaned_data["values"], actor=actor, now=now
        )
        return sent[-1]

    def take(self, error: Any) -> None:
        """All values are in one field here."""
        for name, fault in error.errors.items():
            self.add_error("values", fault if name == "values" else f"{name}: {fault}")
        if not error.errors:
            self.add_error(None, error.message)


def _wanted(line: str) -> settings.Wanted:
    name, equals, value = line.partition("=")
    if not equals or not name.strip():
        raise ValidationError(_now("“%s” is not: name = value.") % line[:60])
    return settings.Wanted(name=name.strip(), value=value.strip())


class BaseReportForm(CommandForm):
    command = commands.GetBaseReport
    title = _("Request the full report")
    text = _("The station sends every variable it has; they appear under Configuration.")
    icon = "list"
    submit = _("Request")

    report_base = forms.ChoiceField(
        label=_("What"), choices=BASES, required=False, help_text=_("OCPP 1.6 always tells all.")
    )

    def to_command(self) -> Command:
        base = ReportBase(self.cleaned_data["report_base"] or ReportBase.FULL)
        return commands.GetBaseReport(request_id=random_int31(), report_base=base)


class ReportForm(CommandForm):
    command = commands.GetReport
    title = _("Request a report")
    text = _("Of components by their state, or by name.")
    icon = "report-search"
    submit = _("Request")

    criteria = forms.MultipleChoiceField(
        label=_("Components that are"),
        required=False,
        choices=[
            (ComponentCriterion.ACTIVE.value, _("Active")),
            (ComponentCriterion.AVAILABLE.value, _("There")),
            (ComponentCriterion.ENABLED.value, _("Enabled")),
            (ComponentCriterion.PROBLEM.value, _("In trouble")),
        ],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("OCPP 2.x."),
    )
    names = forms.CharField(
        label=_("Names"),
        required=False,
        widget=_LINES,
        help_text=_("One per line: Component, Component.Variable, or a configuration key."),
    )

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        """The last of the commands, when it took several."""
        sent = settings.request_report(
            station=self.station,
            criteria=tuple(self.cleaned_data["criteria"]),
            names=lines_of(self.cleaned_data["names"]),
            actor=actor,
            now=now,
        )
        return sent[-1]
