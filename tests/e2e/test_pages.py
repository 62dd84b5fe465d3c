"""Every page of the portal: accessible in both colour schemes, and not wider than a phone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accessibility import assert_accessible
from tests.e2e.conftest import sign_in
from tests.e2e.live_site import LiveSite
from tests.e2e.page_guard import PageGuard
from tests.e2e.stations import LiveStation

PAGES = (
    "/",
    "/map/",
    "/attention/",
    "/search/?q=NC",
    "/stations/",
    "/stations/?q=nothing-like-it",
    "/stations/add/",
    "/stations/import/",
    "/stations/{station}/",
    "/stations/{station}/commissioning/",
    "/stations/{station}/replace/",
    "/stations/{station}/transactions/",
    "/stations/{station}/commands/",
    "/stations/{station}/commands/reset/",
    "/stations/{station}/charging/",
    "/stations/{station}/commands/set_full_profile/",
    "/stations/{station}/access/",
    "/reservations/",
    "/local-lists/",
    "/stations/{station}/variables/",
    "/stations/{station}/security/",
    "/stations/{station}/display/",
    "/stations/{station}/commands/set_display_message/",
    "/stations/{station}/maintenance/",
    "/stations/{station}/variables/set/?name=HeartbeatInterval",
    "/stations/{station}/monitoring/",
    "/stations/{station}/frames/",
    "/certificates/",
    "/stations/{station}/commands/certificate_signed/",
    "/stations/{station}/timeline/",
    "/stations/{station}/settings/",
    "/transactions/",
    "/transactions/{transaction}/",
    "/locations/",
    "/locations/add/",
    "/locations/{location}/",
    "/locations/{location}/display/",
    "/locations/{location}/edit/",
    "/makes/",
    "/makes/rules/add/",
    "/templates/",
    "/templates/add/",
    "/templates/add/?station={station}",
    "/templates/{template}/",
    "/templates/{template}/edit/",
    "/templates/{template}/apply/",
    "/templates/rollouts/{rollout}/",
    "/tariffs/matrix/",
    "/tariffs/matrix/?q=nothing-like-it",
    "/tariffs/matrix/parts/?place=location:{location}",
    "/tariffs/matrix/cell/?place=location:{location}&group={tariff_group}",
    "/tariffs/matrix/assign/",
    "/tariffs/matrix/assign/?level=locations&groups={tariff_group}&what=denied&current_type=both",
    "/tariffs/groups/",
    "/tariffs/groups/add/",
    "/tariffs/groups/{tariff_group}/",
    "/tariffs/simulator/",
    "/tariffs/simulator/?plug=NC",
    "/tariffs/simulator/?evse={evse}&idle_minutes=40",
    "/tariffs/simulator/?evse={evse}&energy_kwh=much",
    "/drivers/",
    "/drivers/new/",
    "/drivers/groups/",
    "/drivers/{driver}/",
    "/drivers/{driver}/edit/",
    "/tokens/",
    "/tokens/new/",
    "/users/",
    "/users/invite/",
    "/api-keys/",
    "/api-keys/new/",
    "/audit/",
    "/settings/brand/",
    "/account/password/change/",
    "/check/",
)
EMPTY_PAGES = (
    "/",
    "/stations/",
    "/transactions/",
    "/locations/",
    "/tariffs/matrix/",
    "/tariffs/groups/",
    "/tariffs/simulator/",
    "/drivers/",
    "/tokens/",
)
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
NARROW_PHONE = {"width": 360, "height": 740}
# Of the rules only these look at colours; the others have the same to say in light and dark.
COLOUR_RULES = ("color-contrast", "link-in-text-block")


@pytest.fixture(scope="session")
def ids(live_site: LiveSite, charging: LiveStation) -> dict[str, str]:
    """Of the station that charges, and of what hangs together with it."""
    station = live_site.api("stations", search=charging.seeded.code)["data"][0]
    template = live_site.api("configuration-templates")["data"][0]["id"]
    running = live_site.api("transactions", station=station["id"], state="active")["data"][0]
    return {
        "station": station["id"],
        "location": live_site.api("locations")["data"][0]["id"],
        "transaction": running["id"],
        "driver": live_site.api("drivers")["data"][0]["id"],
        "template": template,
        "rollout": live_site.api("configuration-rollouts")["data"][0]["id"],
        "tariff_group": live_site.first(
            r"/tariffs/groups/([0-9a-f-]{36})/move/", "tariffs/groups/"
        ),
        "evse": live_site.first(r"evse=(\d+)", "tariffs/simulator/?plug=NC"),
    }


def settled(page: Page) -> None:
    """Maps drawn and colours arrived, so that two looks see the same."""
    for host in page.locator("[data-map]").all():
        expect(host).to_have_attribute("data-ready", "")
    page.evaluate(
        "Promise.all(document.getAnimations()"
        ".filter((one) => one instanceof CSSTransition).map((one) => one.finished))"
    )


def check(page: Page) -> None:
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    settled(page)
    assert_accessible(page)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    settled(page)
    assert_accessible(page, rules=COLOUR_RULES)
    for size in (PHONE, NARROW_PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert overflow(page) == [], f"wider than {size['width']} at {page.url}"


def overflow(page: Page) -> Any:
    """What reaches beyond the right edge, when the page can be pushed sideways."""
    return page.evaluate(
        """() => {
            const root = document.documentElement;
            if (root.scrollWidth <= innerWidth) return [];
            return [...document.querySelectorAll("body *")]
                .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
                .map((one) => one.outerHTML.slice(0, 120)).slice(0, 8);
        }"""
    )


@pytest.mark.parametrize("address", PAGES)
def test_page(portal: Page, ids: dict[str, str], address: str) -> None:
    portal.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    answer = portal.goto(address.format(**ids))
    assert answer is not None
    assert answer.status == 200, address
    check(portal)


def test_pages_of_an_operator_who_has_nothing_yet(page: Page, live_site: LiveSite) -> None:
    live_site.add_operator()
    url = live_site.url_at("start.localhost")
    sign_in(page, live_site, "new@start.example", url=url)
    for address in EMPTY_PAGES:
        page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
        page.goto(f"{url}{address}")
        expect(page.locator(".empty")).to_be_visible()
        check(page)


def test_page_that_is_not_there(portal: Page, page_guard: PageGuard) -> None:
    page_guard.expect("status of 404")
    portal.goto("/no-such-page/")
    expect(portal.get_by_role("heading", level=1)).to_be_visible()
    check(portal)


def test_api_documentation_loads(portal: Page) -> None:
    portal.goto("/api/v1/docs/")
    portal.locator("[data-tag=Stations]").click()
    expect(portal.get_by_text("/api/v1/stations", exact=True).first).to_be_visible()


def test_keyboard_reaches_search_content_and_leaves_dialogs(
    portal: Page, ids: dict[str, str]
) -> None:
    portal.goto(f"/stations/{ids['station']}/")
    portal.keyboard.press("Tab")
    skip = portal.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    portal.keyboard.press("Enter")
    expect(portal.get_by_role("main")).to_be_focused()

    portal.keyboard.press("/")
    search = portal.get_by_role("searchbox", name="Search", exact=True)
    expect(search).to_be_focused()
    portal.keyboard.type("a/b")
    expect(search).to_have_value("a/b")

    opener = portal.get_by_role("link", name="Stop").first
    opener.focus()
    portal.keyboard.press("Enter")
    dialog = portal.get_by_role("dialog", name="Command")
    expect(dialog).to_be_visible()
    assert_accessible(portal, within="#command-dialog")
    portal.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
