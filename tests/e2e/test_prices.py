"""Tariff groups, prices by place, assigning to many, the price simulator."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.accessibility import assert_accessible
from tests.e2e.test_pages import PHONE, overflow
from tests.e2e.test_records import audited, toast


def test_a_group_is_asked_earlier_by_keyboard(portal: Page) -> None:
    portal.goto("/tariffs/groups/")
    before = portal.locator(".chain-card h2").all_inner_texts()
    last = before[-2]  # behind it stands "Nobody fits"
    button = portal.get_by_role("button", name=f"Ask {last} earlier")
    button.focus()
    portal.keyboard.press("Enter")
    expect(portal.get_by_role("status").filter(has_text=last)).to_have_text(
        f"{last} is now asked as number {len(before) - 2} of {len(before) - 1}."
    )
    expect(portal.get_by_role("button", name=f"Ask {last} earlier")).to_be_focused()
    portal.get_by_role("button", name=f"Ask {last} later").click()
    expect(portal.locator(".chain-card h2").nth(len(before) - 2)).to_have_text(last)
    assert portal.locator(".chain-card h2").all_inner_texts() == before


def test_a_group_is_added_and_deleted(portal: Page) -> None:
    portal.goto("/tariffs/groups/")
    portal.get_by_role("link", name="Add group").click()
    portal.get_by_label("Name").fill("Taxi drivers")
    expect(portal.get_by_text("Whoever is in one of them")).to_be_hidden()
    portal.get_by_label("Members of certain groups of drivers").check()
    expect(portal.get_by_text("Whoever is in one of them")).to_be_visible()
    portal.get_by_role("button", name="Save").click()
    expect(portal.get_by_role("alert")).to_contain_text("Choose at least one group of drivers.")
    portal.get_by_role("checkbox").first.check()
    portal.get_by_role("button", name="Save").click()
    toast(portal, "Taxi drivers was saved.")
    portal.get_by_role("button", name="Delete Taxi drivers").click()
    dialog = portal.get_by_role("dialog", name="Delete “Taxi drivers”?")
    expect(dialog).to_contain_text("It has no prices, so nothing else changes.")
    dialog.get_by_role("button", name="Delete").click()
    toast(portal, "Taxi drivers was deleted")
    audited(portal, "tariff_group.deleted", "Taxi drivers")


def test_a_price_of_a_plug_is_set_in_its_cell(portal: Page) -> None:
    portal.goto("/tariffs/matrix/")
    portal.locator(".is-level-1 .matrix-toggle").first.click()
    station = portal.locator(".is-level-2").first
    station.locator(".matrix-toggle").click()
    row = portal.locator(".is-level-3").first
    cell = row.get_by_role("link", name=re.compile("^Registered drivers, EVSE"))
    expect(cell).to_contain_text("network")
    cell.click()
    dialog = portal.get_by_role("dialog", name="Price of a group at a place")
    expect(dialog).to_be_visible()
    assert_accessible(portal, within="#command-dialog")
    dialog.get_by_label("Tariff", exact=True).select_option(label="Night owl")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    toast(portal, "Saved.")
    # What was open is open again, and the price is its own.
    expect(portal.locator(".is-level-3").first).to_be_visible()
    cell = portal.locator(".is-level-3").first.get_by_role(
        "link", name=re.compile("^Registered drivers, EVSE.*Night owl")
    )
    expect(cell).to_be_visible()
    above = portal.locator(".is-level-2").first.get_by_role(
        "link", name=re.compile("^Registered drivers,")
    )
    expect(above).to_contain_text("1 exception below")
    cell.click()
    dialog.get_by_label("As above: nothing of its own").check()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    expect(above).to_be_visible()
    expect(above).not_to_contain_text("exception below")
    portal.goto("/audit/?q=tariff_assignment.removed")
    expect(portal.get_by_role("row").filter(has_text="Night owl").first).to_contain_text(
        "Ida Krogh"
    )


def test_on_a_phone_a_place_is_a_list(portal: Page) -> None:
    portal.set_viewport_size(PHONE)  # type: ignore[arg-type]
    portal.goto("/tariffs/matrix/")
    assert overflow(portal) == []
    row = portal.locator(".is-level-1").last
    expect(row.get_by_role("link", name=re.compile("^Members,"))).to_be_hidden()
    row.get_by_role("button", name=re.compile("^All prices at")).click()
    expect(row.get_by_role("link", name=re.compile("^Members,"))).to_be_visible()
    assert overflow(portal) == []
    assert_accessible(portal)


def test_many_places_get_a_tariff_after_a_preview(portal: Page) -> None:
    portal.goto("/tariffs/matrix/")
    portal.get_by_role("link", name="Assign to many").click()
    portal.get_by_label("Stations", exact=True).check()
    portal.get_by_label("Employees").check()
    portal.get_by_label("Tariff", exact=True).select_option(label="Night owl")
    portal.get_by_role("button", name="See what would change").click()
    preview = portal.locator("#bulk-preview")
    expect(preview).to_contain_text("as above")
    expect(preview).to_contain_text("Employees")
    expect(preview).to_contain_text("There is no undo")
    assert_accessible(portal)
    preview.get_by_role("button", name=re.compile("^Set .* prices")).click()
    toast(portal, "prices were set.")
    portal.goto("/audit/?q=tariff_group.assigned")
    mine = portal.get_by_role("row").filter(has_text="Ida Krogh")
    expect(mine.first).to_contain_text("Employees")


def test_a_price_is_tried_without_a_reload(portal: Page) -> None:
    portal.goto("/tariffs/simulator/")
    expect(portal.get_by_role("heading", name="Choose a plug first")).to_be_visible()
    portal.get_by_role("searchbox", name="Find a plug").press_sequentially("NC-000")
    portal.locator("#found-plugs a").first.click()
    total = portal.locator(".receipt-sum")
    expect(total).to_be_visible()
    expect(portal.locator("#simulation .chart canvas")).to_be_visible()
    portal.evaluate("window.stayed = true")
    before = total.inner_text()
    energy = portal.get_by_label("Energy, kWh")
    energy.fill("61.5")
    expect(total).not_to_have_text(before)
    expect(portal.locator(".receipt-lines")).to_contain_text("61.5\u00a0kWh")
    expect(portal.locator("#simulation .chart canvas")).to_be_visible()
    expect(portal).to_have_url(re.compile("energy_kwh=61.5"))
    assert portal.evaluate("window.stayed")
    shared = portal.locator(".receipt-sum").inner_text()
    energy.fill("-1")
    fault = portal.get_by_text("Ensure this value is greater than or equal to 0.")
    expect(fault).to_be_visible()
    energy.fill("61.5")
    expect(fault).to_have_count(0)
    expect(portal.locator(".why .is-won")).to_contain_text("This decides")
    portal.reload()
    expect(portal.locator(".receipt-sum")).to_have_text(shared)


def test_a_session_leads_to_the_reasons_of_its_price(portal: Page) -> None:
    portal.goto("/transactions/")
    portal.get_by_role("navigation", name="State").get_by_role(
        "link", name="Ended", exact=True
    ).click()
    portal.get_by_role("row").nth(1).get_by_role("link").first.click()
    portal.get_by_role("link", name=re.compile("Why this price|Try its price")).click()
    expect(portal.get_by_role("heading", name="Why this price?")).to_be_visible()
    expect(portal.locator(".receipt-when")).to_be_visible()
