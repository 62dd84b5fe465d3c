"""Who sees which page, and that another operator's objects do not exist."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import AuditEntry, Role
from accounts.policy import ROLES, Permission
from chargers.models import (
    ChargingStation,
    ConfigurationRollout,
    ConfigurationTemplate,
    Location,
    QuirkRule,
    StationCommand,
    Transaction,
)
from common.tenancy import system_scope
from tests.chargers.views.conftest import LogIn, Site

pytestmark = pytest.mark.django_db

P = Permission
PAGES = {
    "/stations/": P.STATIONS_VIEW,
    "/stations/export.csv": P.STATIONS_VIEW,
    "/stations/add/": P.STATIONS_MANAGE,
    "/stations/import/": P.STATIONS_MANAGE,
    "/stations/import/template.csv": P.STATIONS_MANAGE,
    "/stations/{station}/": P.STATIONS_VIEW,
    "/stations/{station}/commissioning/": P.STATIONS_MANAGE,
    "/stations/{station}/replace/": P.STATIONS_MANAGE,
    "/stations/{station}/transactions/": P.TRANSACTIONS_VIEW,
    "/stations/{station}/commands/": P.STATIONS_VIEW,
    "/stations/{station}/commands/reset/": P.STATIONS_COMMAND,
    "/stations/{station}/variables/": P.STATIONS_VIEW,
    "/stations/{station}/access/": P.STATIONS_VIEW,
    "/reservations/": P.STATIONS_VIEW,
    "/local-lists/": P.STATIONS_VIEW,
    "/stations/{station}/charging/": P.STATIONS_VIEW,
    "/stations/{station}/security/": P.STATIONS_VIEW,
    "/stations/{station}/display/": P.STATIONS_VIEW,
    "/stations/{station}/maintenance/": P.STATIONS_VIEW,
    "/stations/{station}/variables/set/?name=HeartbeatInterval": P.STATIONS_COMMAND,
    "/stations/{station}/monitoring/": P.STATIONS_VIEW,
    "/stations/{station}/frames/": P.LOGS_VIEW,
    "/stations/{station}/timeline/": P.STATIONS_VIEW,
    "/stations/{station}/settings/": P.STATIONS_MANAGE,
    "/transactions/": P.TRANSACTIONS_VIEW,
    "/transactions/export.csv": P.TRANSACTIONS_VIEW,
    "/transactions/{transaction}/": P.TRANSACTIONS_VIEW,
    "/locations/": P.LOCATIONS_VIEW,
    "/locations/add/": P.LOCATIONS_MANAGE,
    "/locations/{location}/": P.LOCATIONS_VIEW,
    "/locations/{location}/display/": P.STATIONS_COMMAND,
    "/locations/{location}/edit/": P.LOCATIONS_MANAGE,
    "/makes/": P.STATIONS_VIEW,
    "/certificates/": P.STATIONS_VIEW,
    "/makes/make/?vendor=Alpitronic&model=HYC300": P.STATIONS_VIEW,
    "/makes/rules/add/": P.STATIONS_MANAGE,
    "/makes/rules/{rule}/": P.STATIONS_MANAGE,
    "/templates/": P.STATIONS_VIEW,
    "/templates/add/": P.STATIONS_MANAGE,
    "/templates/add/?station={station}": P.STATIONS_MANAGE,
    "/templates/names/?q=interval": P.STATIONS_MANAGE,
    "/templates/row/?name=x": P.STATIONS_MANAGE,
    "/templates/{template}/": P.STATIONS_VIEW,
    "/templates/{template}/edit/": P.STATIONS_MANAGE,
    "/templates/{template}/apply/": P.STATIONS_COMMAND,
    "/templates/rollouts/{rollout}/": P.STATIONS_VIEW,
    "/search/": P.NETWORK_VIEW,
}
POSTS = {
    "/stations/{station}/commands/clear_cache/": P.STATIONS_COMMAND,
    "/stations/{station}/commands/set_display_message/": P.STATIONS_COMMAND,
    "/stations/{station}/commissioning/ask/": P.STATIONS_COMMAND,
    "/stations/{station}/commissioning/charge/": P.STATIONS_COMMAND,
    "/stations/{station}/commissioning/key/": P.STATIONS_MANAGE,
    "/stations/{station}/commissioning/again/": P.STATIONS_MANAGE,
    "/stations/{station}/commissioning/finish/": P.STATIONS_MANAGE,
    "/stations/{station}/security/change/": P.STATIONS_MANAGE,
    "/stations/{station}/security/open/": P.STATIONS_MANAGE,
    "/stations/{station}/security/discard-key/": P.STATIONS_MANAGE,
    "/stations/{station}/security/acknowledge/": P.STATIONS_MANAGE,
    "/stations/{station}/access/list/": P.STATIONS_MANAGE,
    "/stations/{station}/access/autocharge/": P.STATIONS_MANAGE,
    "/stations/{station}/access/switch/": P.STATIONS_COMMAND,
    "/stations/{station}/access/read/": P.STATIONS_COMMAND,
    "/local-lists/autocharge/": P.STATIONS_MANAGE,
    "/transactions/{transaction}/vehicle/": P.DRIVERS_MANAGE,
    "/stations/{station}/variables/set/?name=HeartbeatInterval": P.STATIONS_COMMAND,
    "/stations/{station}/variables/read/": P.STATIONS_COMMAND,
    "/stations/{station}/monitoring/events/1/dismiss/": P.STATIONS_COMMAND,
    "/stations/{station}/settings/": P.STATIONS_MANAGE,
    "/stations/{station}/settings/key/": P.STATIONS_MANAGE,
    "/stations/{station}/settings/delete/": P.STATIONS_MANAGE,
    "/stations/{station}/meter-keys/": P.STATIONS_MANAGE,
    "/stations/{station}/meter-keys/1/remove/": P.STATIONS_MANAGE,
    "/transactions/{transaction}/review/": P.TRANSACTIONS_MANAGE,
    "/locations/add/": P.LOCATIONS_MANAGE,
    "/locations/{location}/edit/": P.LOCATIONS_MANAGE,
    "/locations/{location}/delete/": P.LOCATIONS_MANAGE,
    "/locations/{location}/availability/": P.STATIONS_COMMAND,
    "/locations/{location}/display/": P.STATIONS_COMMAND,
    "/makes/rules/add/": P.STATIONS_MANAGE,
    "/makes/rules/{rule}/": P.STATIONS_MANAGE,
    "/makes/rules/{rule}/delete/": P.STATIONS_MANAGE,
    "/templates/add/": P.STATIONS_MANAGE,
    "/templates/{template}/edit/": P.STATIONS_MANAGE,
    "/templates/{template}/delete/": P.STATIONS_MANAGE,
    "/templates/{template}/apply/": P.STATIONS_COMMAND,
    "/templates/rollouts/{rollout}/cancel/": P.STATIONS_COMMAND,
    "/templates/rollouts/{rollout}/retry/": P.STATIONS_COMMAND,
}


def address(pattern: str, site: Site) -> str:
    return pattern.format(
        station=site.station.pk,
        transaction=site.transaction.pk,
        location=site.location.pk,
        rule=site.rule.pk,
        template=site.template.pk,
        rollout=site.rollout.pk,
    )


def stored() -> list[object]:
    """Everything that a refused request must leave alone."""
    with system_scope("tests"):
        return [
            sorted(ChargingStation.objects.values_list("pk", "name", "key_hash", "is_enabled")),
            sorted(Location.objects.values_list("pk", "name")),
            sorted(Transaction.objects.values_list("pk", "needs_review")),
            sorted(QuirkRule.objects.values_list("pk", "vendor")),
            sorted(ConfigurationTemplate.objects.values_list("pk", "name")),
            sorted(ConfigurationRollout.objects.values_list("pk", "status")),
            StationCommand.objects.count(),
            AuditEntry.objects.count(),
        ]


@pytest.mark.parametrize("role", list(Role))
def test_each_role_sees_exactly_its_pages(role: Role, as_role: LogIn, site: Site) -> None:
    client = as_role(role)
    shown = {pattern for pattern in PAGES if client.get(address(pattern, site)).status_code == 200}
    assert shown == {pattern for pattern, need in PAGES.items() if need in ROLES[role]}


@pytest.mark.parametrize("role", list(Role))
def test_a_role_without_the_permission_changes_nothing(
    role: Role, as_role: LogIn, site: Site
) -> None:
    client = as_role(role)
    before = stored()
    for pattern, need in POSTS.items():
        if need not in ROLES[role]:
            assert client.post(address(pattern, site), {"name": "x"}).status_code == 403
    assert stored() == before


@pytest.mark.parametrize("pattern", [p for p in PAGES if "{" in p])
def test_a_foreign_object_is_not_found(pattern: str, admin: Client, foreign_site: Site) -> None:
    assert admin.get(address(pattern, foreign_site)).status_code == 404


def test_a_foreign_object_cannot_be_changed(admin: Client, foreign_site: Site) -> None:
    before = stored()
    codes = {
        pattern: admin.post(address(pattern, foreign_site), {"operative": "no"}).status_code
        for pattern in POSTS
        if "{" in pattern
    }
    assert set(codes.values()) == {404}
    assert stored() == before


def test_lists_and_search_show_nothing_foreign(
    admin: Client, site: Site, foreign_site: Site
) -> None:
    for path in ("/stations/", "/transactions/", "/locations/", "/search/?q=e"):
        assert "Strandvejen" not in admin.get(path).content.decode()
    assert "Strandvejen" not in admin.get("/search/?q=Strandvejen").content.decode().replace(
        'value="Strandvejen"', ""
    ).replace("“Strandvejen”", "")


def test_nobody_is_sent_to_the_log_in_page(site: Site) -> None:
    for pattern in PAGES:
        response = Client().get(address(pattern, site))
        assert response.status_code == 302, pattern
        assert response["Location"].startswith("/account/login/")
