"""What every form of a command is: from a person's choices to one service call."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.services.audit import Actor
from chargers.domain.commands import Command
from chargers.forms.errors import ServiceForm
from chargers.models import ChargingStation, StationCommand
from chargers.services import commands as service
from chargers.views.rows import ConnectorView, connector_views

Choices = list[tuple[str, str]]


WHOLE_STATION = ("", str(_("Whole station")))


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


def instant_field(label: Any) -> forms.DateTimeField:
    """An optional instant, typed in the time zone of the page."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=False, widget=widget)


def connector_choice(view: ConnectorView) -> tuple[str, str]:
    name = f"EVSE {view.evse.number} · {view.connector.get_type_display()} · {view.state_words}"
    return f"{view.evse.number}:{view.connector.number}", name


def connector_plugs(connectors: list[ConnectorView]) -> dict[int, str]:
    """EVSE number -> the names of its plugs."""
    plugs: dict[int, list[str]] = {}
    for view in connectors:
        plugs.setdefault(view.evse.number, []).append(view.connector.get_type_display())
    return {number: ", ".join(names) for number, names in plugs.items()}


def evse_choices(connectors: list[ConnectorView]) -> Choices:
    numbers = dict.fromkeys(view.evse.number for view in connectors)
    return [(f"{number}:", f"EVSE {number}") for number in numbers]


def target(value: str) -> dict[str, int | None]:
    evse, _colon, connector = value.partition(":")
    return {
        "evse": int(evse) if evse else None,
        "connector": int(connector) if connector else None,
    }
