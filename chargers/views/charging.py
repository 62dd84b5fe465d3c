"""The page of a station's limits: what holds and why, what the station says, what vehicles want."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.policy import Permission, require
from chargers import selectors
from chargers.domain.charging_profiles import ChargingProfile, RateUnit
from chargers.domain.composite_schedules import Step
from chargers.models import ChargingStation, StationCommand
from chargers.selectors.charging_board import ChargingBoard, charging_board, supply_of
from chargers.views.charging_chart import (
    Scale,
    Window,
    at_instant,
    chart_data,
    next_change,
    told_steps,
)
from chargers.views.charging_rows import (
    LimitView,
    ProfileView,
    needs_facts,
    purpose_words,
    rate_words,
)
from chargers.views.parts import station_context, station_or_404
from chargers.views.rows import ConnectorView, connector_views
from common.clock import utc_now
from common.formats import ago

CHART_EVENT = "limits"
_POINTS = 200
# Below this two figures are the same limit, differently rounded.
_SAME_SHARE = 0.05
_UNITS = {"A": RateUnit.AMPS, "kW": RateUnit.WATTS}


@require(Permission.STATIONS_VIEW)
def station_charging(request: HttpRequest, station_id: UUID) -> HttpResponse:
    station = station_or_404(station_id)
    context = station_context(request, station, "station_charging")
    context |= charging_context(request, station)
    chosen = _address(context["chosen_evse"], context["scale"].label)
    context["live_url"] = f"{context['live_url']}&{chosen[1:]}"
    context["chart_event"] = CHART_EVENT
    return render(request, "chargers/station/charging.html", context)


def charging_context(request: HttpRequest, station: ChargingStation) -> dict[str, Any]:
    """All that the page shows of one EVSE, or of the whole station (0), as its address asks."""
    places = {view.evse.number: view for view in reversed(connector_views(station))}
    number = _chosen(request.GET.get("evse", ""), places)
    unit = _UNITS.get(request.GET.get("unit", ""), RateUnit.WATTS)
    board, now = charging_board(station), utc_now()
    scale = Scale(unit=unit, supply=supply_of(places[number].evse if number else None))
    return {
        **_drawn(board, station, number, scale, now),
        "scale": scale,
        "chosen_evse": number,
        "evse_chips": _chips(sorted(places), number, scale.label),
        "unit_links": _unit_links(number, scale.label),
        "profiles": [ProfileView(row, now) for row in board.profiles],
        "external": [LimitView(row) for row in board.limits],
        "needs": [{"row": row, "facts": needs_facts(row)} for row in board.needs],
    }


def _chosen(text: str, places: dict[int, ConnectorView]) -> int:
    """The EVSE that the page is about: as asked, else one that charges, else the first."""
    if text.isascii() and text.isdigit() and len(text) < 4 and int(text) in {0, *places}:
        return int(text)
    busy = (number for number, view in sorted(places.items()) if view.evse.active_transaction_id)
    return next(busy, min(places, default=0))


def _chips(places: Sequence[int], chosen: int, unit: str) -> list[dict[str, Any]]:
    entries = [(number, f"EVSE {number}") for number in places]
    return [
        {
            "label": label,
            "url": _address(number, unit),
            "active": number == chosen,
            "count": None,
        }
        for number, label in [*entries, (0, _("Whole station"))]
    ]


def _address(evse: int, unit: str) -> str:
    return "?" + urlencode({"evse": str(evse), "unit": unit})


def _unit_links(evse: int, chosen: str) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "url": _address(evse, label),
            "active": label == chosen,
        }
        for label in ("kW", "A")
    ]


def _drawn(
    board: ChargingBoard, station: ChargingStation, number: int, scale: Scale, now: datetime
) -> dict[str, Any]:
    """The chart, and the limit of this moment beside what the station says."""
    session = board.sessions.get(number)
    window = Window.around(now, started_at=session.started_at if session else None)
    expected = board.expected(
        number, begin=window.begin, end=window.end, unit=scale.unit, supply=scale.supply
    )
    answer = board.composites.get(number)
    told = told_steps(answer, scale) if answer else []
    ours, theirs = at_instant(expected, now), at_instant(told, now)
    powers = [evse.max_power_w for evse in station.evses.all() if number in {0, evse.number}]
    return {
        "chart": chart_data(
            window,
            scale,
            expected=expected,
            told=told,
            points=selectors.power_curve(session, limit=_POINTS) if session else [],
            max_power_w=sum(powers),
            time_zone=board.time_zone,
        ),
        "limit_now": rate_words(ours.limit if ours else None, scale.unit),
        "limit_facts": [
            *_reasons(board, ours, next_change(expected, now), scale.unit),
            *_answer(theirs, answer, scale.unit, now),
        ],
        "differs": _differ(ours, theirs),
    }


def _reasons(
    board: ChargingBoard, ours: Step | None, change: Step | None, unit: str
) -> list[dict[str, Any]]:
    """Why this much, and until when."""
    facts = []
    if ours is not None and ours.by is not None:
        facts.append({"label": _("Because of"), "value": _reason(board, ours.by)})
    if change is not None:
        when = date_format(localtime(change.at), "j M, H:i")
        facts.append(
            {"label": _("Next change"), "value": f"{when} \u00b7 {rate_words(change.limit, unit)}"}
        )
    return facts


def _reason(board: ChargingBoard, by: ChargingProfile) -> str:
    row = board.row_of(by)
    if row is not None:
        return f"{purpose_words(by.purpose)} \u00b7 {_('profile')} {row.profile_id}"
    limit = board.limit_of(by)
    return limit.source if limit else purpose_words(by.purpose)


def _answer(
    theirs: Step | None, answer: StationCommand | None, unit: str, now: datetime
) -> list[dict[str, Any]]:
    if answer is None or answer.finished_at is None:
        return [{"label": _("The station says"), "value": _("not asked yet")}]
    words = rate_words(theirs.limit, unit) if theirs else _("nothing for now")
    return [
        {"label": _("The station says"), "value": words},
        {"label": _("Asked"), "value": ago(answer.finished_at, now)},
    ]


def _differ(ours: Step | None, theirs: Step | None) -> bool:
    """Is the station's own word another limit than ours? It may well have a bound of its own where
    we know of none.
    """
    if ours is None or theirs is None or ours.limit is None:
        return False
    if theirs.limit is None:
        return True
    return abs(ours.limit - theirs.limit) > _SAME_SHARE * max(ours.limit, theirs.limit)
