"""What several station pages share: look-ups, tabs, menus, commands as people read them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.policy import Permission, granted
from chargers import selectors
from chargers.forms.commands import FORMS
from chargers.models import ChargingStation, StationCommand
from chargers.services.command_secrets import blanked
from chargers.views.charging_rows import profile_words
from chargers.views.rows import station_row
from common.clock import utc_now
from common.slots import Panel, panels_for

Crumb = dict[str, Any]


class CountedPaginator(Paginator):  # type: ignore[type-arg]
    """A paginator that is told how many rows there are."""

    def __init__(self, rows: Any, per_page: int, *, count: int) -> None:
        super().__init__(rows, per_page)
        self._known = count

    @cached_property
    def count(self) -> int:
        return self._known


def station_or_404(station_id: UUID) -> ChargingStation:
    """The station with its parts; another operator's is as good as none."""
    station = selectors.station_by_id(station_id)
    if station is None:
        raise Http404
    return station


def int_or_none(text: str) -> int | None:
    """A cursor out of the address; nonsense is no cursor."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def panels(request: HttpRequest, slot: str, key: UUID) -> list[Panel]:
    """What higher floors show on this page."""
    permissions = frozenset(permission.value for permission in granted(request))
    return panels_for(slot, [key], permissions=permissions, now=utc_now())[key]


def station_context(request: HttpRequest, station: ChargingStation, tab: str) -> dict[str, Any]:
    """Header, tabs and command menu of the station page."""
    return {
        "station": station,
        "row": station_row(station),
        "tabs": _tabs(request, station, tab),
        "crumbs": [
            {"label": _("Stations"), "url": reverse("chargers:stations")},
            {"label": station.name},
        ],
        "command_menu": command_menu(station),
        "live_url": f"{reverse('chargers:live_station', args=[station.pk])}?tab={tab}",
    }


def _tabs(request: HttpRequest, station: ChargingStation, active: str) -> list[dict[str, Any]]:
    may = granted(request)
    entries = [
        ("station", _("Overview"), "layout-dashboard", Permission.STATIONS_VIEW),
        ("station_transactions", _("Sessions"), "bolt", Permission.TRANSACTIONS_VIEW),
        ("station_commands", _("Commands"), "terminal-2", Permission.STATIONS_VIEW),
        ("station_variables", _("Configuration"), "adjustments", Permission.STATIONS_VIEW),
        ("station_charging", _("Charging"), "gauge", Permission.STATIONS_VIEW),
        ("station_access", _("Access"), "nfc", Permission.STATIONS_VIEW),
        ("station_display", _("Display"), "message", Permission.STATIONS_VIEW),
        ("station_security", _("Security"), "shield", Permission.STATIONS_VIEW),
        ("station_frames", _("Frames"), "file-code", Permission.LOGS_VIEW),
        ("station_timeline", _("Timeline"), "timeline-event", Permission.STATIONS_VIEW),
        ("station_settings", _("Settings"), "settings", Permission.STATIONS_MANAGE),
    ]
    return [
        {
            "label": label,
            "icon": icon,
            "url": reverse(f"chargers:{name}", args=[station.pk]),
            "active": name == active,
        }
        for name, label, icon, permission in entries
        if permission in may
    ]


def command_menu(station: ChargingStation) -> list[dict[str, Any]]:
    """Every remote command as a link to its form."""
    return [
        {
            "label": form.title,
            "text": form.text,
            "icon": form.icon,
            "danger": form.danger,
            "url": reverse("chargers:command", args=[station.pk, kind]),
        }
        for kind, form in FORMS.items()
    ]


_UNTOLD = {"remote_start_id", "request_id", "id_token_type", "parent_uid"}


_PLAIN = {"type", "update_type", "requested_message", "name", "action", "transaction_ref"}
_WORDS: dict[str, Callable[[Any], str]] = {
    "operative": lambda value: _("in service") if value else _("out of service"),
    "evse": lambda value: f"EVSE {value}",
    "profile": profile_words,
    "entries": lambda value: f"{len(value)} {_('tokens')}",
    "removed": lambda value: f"{len(value)} {_('removed')}",
    **dict.fromkeys(_PLAIN, str),
}


def _argument(name: str, value: Any) -> str:
    if name in _UNTOLD or value in (None, "", [], {}):
        return ""
    words = _WORDS.get(name)
    return words(value) if words else f"{name.replace('_', ' ')} {value}"


@dataclass(frozen=True, slots=True)
class CommandView:
    """A command in the history."""

    command: StationCommand

    @property
    def title(self) -> str:
        form = FORMS.get(self.command.kind)
        return str(form.title) if form else self.command.kind

    @property
    def icon(self) -> str:
        form = FORMS.get(self.command.kind)
        return form.icon if form else "terminal-2"

    @property
    def arguments(self) -> str:
        """What was asked, shortly: "out of service, EVSE 2"."""
        shown = blanked(self.command.kind, self.command.arguments)
        told = (_argument(name, value) for name, value in shown.items())
        return ", ".join(text for text in told if text)[:160]

    @property
    def who(self) -> str:
        asked_by = self.command.requested_by or self.command.requested_by_key
        return str(asked_by) if asked_by else _("System")

    @property
    def seconds(self) -> float | None:
        if self.command.finished_at is None:
            return None
        return (self.command.finished_at - self.command.requested_at).total_seconds()

    @property
    def seconds_text(self) -> str:
        return "" if self.seconds is None else f"{self.seconds:.1f}\u00a0s"

    @property
    def result(self) -> Any:
        return self.command.result


def command_views(commands: Iterable[StationCommand]) -> list[CommandView]:
    """Commands for the history."""
    return [CommandView(command) for command in commands]
