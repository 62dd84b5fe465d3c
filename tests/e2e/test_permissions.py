"""Who may only look is offered nothing else, and refused when he asks nevertheless."""

from __future__ import annotations

import httpx
from playwright.sync_api import Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.live_site import LiveSite
from tests.e2e.page_guard import PageGuard
from tests.e2e.stations import LiveStation


def test_viewer_sees_no_commands_and_cannot_send_any(
    page: Page, page_guard: PageGuard, live_site: LiveSite, charging: LiveStation
) -> None:
    sign_in(page, live_site, "viewer")
    station = live_site.api("stations", search=charging.seeded.code)["data"][0]["id"]
    page.goto(f"/stations/{station}/")
    expect(page.locator("#connectors article").first).to_be_visible()
    for name in ("Commands", "Start", "Stop", "Unlock"):
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    expect(page.locator("[hx-get*='/commands/']")).to_have_count(0)
    menu = page.get_by_role("navigation", name="Main", exact=True)
    expect(menu.get_by_role("link", name="Stations")).to_be_visible()
    for name in ("API keys", "Users and roles", "Audit log", "Drivers"):
        expect(menu.get_by_role("link", name=name)).to_have_count(0)

    resets = live_site.api("commands", station=station, kind="reset")["data"]
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    answer = page.request.post(
        f"/stations/{station}/commands/reset/",
        form={"type": "Immediate", "csrfmiddlewaretoken": token},
        headers={"Referer": page.url},
    )
    assert answer.status == httpx.codes.FORBIDDEN
    assert live_site.api("commands", station=station, kind="reset")["data"] == resets

    page_guard.expect("status of 403")
    page.goto("/users/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("ida", exact=False)).to_have_count(0)


def test_neighbour_finds_nothing_of_the_operator(
    page: Page, page_guard: PageGuard, live_site: LiveSite, charging: LiveStation
) -> None:
    station = live_site.api("stations", search=charging.seeded.code)["data"][0]["id"]
    neighbours = live_site.url_at("ribera.localhost")
    sign_in(page, live_site, "admin@ribera.example", url=neighbours)
    page.goto(f"{neighbours}/stations/")
    expect(page.get_by_role("heading", name="Stations")).to_be_visible()
    expect(page.get_by_text("RR-0001")).to_be_visible()
    expect(page.get_by_text(charging.seeded.code)).to_have_count(0)
    page_guard.expect("status of 404")
    page.goto(f"{neighbours}/stations/{station}/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text(charging.seeded.code)).to_have_count(0)
