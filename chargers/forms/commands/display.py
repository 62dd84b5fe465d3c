"""Forms of displays."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.services.audit import Actor
from chargers.domain import commands
from chargers.domain.vocabulary import MessageFormat, MessagePriority, MessageState
from chargers.forms.commands.base import CommandForm, instant_field
from chargers.forms.commands.transactions import RunningSessions
from chargers.forms.errors import ServiceForm
from chargers.models import DisplayMessage, StationCommand
from chargers.selectors.displays import messages_up
from chargers.services.display import requests
from chargers.views.rows import ConnectorView

PRIORITIES = [
    (MessagePriority.NORMAL_CYCLE.value, _("In turn with other messages")),
    (MessagePriority.IN_FRONT.value, _("Before other messages")),
    (MessagePriority.ALWAYS_FRONT.value, _("Always in front")),
]
STATES = [
    ("", _("Always")),
    (MessageState.IDLE.value, _("While nobody charges")),
    (MessageState.CHARGING.value, _("While it charges")),
    (MessageState.UNAVAILABLE.value, _("While out of service")),
    (MessageState.FAULTED.value, _("While faulted")),
]


class MessageFields(ServiceForm):
    """What a message is, wherever it is shown."""

    content = forms.CharField(
        label=_("Text"), max_length=512, widget=forms.Textarea(attrs={"rows": 3})
    )
    priority = forms.ChoiceField(label=_("Place"), choices=PRIORITIES)
    state = forms.ChoiceField(label=_("Shown"), choices=STATES, required=False)
    language = forms.CharField(
        label=_("Language"), max_length=8, required=False, help_text=_("Such as en or nl.")
    )
    starts_at = instant_field(_("From"))
    ends_at = instant_field(_("Until"))

    def clean_priority(self) -> MessagePriority:
        return MessagePriority(self.cleaned_data["priority"])


class ShowMessageForm(MessageFields, CommandForm):
    command = commands.SetDisplayMessage
    title = _("Show a message")
    text = _("A text on the station's display.")
    icon = "message"
    submit = _("Show")

    format = forms.ChoiceField(
        label=_("Format"),
        choices=[
            (MessageFormat.UTF8.value, _("Text")),
            (MessageFormat.ASCII.value, _("Text, plain letters only")),
            (MessageFormat.HTML.value, _("HTML")),
            (MessageFormat.URI.value, _("Address of a page")),
            (MessageFormat.QRCODE.value, _("QR code (OCPP 2.1)")),
        ],
    )
    transaction = forms.ChoiceField(label=_("For"), required=False)
    replaces = forms.ChoiceField(label=_("Instead of"), required=False)

    field_order = ("content", "priority", "state", "transaction", "replaces")

    def prepare(self, connectors: list[ConnectorView]) -> None:
        self.running = RunningSessions(connectors)
        self.up = {str(row.number): row for row in messages_up(self.station.pk)}
        everybody = ("", str(_("Everybody")))
        self.choose("transaction", [everybody, *self.running.choices()])
        nothing = ("", str(_("Nothing: a new message")))
        self.choose("replaces", [nothing, *((key, _short(row)) for key, row in self.up.items())])

    def clean_format(self) -> MessageFormat:
        return MessageFormat(self.cleaned_data["format"])

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        data: dict[str, Any] = dict(self.cleaned_data)
        data["transaction"] = self.running.get(data["transaction"])
        data["replaces"] = self.up.get(data["replaces"])
        return requests.show_message(station=self.station, **data, actor=actor, now=now)


def _short(row: DisplayMessage) -> str:
    text = row.content if len(row.content) <= 60 else f"{row.content[:57]}…"
    return f"{row.number} · {text}"


class AskDisplayForm(CommandForm):
    command = commands.GetDisplayMessages
    title = _("Ask what is shown")
    text = _("The station tells every message that it holds; they appear under Display.")
    icon = "refresh"
    submit = _("Ask")

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        return requests.ask_display(station=self.station, actor=actor, now=now)


class ClearMessageForm(CommandForm):
    command = commands.ClearDisplayMessage
    title = _("Take a message down")
    text = _("The station shows it no longer.")
    icon = "trash"
    submit = _("Take down")

    number = forms.ChoiceField(label=_("Message"))

    def prepare(self, connectors: list[ConnectorView]) -> None:  # noqa: ARG002
        self.up = {str(row.number): row for row in messages_up(self.station.pk)}
        self.choose("number", [(key, _short(row)) for key, row in self.up.items()])

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        message = self.up[self.cleaned_data["number"]]
        return requests.clear_message(message=message, actor=actor, now=now)
