"""Forms that reserve an EVSE and give it free."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import IdToken
from accounts.services.audit import Actor
from chargers.domain import commands
from chargers.forms.commands.base import CommandForm, connector_plugs
from chargers.models import Reservation, ReservationStatus, StationCommand
from chargers.services.reservations.booking import cancel_reservation, reserve
from chargers.views.rows import ConnectorView

_DURATIONS = [
    ("15", _("15 minutes")),
    ("30", _("30 minutes")),
    ("60", _("1 hour")),
    ("120", _("2 hours")),
    ("240", _("4 hours")),
    ("720", _("12 hours")),
]


class ReserveForm(CommandForm):
    command = commands.ReserveNow
    title = _("Reserve")
    text = _("Nobody else can start here until the reservation ends.")
    icon = "calendar"
    submit = _("Reserve")

    evse = forms.ChoiceField(label=_("What"), required=False)
    id_token = forms.CharField(
        label=_("Token"),
        max_length=255,
        help_text=_("Number of the card, app token or vehicle that may start."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    minutes = forms.ChoiceField(label=_("For"), choices=_DURATIONS, initial="30")

    def prepare(self, connectors: list[ConnectorView]) -> None:
        plugs = connector_plugs(connectors)
        own = [(str(number), f"EVSE {number} · {plug}") for number, plug in plugs.items()]
        self.choose("evse", [*own, ("", str(_("Any EVSE")))])

    def clean_id_token(self) -> IdToken:
        uid = self.cleaned_data["id_token"].strip()
        found = IdToken.objects.filter(uid__iexact=uid).select_related("driver").first()
        if found is None:
            raise forms.ValidationError(_("There is no such token."))
        return found

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        number = self.cleaned_data["evse"]
        evses = {str(evse.number): evse for evse in self.station.evses.all()}
        row = reserve(
            station=self.station,
            evse=evses[number] if number else None,
            id_token=self.cleaned_data["id_token"],
            expires_at=now + timedelta(minutes=int(self.cleaned_data["minutes"])),
            actor=actor,
            now=now,
        )
        # a reservation is always made together with its command
        return cast("StationCommand", row.command)


class CancelReservationForm(CommandForm):
    command = commands.CancelReservation
    title = _("Cancel a reservation")
    text = _("The EVSE is free for everybody again.")
    icon = "circle-x"
    submit = _("Give free")

    reservation = forms.ChoiceField(label=_("Reservation"))

    def prepare(self, connectors: list[ConnectorView]) -> None:  # noqa: ARG002
        rows = Reservation.objects.filter(
            station=self.station, status=ReservationStatus.ACCEPTED
        ).select_related("evse", "driver")
        self.reservations = {str(row.pk): row for row in rows.order_by("number")}
        self.choose("reservation", [(key, _line(row)) for key, row in self.reservations.items()])

    def send(self, *, actor: Actor, now: datetime) -> StationCommand:
        row = self.reservations[self.cleaned_data["reservation"]]
        row.station = self.station
        return cancel_reservation(reservation=row, actor=actor, now=now)


def _line(row: Reservation) -> str:
    where = f"EVSE {row.evse.number}" if row.evse else str(_("Any EVSE"))
    return f"{where} · {row.driver or row.id_token_uid}"
