"""Sessions, locations, people and keys."""

from __future__ import annotations

import re

import httpx
from playwright.sync_api import Page, expect

from tests.e2e.live_site import LiveSite
from tests.e2e.stations import LiveStation


def toast(page: Page, text: str) -> None:
    expect(page.locator("#toasts")).to_contain_text(text)


def audited(page: Page, action: str, label: str) -> None:
    """The log tells that the administrator did it."""
    page.goto(f"/audit/?q={action}")
    row = page.get_by_role("row").filter(has_text=label).filter(has_text=action)
    expect(row).to_contain_text("Ida Krogh")


def test_session_page_follows_its_curve(portal: Page, charging: LiveStation) -> None:
    portal.goto("/transactions/")
    portal.get_by_role("navigation", name="State").get_by_role("link", name="Running").click()
    row = portal.get_by_role("row").filter(has_text=charging.seeded.code)
    row.get_by_role("link").first.click()
    expect(portal.locator("#transaction-state")).to_contain_text("Charging")
    expect(portal.locator("[data-power-curve] canvas")).to_be_visible()
    figures = portal.locator("#transaction-figures")
    before = figures.inner_text()
    charging.charge(minutes=2)
    expect(figures).not_to_have_text(before, use_inner_text=True)


def test_location_with_a_bad_coordinate_is_not_saved(portal: Page) -> None:
    portal.goto("/locations/add/")
    portal.get_by_label("Name").fill("North quay")
    portal.get_by_label("Address").fill("Quay 7")
    portal.get_by_label("City").fill("Aarhus")
    portal.get_by_label("Latitude").fill("156.1572")
    portal.get_by_label("Longitude").fill("10.2107")
    portal.get_by_role("button", name="Save location").click()
    expect(portal.get_by_role("alert")).to_contain_text("Nothing was saved")
    latitude = portal.get_by_label("Latitude")
    expect(latitude).to_have_attribute("aria-invalid", "true")
    expect(latitude).to_have_accessible_description(re.compile("less than or equal to 90"))
    expect(portal.get_by_label("Address")).to_have_value("Quay 7")

    found = portal.context.new_page()
    found.goto("/locations/?q=North+quay")
    expect(found.get_by_text("No location matches")).to_be_visible()

    latitude.fill("56.1572")
    portal.get_by_role("button", name="Save location").click()
    expect(portal.get_by_role("heading", name="North quay")).to_be_visible()
    found.reload()
    expect(found.get_by_role("link", name="North quay")).to_be_visible()


def test_driver_with_a_token(portal: Page) -> None:
    portal.goto("/drivers/")
    portal.get_by_role("link", name="Add driver").click()
    portal.get_by_label("Full name").fill("Dora Dahl")
    portal.get_by_label("E-mail").fill("dora@mail.example")
    portal.get_by_role("main").locator("button[type=submit]").click()
    toast(portal, "Dora Dahl was added.")
    expect(portal.get_by_role("heading", name="Dora Dahl")).to_be_visible()
    expect(portal.get_by_text("No tokens")).to_be_visible()

    portal.get_by_role("link", name="Add token").click()
    portal.get_by_label("Number").fill("04:e2:e0:00:00:00:01")
    expect(portal.get_by_label("Driver's e-mail")).to_have_value("dora@mail.example")
    portal.get_by_role("main").locator("button[type=submit]").click()
    expect(portal.get_by_role("cell", name="04E2E000000001", exact=True)).to_be_visible()
    audited(portal, "driver.added", "Dora Dahl")
    audited(portal, "id_token.added", "04E2E000000001")


def test_invite_a_colleague(portal: Page) -> None:
    portal.goto("/users/")
    portal.get_by_role("link", name="Invite user").click()
    portal.get_by_label("E-mail").fill("tove@nordlys.example")
    portal.get_by_label("Name").fill("Tove Berg")
    portal.get_by_label("Technician").check()
    portal.get_by_role("main").locator("button[type=submit]").click()
    toast(portal, "An invitation is on its way to tove@nordlys.example.")
    row = portal.get_by_role("row").filter(has_text="tove@nordlys.example")
    expect(row).to_contain_text("Invited")
    expect(row.get_by_label("Role of Tove Berg")).to_have_value("technician")


def test_api_key_is_shown_once_and_works_until_it_is_revoked(
    portal: Page, live_site: LiveSite
) -> None:
    portal.goto("/api-keys/new/")
    portal.get_by_label("Name").fill("Billing export")
    portal.get_by_label("See stations and connectors").check()
    portal.get_by_role("main").locator("button[type=submit]").click()
    key = portal.locator("#api-key").inner_text()

    def status(path: str) -> int:
        headers = {"Authorization": f"Bearer {key}"}
        return httpx.get(f"{live_site.url}/api/v1/{path}", headers=headers, timeout=30).status_code

    assert status("stations") == httpx.codes.OK
    assert status("drivers") == httpx.codes.FORBIDDEN

    portal.get_by_role("link", name="I have copied it").click()
    row = portal.get_by_role("row").filter(has_text="Billing export")
    expect(row).to_contain_text("Valid")
    assert key not in portal.content()
    row.get_by_role("button", name="Revoke").click()
    portal.get_by_role("dialog", name="Revoke this key?").get_by_role(
        "button", name="Revoke key"
    ).click()
    expect(row).to_contain_text("Revoked")
    assert status("stations") == httpx.codes.UNAUTHORIZED
    audited(portal, "api_key.created", "Billing export")
    audited(portal, "api_key.revoked", "Billing export")
