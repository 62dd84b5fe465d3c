"""Alerts and filter chips, ready for the components."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from chargers.domain.display import DisplayState
from common.formats import number
from operations.periods import Period
from operations.selectors.attention import Alert, AlertKind, Subject

_PAGES = {
    (Subject.STATION, ""): "chargers:station",
    (Subject.STATION, "security"): "chargers:station_security",
    (Subject.STATION, "variables"): "chargers:station_variables",
    (Subject.TRANSACTION, ""): "chargers:transaction",
    (Subject.CDR, ""): "billing:cdr",
}


def alert_items(alerts: Iterable[Alert]) -> list[dict[str, Any]]:
    """Alerts for `components/attention.html`."""
    return [
        {
            "title": alert.title,
            "text": alert.text,
            "at": alert.since,
            "state": alert.state,
            "icon": alert.icon,
            "url": reverse(_PAGES[alert.subject, alert.tab], args=[alert.subject_id]),
        }
        for alert in alerts
    ]


def kind_words(kind: AlertKind) -> str:
    """What the alerts of a kind are called together."""
    return {
        AlertKind.SECURITY: _("Security"),
        AlertKind.STATION_FAULT: _("Station faults"),
        AlertKind.CONNECTOR_FAULT: _("Connector faults"),
        AlertKind.DEVICE_EVENT: _("Alarms"),
        AlertKind.OFFLINE: _("Offline"),
        AlertKind.SILENT: _("No readings"),
        AlertKind.CERTIFICATE: _("Certificates"),
        AlertKind.OCCUPIED: _("Occupied"),
        AlertKind.CONFIGURATION: _("Configuration"),
        AlertKind.REVIEW: _("To review"),
        AlertKind.PRICE: _("Prices"),
        AlertKind.COMMAND: _("Commands"),
    }[kind]


def kind_chips(counts: dict[AlertKind, int], chosen: AlertKind | None) -> list[dict[str, Any]]:
    """One chip a kind that has alerts, after "All"."""
    url = reverse("operations:attention")
    total = {"label": _("All"), "count": number(sum(counts.values())), "url": url}
    chips = [total | {"active": chosen is None}]
    for kind, count in counts.items():
        if count or kind is chosen:
            chip = {"label": kind_words(kind), "count": number(count), "url": f"{url}?kind={kind}"}
            chips.append(chip | {"active": kind is chosen})
    return chips


def state_chips(total: int, counts: Counter[DisplayState]) -> list[dict[str, Any]]:
    """Ways into the list of stations, with counts."""
    url = reverse("chargers:stations")
    return [
        {"label": _("All"), "count": number(total), "url": url},
        *(
            {"label": label, "count": number(counts[state]), "url": f"{url}?state={state}"}
            for state, label in (
                (DisplayState.CHARGING, _("Charging")),
                (DisplayState.FAULTED, _("Faulted")),
                (DisplayState.OFFLINE, _("Offline")),
            )
        ),
    ]


def period_links(chosen: Period) -> list[dict[str, Any]]:
    """The page's period switch."""
    url = reverse("operations:network")
    labels = {Period.TODAY: _("Today"), Period.WEEK: _("7 days"), Period.MONTH: _("30 days")}
    return [
        {
            "label": label,
            "url": url if period is Period.TODAY else f"{url}?period={period}",
            "active": period is chosen,
        }
        for period, label in labels.items()
    ]


def line_columns() -> list[dict[str, Any]]:
    """Columns of the stations on the dashboard."""
    return [
        {"label": _("Station")},
        {"label": _("Status")},
        {"label": _("Connectors"), "css": "tablet-only"},
        {"label": _("Load"), "css": "tablet-only"},
        {"label": _("Model"), "css": "wide-only"},
        {"label": _("Today"), "end": True},
        {"label": _("Last message"), "css": "wide-only"},
    ]
