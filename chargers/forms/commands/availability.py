"""Forms of unlock, reset, availability and triggers."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.services.audit import Actor
from chargers.domain import commands
from chargers.domain.commands import Command
from chargers.domain.vocabulary import RequestedMessage, ResetType
from chargers.forms.commands.base import (
    WHOLE_STATION,
    CommandForm,
    connector_choice,
    evse_choices,
    target,
)
from chargers.models import StationCommand
from chargers.services import commands as service
from chargers.views.rows import ConnectorView


class UnlockForm(CommandForm):
    command = commands.UnlockConnector
    title = _("Unlock a connector")
    text = _("Frees a stuck cable. A station may refuse while it charges.")
    icon = "lock-open"
    submit = _("Unlock")

    where = forms.ChoiceField(label=_("Connector"))

    def prepare(self, connectors: list[ConnectorView]) -> None:
        self.connectors = {connector_choice(view)[0]: view.connector for view in connectors}
        self.choose("where", [connector_choice(view) for view in connectors])

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        connector = self.connectors[self.cleaned_data["where"]]
        return service.unlock(connector=connector, actor=actor, now=now)


class ResetForm(CommandForm):
    command = commands.Reset
    title = _("Reset")
    text = _("The station restarts and is offline for about a minute.")
    icon = "power"
    submit = _("Reset")
    danger = True

    type = forms.ChoiceField(
        label=_("When"),
        choices=[
            (ResetType.ON_IDLE, _("When idle: running transactions go on to their end")),
            (ResetType.IMMEDIATE, _("Immediately: running transactions are ended")),
        ],
        widget=forms.RadioSelect,
        initial=ResetType.ON_IDLE,
    )
    where = forms.ChoiceField(label=_("What"), required=False)

    def prepare(self, connectors: list[ConnectorView]) -> None:
        self.choose("where", [WHOLE_STATION, *evse_choices(connectors)])

    def to_command(self) -> Command:
        return commands.Reset(
            type=ResetType(self.cleaned_data["type"]),
            evse=target(self.cleaned_data["where"])["evse"],
        )


class AvailabilityForm(CommandForm):
    command = commands.ChangeAvailability
    title = _("Change availability")
    text = _("Out of service, nobody can start to charge. Running transactions go on.")
    icon = "barrier-block"

    operative = forms.ChoiceField(
        label=_("Make it"),
        choices=[("no", _("Out of service")), ("yes", _("In service"))],
        widget=forms.RadioSelect,
    )
    where = forms.ChoiceField(label=_("What"), required=False)

    def prepare(self, connectors: list[ConnectorView]) -> None:
        self.choose("where", [WHOLE_STATION, *evse_choices(connectors)])

    def to_command(self) -> Command:
        return commands.ChangeAvailability(
            operative=self.cleaned_data["operative"] == "yes",
            evse=target(self.cleaned_data["where"])["evse"],
        )


class TriggerForm(CommandForm):
    command = commands.TriggerMessage
    title = _("Trigger a message")
    text = _("The station sends this message now instead of at its own time.")
    icon = "broadcast"

    requested_message = forms.ChoiceField(
        label=_("Message"),
        choices=[(message.value, message.value) for message in RequestedMessage],
        initial=RequestedMessage.STATUS_NOTIFICATION,
    )
    where = forms.ChoiceField(label=_("Of"), required=False)

    def prepare(self, connectors: list[ConnectorView]) -> None:
        self.choose("where", [WHOLE_STATION, *map(connector_choice, connectors)])

    def to_command(self) -> Command:
        return commands.TriggerMessage(
            requested_message=RequestedMessage(self.cleaned_data["requested_message"]),
            **target(self.cleaned_data["where"]),
        )
