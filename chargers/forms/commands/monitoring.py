"""Forms of monitoring (OCPP 2.x)."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.services.audit import Actor
from chargers.domain import commands
from chargers.domain.commands import Command, MonitoringBase, MonitoringCriterion, MonitorType
from chargers.domain.device_events import SEVERITIES
from chargers.forms.commands.base import CommandForm
from chargers.forms.commands.device_model import lines_of
from chargers.models import StationCommand
from chargers.services.device_model import monitoring
from common.ids import random_int31

TYPES = [
    (MonitorType.UPPER_THRESHOLD.value, _("Rises above")),
    (MonitorType.LOWER_THRESHOLD.value, _("Falls below")),
    (MonitorType.DELTA.value, _("Changes by")),
    (MonitorType.PERIODIC.value, _("Report every … seconds")),
    (MonitorType.PERIODIC_CLOCK_ALIGNED.value, _("Report every … seconds of the clock")),
]
LEVELS = [(str(number), f"{number} · {word}") for number, word in enumerate(SEVERITIES)]


class SetMonitorForm(CommandForm):
    command = commands.SetVariableMonitoring
    title = _("Watch a variable")
    text = _("The station reports when it happens. OCPP 2.x.")
    icon = "eye"
    submit = _("Watch")

    name = forms.CharField(
        label=_("Variable"),
        max_length=255,
        help_text=_("Component.Variable"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    type = forms.ChoiceField(label=_("When it"), choices=TYPES)
    value = forms.FloatField(label=_("Value"))
    severity = forms.ChoiceField(
        label=_("Severity"),
        choices=LEVELS,
        initial="5",
        help_text=_("Up to 3 it stands under Attention until it is over."),
    )
    transaction = forms.BooleanField(label=_("Only while a session runs"), required=False)
    id = forms.IntegerField(
        label=_("Replaces monitor"),
        required=False,
        min_value=0,
        max_value=2**31 - 1,
        help_text=_("Its number."),
    )

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        data = self.cleaned_data
        wanted = monitoring.NewMonitor(
            name=data["name"],
            type=MonitorType(data["type"]),
            value=data["value"],
            severity=int(data["severity"]),
            transaction=data["transaction"],
            id=data["id"],
        )
        (sent,) = monitoring.set_monitors(
            station=self.station, monitors=[wanted], actor=actor, now=now
        )
        return sent


class ClearMonitorsForm(CommandForm):
    command = commands.ClearVariableMonitoring
    title = _("Remove monitors")
    text = _("The station stops watching. OCPP 2.x.")
    icon = "eye-off"
    submit = _("Remove")

    ids = forms.CharField(label=_("Numbers"), help_text=_("With commas between them."))

    def clean_ids(self) -> tuple[int, ...]:
        parts = [part.strip() for part in self.cleaned_data["ids"].split(",") if part.strip()]
        if not parts or not all(
            part.isascii() and part.isdigit() and len(part) < 10 for part in parts
        ):
            raise ValidationError(_("Whole numbers, with commas between them."))
        return tuple(int(part) for part in parts)

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        """The last of the commands, when it took several."""
        numbers = self.cleaned_data["ids"]
        return monitoring.clear_monitors(
            station=self.station, numbers=numbers, actor=actor, now=now
        )[-1]


class MonitoringBaseForm(CommandForm):
    command = commands.SetMonitoringBase
    title = _("Choose a set of monitors")
    text = _("Go back to the manufacturer's monitors. OCPP 2.x.")
    icon = "restore"
    submit = _("Choose")

    base = forms.ChoiceField(
        label=_("Monitors"),
        choices=[
            (MonitoringBase.ALL.value, _("All that are set up")),
            (MonitoringBase.FACTORY_DEFAULT.value, _("Those of the factory")),
            (MonitoringBase.HARD_WIRED_ONLY.value, _("Only those that are wired in")),
        ],
        help_text=_("The last two remove what was set up by commands."),
    )

    def to_command(self) -> Command:
        return commands.SetMonitoringBase(base=MonitoringBase(self.cleaned_data["base"]))


class MonitoringLevelForm(CommandForm):
    command = commands.SetMonitoringLevel
    title = _("Choose what is reported")
    text = _("Less grave events stay in the station. OCPP 2.x.")
    icon = "filter"
    submit = _("Choose")

    severity = forms.ChoiceField(label=_("This severity and graver"), choices=LEVELS, initial="9")

    def to_command(self) -> Command:
        return commands.SetMonitoringLevel(severity=int(self.cleaned_data["severity"]))


class MonitoringReportForm(CommandForm):
    command = commands.GetMonitoringReport
    title = _("Request the monitors")
    text = _("The station tells what it watches. OCPP 2.x.")
    icon = "heart-rate-monitor"
    submit = _("Request")

    criteria = forms.MultipleChoiceField(
        label=_("Kinds"),
        required=False,
        choices=[
            (MonitoringCriterion.THRESHOLD.value, _("Thresholds")),
            (MonitoringCriterion.DELTA.value, _("Changes")),
            (MonitoringCriterion.PERIODIC.value, _("Periodic")),
        ],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None: all."),
    )
    names = forms.CharField(
        label=_("Names"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("One per line: Component or Component.Variable. None: all."),
    )

    def to_command(self) -> Command:
        return commands.GetMonitoringReport(
            request_id=random_int31(),
            criteria=tuple(self.cleaned_data["criteria"]),
            names=lines_of(self.cleaned_data["names"]),
        )
