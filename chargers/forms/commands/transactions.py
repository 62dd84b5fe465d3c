"""Forms that start and stop transactions and ask about them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import IdToken
from accounts.services.audit import Actor
from chargers.domain import commands
from chargers.domain.charging_profiles import (
    ChargingProfile,
    Period,
    ProfileKind,
    ProfilePurpose,
    RateUnit,
    Schedule,
)
from chargers.domain.commands import Command
from chargers.forms.commands.base import CommandForm
from chargers.forms.commands.charging import KILOWATTS, UNITS, SmartForm, limit_field, rate
from chargers.models import StationCommand, Transaction
from chargers.services import commands as service
from chargers.views.rows import ConnectorView


class StartForm(SmartForm):
    command = commands.RequestStartTransaction
    title = _("Start a transaction")
    text = _("The station charges for this token as if it had been shown there.")
    icon = "player-play"
    submit = _("Start")
    words = {"periods": "limit"}

    evse = forms.ChoiceField(label=_("Where"))
    id_token = forms.CharField(
        label=_("Token"),
        max_length=255,
        help_text=_("Number of a card, app token or contract, such as 04A2B9C2."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    limit = limit_field(
        label=_("Limit"), required=False, help_text=_("Empty: as much as the station allows.")
    )
    unit = forms.ChoiceField(label=_("In"), choices=UNITS, required=False)

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
            profile=self.profile(),
            actor=actor,
            now=now,
        )

    def profile(self) -> ChargingProfile | None:
        """The limit that the session begins with, if one was typed."""
        limit, unit = self.cleaned_data["limit"], self.cleaned_data["unit"]
        if limit is None:
            return None
        schedule = Schedule(
            unit=RateUnit.WATTS if unit == KILOWATTS else RateUnit.AMPS,
            periods=(Period(start_seconds=0, limit=rate(limit, unit)),),
        )
        return ChargingProfile(
            purpose=ProfilePurpose.TX, kind=ProfileKind.RELATIVE, schedules=(schedule,)
        )


class RunningSessions(dict[str, Transaction]):
    """The sessions that run at a station, by id."""

    def __init__(self, connectors: list[ConnectorView]) -> None:
        found = {view.transaction.pk: view for view in connectors if view.transaction}
        self._views = list(found.values())
        super().__init__(
            (str(view.transaction.pk), view.transaction) for view in self._views if view.transaction
        )

    def choices(self) -> list[tuple[str, str]]:
        """EVSE and driver of each."""
        return [
            (str(view.transaction.pk), f"EVSE {view.evse.number} · {_whose(view)}")
            for view in self._views
            if view.transaction
        ]


class StopForm(CommandForm):
    command: ClassVar[type[Command]] = commands.RequestStopTransaction
    title = _("Stop a transaction")
    text = _("The station ends the session and unlocks the cable.")
    icon = "player-stop"
    submit = _("Stop")
    danger = True

    transaction = forms.ChoiceField(label=_("Transaction"))

    def prepare(self, connectors: list[ConnectorView]) -> None:
        self.running = RunningSessions(connectors)
        self.choose("transaction", self.running.choices())

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
