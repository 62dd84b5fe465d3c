"""Live streams of the station and session pages (mechanism: `common.sse`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.middleware import TenantRequest
from accounts.policy import Permission, granted, require
from chargers import selectors
from chargers.live import group_of
from chargers.models import ChargingStation, Transaction
from chargers.selectors.commands import recent_commands
from chargers.selectors.configuration import changed_settings
from chargers.views.charging import CHART_EVENT, charging_context
from chargers.views.commands import SHOWN_COMMANDS
from chargers.views.commissioning import checklist_context
from chargers.views.displays import display_context, maintenance_context
from chargers.views.events import curve_point, running_session
from chargers.views.parts import command_views, panels, station_or_404
from chargers.views.rows import station_row, station_rows
from chargers.views.session_page import figures
from chargers.views.sessions import SessionRow, session_rows
from chargers.views.stations import uuid_or_none
from chargers.views.transactions import transaction_or_404
from common import sse
from common.clock import utc_now
from common.tenancy import current_scope

MAX_ROWS = 200
KEY = "stations"


def ids_of(request: HttpRequest) -> frozenset[UUID]:
    """The rows that a page shows."""
    named = request.GET.get("ids", "").split(",")[:MAX_ROWS]
    return frozenset(key for key in map(uuid_or_none, named) if key)


def _stream(request: TenantRequest, render: sse.Render) -> HttpResponseBase:
    def in_local_time(changed: frozenset[str] | None) -> Sequence[str]:
        # The middleware's time zone ends with the view, the stream goes on.
        with timezone.override(request.operator.time_zone):
            return render(changed)

    return sse.stream(
        group=group_of(request.operator.pk), key=KEY, scope=current_scope(), render=in_local_time
    )


def _html(request: HttpRequest, template: str, context: dict[str, Any]) -> str:
    return render_to_string(template, context, request)


@require(Permission.STATIONS_VIEW)
async def live_stations(request: TenantRequest) -> HttpResponseBase:
    shown = ids_of(request)
    hide_city = request.GET.get("at") == "location"

    def render(changed: frozenset[str] | None) -> Sequence[str]:
        keys = shown if changed is None else shown & set(map(UUID, changed))
        return sse.partials(_station_rows(request, keys, hide_city=hide_city))

    return _stream(request, render)


def _station_rows(request: HttpRequest, keys: frozenset[UUID], *, hide_city: bool) -> list[str]:
    found = selectors.stations_with_parts(ChargingStation.objects.filter(pk__in=keys))
    return [
        sse.partial(
            f"#station-{row.id}",
            _html(request, "chargers/_station_row.html", {"row": row, "hide_city": hide_city}),
        )
        for row in (station_rows(found) if keys else ())
    ]


@require(Permission.STATIONS_VIEW)
async def live_station(request: TenantRequest, station_id: UUID) -> HttpResponseBase:
    tab = request.GET.get("tab", "")

    def render(changed: frozenset[str] | None) -> Sequence[str]:
        if changed is not None and str(station_id) not in changed:
            return ()
        return station_events(request, station_id, tab)

    return _stream(request, render)


def station_events(request: HttpRequest, station_id: UUID, tab: str) -> list[str]:
    """Everything of a station page that may have changed."""
    station = station_or_404(station_id)
    context: dict[str, Any] = {"station": station, "row": station_row(station)}
    if tab == "commissioning":
        if Permission.STATIONS_MANAGE not in granted(request):
            return []
        shown = checklist_context(request, station)
        listed = _html(request, "chargers/commissioning/_checklist.html", shown)
        return sse.partials([sse.partial("#checklist", listed, swap="innerHTML")])
    parts = [
        _inner(request, "#station-state", "chargers/station/_state.html", context),
        _inner(request, "#station-since", "chargers/station/_since.html", context),
    ]
    if tab in {"station", "station_commands"} and not request.GET.get("before"):
        limit = SHOWN_COMMANDS if tab == "station" else 50
        recent = recent_commands(station_id=station.pk, limit=limit)
        context["commands"] = command_views(recent)
        history = _html(request, "chargers/_command_history.html", context)
        parts.append(sse.partial("#command-history", history))
    if tab == "station_display":
        context |= display_context(station)
        parts.append(_inner(request, "#display", "chargers/station/_display.html", context))
    if tab == "station_maintenance":
        context |= maintenance_context(request, station)
        parts.append(_inner(request, "#jobs", "chargers/station/_jobs.html", context))
    if tab == "station_variables":
        parts += _changed_settings(request, station)
    if tab == "station_charging":
        context |= charging_context(request, station)
        for target, template in _CHARGING:
            parts.append(_inner(request, target, template, context))
        return [*sse.partials(parts), sse.json_event(CHART_EVENT, context["chart"])]
    if tab != "station":
        return sse.partials(parts)
    connectors = _html(request, "chargers/station/_connectors.html", context)
    parts.append(sse.partial("#connectors", connectors))
    running = running_session(context["row"])
    point = curve_point(running) if running else ""
    return [*sse.partials(parts), *([point] if point else [])]


_CHARGING = (
    ("#limit-note", "chargers/station/_limit_note.html"),
    ("#charging-profiles", "chargers/station/_charging_profiles.html"),
    ("#charging-side", "chargers/station/_charging_side.html"),
)


def _changed_settings(request: HttpRequest, station: ChargingStation) -> list[str]:
    """Rows of the configuration page that somebody has just set, as far as they are shown."""
    shown = set(request.GET.get("shown", "").split(","))
    return [
        sse.partial(
            f"#s-{view.key}",
            _html(
                request, "chargers/configuration/_setting.html", {"station": station, "view": view}
            ),
        )
        for view in changed_settings(station=station, now=utc_now())
        if view.key in shown
    ]


def _inner(request: HttpRequest, target: str, template: str, context: dict[str, Any]) -> str:
    return sse.partial(target, _html(request, template, context), swap="innerHTML")


@require(Permission.TRANSACTIONS_VIEW)
async def live_transactions(request: TenantRequest) -> HttpResponseBase:
    shown = ids_of(request)

    def render(changed: frozenset[str] | None) -> Sequence[str]:
        rows = Transaction.objects.filter(pk__in=shown)
        if changed is not None:
            rows = rows.filter(station_id__in=[UUID(key) for key in changed])
        found = session_rows(selectors.transactions_with_parts(rows)) if shown else ()
        return sse.partials(_session_row(request, row) for row in found)

    return _stream(request, render)


def _session_row(request: HttpRequest, row: SessionRow) -> str:
    context = {"row": row, "tx": row.transaction}
    return sse.partial(
        f"#transaction-{row.transaction.pk}",
        _html(request, "chargers/_transaction_row.html", context),
    )


@require(Permission.TRANSACTIONS_VIEW)
async def live_transaction(request: TenantRequest, transaction_id: UUID) -> HttpResponseBase:
    def render(changed: frozenset[str] | None) -> Sequence[str]:
        tx = transaction_or_404(transaction_id)
        if changed is not None and str(tx.station_id) not in changed:
            return ()
        return session_events(request, tx)

    return _stream(request, render)


def session_events(request: HttpRequest, tx: Transaction) -> list[str]:
    """Everything of a session's page that may have changed."""
    context: dict[str, Any] = {
        "transaction": tx,
        "row": SessionRow(tx),
        "figures": figures(tx, utc_now()),
    }
    parts = [
        _inner(request, "#transaction-state", "chargers/transaction/_state.html", context),
        _inner(request, "#transaction-figures", "chargers/transaction/_figures.html", context),
        _inner(request, "#transaction-actions", "chargers/transaction/_actions.html", context),
    ]
    for panel in panels(request, "transaction_page", tx.pk):
        if "live_id" in panel.context:
            target = f"#{panel.context['live_id']}"
            parts.append(_inner(request, target, panel.template, {"panel": panel}))
    point = curve_point(tx)
    return [*sse.partials(parts), *([point] if point else [])]
