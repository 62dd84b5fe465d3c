"""One form per remote command: from a person's choices to one service call."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import IdToken
from accounts.services.audit import Actor
from chargers.domain import commands
from chargers.domain.commands import Command
from chargers.domain.vocabulary import RequestedMessage, ResetType
from chargers.forms.errors import ServiceForm
from chargers.models import ChargingStation, StationCommand
from chargers.services import commands as service
from chargers.views.rows import ConnectorView, connector_views
from common.ids import random_int31

Choices = list[tuple[str, str]]
_WHOLE_STATION = ("", str(_("Whole station")))


class CommandForm(ServiceForm):
    """Base of all. `station` comes with its hardware prefetched, as on the station page.

    Attributes:
        command: what it makes.
        title, text, icon, submit: how the page presents it.
        danger: it may interrupt people who charge.
    """

    command: ClassVar[type[Command]]
    title: ClassVar[Any]
    text: ClassVar[Any] = ""
    icon: ClassVar[str] = "terminal-2"
    submit: ClassVar[Any] = _("Send")
    danger: ClassVar[bool] = False

    def __init__(self, *args: Any, station: ChargingStation, **kwargs: Any) -> None:
        kwargs["auto_id"] = f"{self.command.kind}-%s"
        super().__init__(*args, **kwargs)
        self.station = station
        self.prepare(connector_views(station))

    @classmethod
    def kind(cls) -> str:
        return cls.command.kind

    def prepare(self, connectors: list[ConnectorView]) -> None:
        """Fill choices from the station's hardware."""

    def choose(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = list(choices)

    def to_command(self) -> Command:
        """The command in neutral words; after `is_valid()`."""
        return self.command(**self.cleaned_data)

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        """Ask the station. Raises UnableToCommand."""
        return service.request_command(
            station=self.station, command=self.to_command(), actor=actor, now=now
        )


def _connector_choice(view: ConnectorView) -> tuple[str, str]:
    name = f"EVSE {view.evse.number} · {view.connector.get_type_display()} · {view.state_words}"
    return f"{view.evse.number}:{view.connector.number}", name


def _evse_choices(connectors: list[ConnectorView]) -> Choices:
    numbers = dict.fromkeys(view.evse.number for view in connectors)
    return [(f"{number}:", f"EVSE {number}") for number in numbers]


def _target(value: str) -> dict[str, int | None]:
    evse, _colon, connector = value.partition(":")
    return {
        "evse": int(evse) if evse else None,
        "connector": int(connector) if connector else None,
    }


class StartForm(CommandForm):
    command = commands.RequestStartTransaction
    title = _("Start a transaction")
    text = _("The station charges for this token as if it had been shown there.")
    icon = "player-play"
    submit = _("Start")

    evse = forms.ChoiceField(label=_("Where"))
    id_token = forms.CharField(
        label=_("Token"),
        max_length=255,
        help_text=_("Number of a card, app token or contract, such as 04A2B9C2."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def prepare(self, connectors: list[ConnectorView]) -> None:
        free = {view.evse.number: view for view in connectors if view.transaction is None}
        plugs = {
            number: ", ".join(
                view.connector.get_type_display()
                for view in connectors
                if view.evse.number == number
            )
            for number in free
        }
        self.choose("evse", [(str(number), f"EVSE {number} · {plugs[number]}") for number in free])

    def clean_id_token(self) -> IdToken:
        uid = self.cleaned_data["id_token"].strip()
        found = IdToken.objects.filter(uid__iexact=uid).select_related("driver").first()
        if found is None:
            raise forms.ValidationError(_("There is no such token."))
        return found

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        number = int(self.cleaned_data["evse"])
        return service.start_charging(
            station=self.station,
            evse=next(evse for evse in self.station.evses.all() if evse.number == number),
            id_token=self.cleaned_data["id_token"],
            actor=actor,
            now=now,
        )


class StopForm(CommandForm):
    command: ClassVar[type[Command]] = commands.RequestStopTransaction
    title = _("Stop a transaction")
    text = _("The station ends the session and unlocks the cable.")
    icon = "player-stop"
    submit = _("Stop")
    danger = True

    transaction = forms.ChoiceField(label=_("Transaction"))

    def prepare(self, connectors: list[ConnectorView]) -> None:
        self.running = {
            str(view.transaction.pk): view.transaction for view in connectors if view.transaction
        }
        self.choose(
            "transaction",
            [
                (str(view.transaction.pk), f"EVSE {view.evse.number} · {_whose(view)}")
                for view in connectors
                if view.transaction
            ],
        )

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        transaction = self.running[self.cleaned_data["transaction"]]
        return service.stop_charging(transaction=transaction, actor=actor, now=now)


def _whose(view: ConnectorView) -> str:
    if view.transaction is None:
        return ""
    return str(view.transaction.driver or view.transaction.id_token_uid or _("unknown token"))


class StatusForm(StopForm):
    command: ClassVar[type[Command]] = commands.GetTransactionStatus
    title = _("Ask about a transaction")
    text = _("Whether it still runs, and whether the station holds messages about it.")
    icon = "help-circle"
    submit = _("Ask")
    danger = False

    def to_command(self) -> Command:
        transaction = self.running[self.cleaned_data["transaction"]]
        return commands.GetTransactionStatus(transaction_ref=transaction.station_ref)

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        return CommandForm.send(self, actor=actor, now=now)


class UnlockForm(CommandForm):
    command = commands.UnlockConnector
    title = _("Unlock a connector")
    text = _("Frees a stuck cable. A station may refuse while it charges.")
    icon = "lock-open"
    submit = _("Unlock")

    where = forms.ChoiceField(label=_("Connector"))

    def prepare(self, connectors: list[ConnectorView]) -> None:
        self.connectors = {_connector_choice(view)[0]: view.connector for view in connectors}
        self.choose("where", [_connector_choice(view) for view in connectors])

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
        self.choose("where", [_WHOLE_STATION, *_evse_choices(connectors)])

    def to_command(self) -> Command:
        return commands.Reset(
            type=ResetType(self.cleaned_data["type"]),
            evse=_target(self.cleaned_data["where"])["evse"],
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
        self.choose("where", [_WHOLE_STATION, *_evse_choices(connectors)])

    def to_command(self) -> Command:
        return commands.ChangeAvailability(
            operative=self.cleaned_data["operative"] == "yes",
            evse=_target(self.cleaned_data["where"])["evse"],
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
        self.choose("where", [_WHOLE_STATION, *map(_connector_choice, connectors)])

    def to_command(self) -> Command:
        return commands.TriggerMessage(
            requested_message=RequestedMessage(self.cleaned_data["requested_message"]),
            **_target(self.cleaned_data["where"]),
        )


class ClearCacheForm(CommandForm):
    command = commands.ClearCache
    title = _("Clear the authorisation cache")
    text = _("The station forgets which tokens it has seen and asks again for each.")
    icon = "database"
    submit = _("Clear")


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


class DataTransferForm(CommandForm):
    command = commands.DataTransfer
    title = _("Data transfer")
    text = _("Data that only this vendor's stations understand.")
    icon = "package"

    vendor_id = forms.CharField(label=_("Vendor id"), max_length=255)
    message_id = forms.CharField(label=_("Message id"), max_length=50, required=False)
    # Django takes fields out of the class, so this hides no attribute.
    data = forms.CharField(  # type: ignore[assignment]
        label=_("Data"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )


class CustomForm(CommandForm):
    command = commands.Custom
    title = _("Custom call")
    text = _("For experts: any action with any payload, sent as it stands.")
    icon = "code"
    danger = True

    action = forms.RegexField(
        r"^[A-Za-z][A-Za-z0-9]{0,49}$",
        label=_("Action"),
        help_text=_("Such as GetLocalListVersion."),
        error_messages={"invalid": _("Letters and digits only, at most 50.")},
    )
    payload = forms.CharField(
        label=_("Payload"),
        initial="{}",
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "mono"}),
    )

    def clean_payload(self) -> dict[str, Any]:
        try:
            payload = json.loads(self.cleaned_data["payload"])
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(_("This is not JSON: %s") % error) from None
        if not isinstance(payload, dict):
            raise forms.ValidationError(_('The payload is a JSON object: {"key": "value"}.'))
        return payload


FORMS: dict[str, type[CommandForm]] = {
    form.kind(): form
    for form in (
        StartForm,
        StopForm,
        UnlockForm,
        ResetForm,
        AvailabilityForm,
        TriggerForm,
        ClearCacheForm,
        GetVariablesForm,
        SetVariableForm,
        BaseReportForm,
        GetLogForm,
        StatusForm,
        DataTransferForm,
        CustomForm,
    )
}
