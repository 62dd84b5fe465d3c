"""What the portal's sidebar, tab bar and search box offer to this user."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from accounts.policy import Permission, granted
from chargers.selectors.badges import Badges, badges
from common.formats import number


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One place of the portal.

    Attributes:
        name: URL name.
        permission: who sees it.
        icon: of `common/icons.json`.
        badge: which count stands beside it.
    """

    label: Any
    name: str
    permission: Permission
    icon: str
    badge: Callable[[Badges], int] | None = None


GROUPS: tuple[tuple[Any, tuple[Entry, ...]], ...] = (
    (
        _("Operate"),
        (
            Entry(
                label=_("Network"),
                name="operations:network",
                permission=Permission.NETWORK_VIEW,
                icon="layout-dashboard",
            ),
            Entry(
                label=_("Map"),
                name="operations:map",
                permission=Permission.NETWORK_VIEW,
                icon="map-2",
            ),
            Entry(
                label=_("Stations"),
                name="chargers:stations",
                permission=Permission.STATIONS_VIEW,
                icon="charging-pile",
                badge=lambda counts: counts.stations,
            ),
            Entry(
                label=_("Sessions"),
                name="chargers:transactions",
                permission=Permission.TRANSACTIONS_VIEW,
                icon="bolt",
                badge=lambda counts: counts.active_transactions,
            ),
            Entry(
                label=_("Attention"),
                name="operations:attention",
                permission=Permission.NETWORK_VIEW,
                icon="alert-triangle",
            ),
            Entry(
                label=_("Locations"),
                name="chargers:locations",
                permission=Permission.LOCATIONS_VIEW,
                icon="map-pin",
            ),
        ),
    ),
    (
        _("Hardware"),
        (
            Entry(
                label=_("Reservations"),
                name="chargers:reservations",
                permission=Permission.STATIONS_VIEW,
                icon="calendar",
            ),
            Entry(
                label=_("Local lists"),
                name="chargers:local_lists",
                permission=Permission.STATIONS_VIEW,
                icon="list",
            ),
            Entry(
                label=_("Configuration templates"),
                name="chargers:configuration_templates",
                permission=Permission.STATIONS_VIEW,
                icon="adjustments",
            ),
            Entry(
                label=_("Makes and quirks"),
                name="chargers:makes",
                permission=Permission.STATIONS_VIEW,
                icon="tool",
            ),
            Entry(
                label=_("Certificates"),
                name="chargers:certificates",
                permission=Permission.STATIONS_VIEW,
                icon="shield-check",
            ),
        ),
    ),
    (
        _("Prices"),
        (
            Entry(
                label=_("Tariffs"),
                name="tariffs:tariffs",
                permission=Permission.TARIFFS_VIEW,
                icon="coin",
            ),
            Entry(
                label=_("Prices by place"),
                name="tariffs:matrix",
                permission=Permission.TARIFFS_VIEW,
                icon="table",
            ),
            Entry(
                label=_("Tariff groups"),
                name="tariffs:groups",
                permission=Permission.TARIFFS_VIEW,
                icon="users-group",
            ),
            Entry(
                label=_("Try a price"),
                name="tariffs:simulator",
                permission=Permission.TARIFFS_VIEW,
                icon="help-circle",
            ),
        ),
    ),
    (
        _("Money"),
        (
            Entry(
                label=_("Charge records"),
                name="billing:cdrs",
                permission=Permission.BILLING_VIEW,
                icon="receipt",
            ),
        ),
    ),
    (
        _("People"),
        (
            Entry(
                label=_("Drivers"),
                name="accounts:drivers",
                permission=Permission.DRIVERS_VIEW,
                icon="users",
            ),
            Entry(
                label=_("Tokens"),
                name="accounts:tokens",
                permission=Permission.DRIVERS_VIEW,
                icon="nfc",
            ),
        ),
    ),
    (
        _("Platform"),
        (
            Entry(
                label=_("API keys"),
                name="accounts:api_keys",
                permission=Permission.API_KEYS_MANAGE,
                icon="api",
            ),
            Entry(
                label=_("Users and roles"),
                name="accounts:members",
                permission=Permission.USERS_MANAGE,
                icon="shield",
            ),
            Entry(
                label=_("Audit log"),
                name="accounts:audit",
                permission=Permission.AUDIT_VIEW,
                icon="history",
            ),
            Entry(
                label=_("Settings"),
                name="branding:settings",
                permission=Permission.SETTINGS_MANAGE,
                icon="settings",
            ),
        ),
    ),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Template context: `nav` (groups of items), `search_url`, `home_url`, `search_query`.

    Nothing is counted before a template draws the sidebar.
    """
    if getattr(request, "membership", None) is None:
        return {}
    return {
        "nav": SimpleLazyObject(lambda: _groups(request)),
        "search_url": reverse("search"),
        "home_url": reverse("operations:network"),
    }


def _groups(request: HttpRequest) -> list[dict[str, Any]]:
    permissions = granted(request)
    counts = badges()
    groups = []
    for label, entries in GROUPS:
        items = [
            _item(entry, counts, request.path)
            for entry in entries
            if entry.permission in permissions
        ]
        if items:
            groups.append({"label": label, "items": items})
    return _with_one_active(groups)


def _item(entry: Entry, counts: Badges, path: str) -> dict[str, Any]:
    url = reverse(entry.name)
    count = entry.badge(counts) if entry.badge else 0
    return {
        "id": entry.name.rpartition(":")[2],
        "label": entry.label,
        "url": url,
        "icon": entry.icon,
        "badge": number(count) if count else "",
        "active": path.startswith(url),
    }


def _with_one_active(groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of nested addresses only the longest is where we are."""
    items = [item for group in groups for item in group["items"]]
    here = max((item["url"] for item in items if item["active"]), key=len, default="")
    for item in items:
        item["active"] = item["active"] and item["url"] == here
    return groups
