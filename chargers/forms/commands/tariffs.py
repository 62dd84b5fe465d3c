"""Forms of costs and tariffs."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.services.audit import Actor
from chargers.domain import commands
from chargers.forms.commands.base import CommandForm, evse_choices
from chargers.forms.commands.transactions import RunningSessions
from chargers.models import Evse, StationCommand
from chargers.ocpp.tariff import EXAMPLE
from chargers.services.display import requests, tariffs
from chargers.views.rows import ConnectorView

EVERY_EVSE = ("", str(_("All EVSEs")))


class TariffField(forms.CharField):
    """JSON of a tariff, with an example to start from; the service looks at what it says."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Tariff"))
        kwargs.setdefault("initial", json.dumps(EXAMPLE, indent=2))
        kwargs.setdefault("help_text", _("TariffType of OCPP 2.1 as JSON. Prices without tax."))
        kwargs.setdefault(
            "widget", forms.Textarea(attrs={"rows": 14, "spellcheck": "false", "class": "mono"})
        )
        super().__init__(max_length=20_000, **kwargs)

    def clean(self, value: Any) -> dict[str, Any]:
        text = super().clean(value)
        try:
            tariff = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(_("This is not JSON: %s") % error) from None
        if not isinstance(tariff, dict):
            raise forms.ValidationError(_('A tariff is a JSON object: {"tariffId": …}.'))
        return tariff


class _OfSession(CommandForm):
    """About a transaction that runs."""

    transaction = forms.ChoiceField(label=_("Session"))

    def prepare(self, connectors: list[ConnectorView]) -> None:
        self.running = RunningSessions(connectors)
        self.choose("transaction", self.running.choices())


class ShowCostForm(_OfSession):
    command = commands.ShowCost
    title = _("Show a cost")
    text = _("What a session has cost so far, on the station's display.")
    icon = "coin"
    submit = _("Show")

    cost = forms.DecimalField(
        label=_("Cost"),
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=3,
        help_text=_("With tax, in your currency."),
    )

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        return requests.show_cost(
            transaction=self.running[self.cleaned_data["transaction"]],
            cost=self.cleaned_data["cost"],
            actor=actor,
            now=now,
        )


class ShowTariffForm(_OfSession):
    command = commands.ShowTariff
    title = _("Show a tariff")
    text = _("What charging costs, in words, for the driver of a session.")
    icon = "message"
    submit = _("Show")

    # Django takes fields out of the class, so this hides no attribute.
    price_text = forms.CharField(label=_("Text"), max_length=512)

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        return requests.show_tariff(
            transaction=self.running[self.cleaned_data["transaction"]],
            text=self.cleaned_data["price_text"],
            actor=actor,
            now=now,
        )


class _AtEvse(CommandForm):
    where = forms.ChoiceField(label=_("Where"), required=False)

    def prepare(self, connectors: list[ConnectorView]) -> None:
        self.choose("where", [EVERY_EVSE, *evse_choices(connectors)])

    @property
    def evse(self) -> Evse | None:
        number = self.cleaned_data["where"].partition(":")[0]
        if not number:
            return None
        return next(evse for evse in self.station.evses.all() if evse.number == int(number))


class DefaultTariffForm(_AtEvse):
    command = commands.SetDefaultTariff
    title = _("Set the default tariff")
    text = _("For stations that compute costs themselves (OCPP 2.1).")
    icon = "coin"
    submit = _("Set")

    tariff = TariffField()

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        return tariffs.set_default_tariff(
            station=self.station,
            tariff=self.cleaned_data["tariff"],
            evse=self.evse,
            actor=actor,
            now=now,
        )


class GetTariffsForm(_AtEvse):
    command = commands.GetTariffs
    title = _("Ask for tariffs")
    text = _("Which tariffs the station has (OCPP 2.1).")
    icon = "list"
    submit = _("Ask")

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        return tariffs.get_tariffs(station=self.station, evse=self.evse, actor=actor, now=now)


class ClearTariffsForm(_AtEvse):
    command = commands.ClearTariffs
    title = _("Clear tariffs")
    text = _("The station forgets them (OCPP 2.1).")
    icon = "trash"
    submit = _("Clear")

    tariff_ids = forms.CharField(
        label=_("Tariff ids"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("One per line. Empty: all of them."),
    )

    def clean_tariff_ids(self) -> list[str]:
        lines = (line.strip() for line in self.cleaned_data["tariff_ids"].splitlines())
        return [line for line in lines if line]

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        return tariffs.clear_tariffs(
            station=self.station,
            tariff_ids=self.cleaned_data["tariff_ids"],
            evse=self.evse,
            actor=actor,
            now=now,
        )


class SessionTariffForm(_OfSession):
    command = commands.ChangeTransactionTariff
    title = _("Change a session's tariff")
    text = _("Another tariff for a session that runs (OCPP 2.1).")
    icon = "coin"
    submit = _("Change")

    tariff = TariffField()

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        return tariffs.change_transaction_tariff(
            transaction=self.running[self.cleaned_data["transaction"]],
            tariff=self.cleaned_data["tariff"],
            actor=actor,
            now=now,
        )
