"""A person runs a station from the portal."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Dial
from tests.e2e.live_site import LiveSite, SeededStation
from tests.e2e.stations import Simulators
from tests.e2e.test_pages import DESKTOP, check


def find(page: Page, code: str) -> Locator:
    """Search for a station in the list; its row."""
    page.goto("/stations/")
    search = page.get_by_role("searchbox", name="Find stations")
    search.fill(code)
    search.press("Enter")
    expect(page).to_have_url(re.compile(rf"/stations/\?q={code}$"))
    rows = page.get_by_role("region", name="Stations").locator("tbody tr")
    expect(rows).to_have_count(1)
    return rows


def send(page: Page, **fields: str) -> None:
    """Fill and send the form of the command dialog."""
    dialog = page.get_by_role("dialog", name="Command")
    for label, value in fields.items():
        dialog.get_by_label(label).fill(value)
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_be_hidden()


def test_find_start_stop_and_unlock(portal: Page, dial: Dial) -> None:
    station = dial()
    station.plug_in()
    row = find(portal, station.seeded.code)
    row.get_by_role("link").first.click()
    expect(portal.locator("#station-state")).to_contain_text(
        re.compile("Available|Occupied|Preparing")
    )
    evse = portal.get_by_role("article", name=re.compile("^EVSE 1,")).first
    history = portal.locator("#command-history li")

    evse.get_by_role("link", name="Start").click()
    send(portal, Token=station.seeded.token)
    started = history.filter(has_text="Start a transaction").first
    expect(started).to_contain_text("Accepted")
    expect(evse.get_by_role("link", name="Session")).to_be_visible()
    station.charge(minutes=3)
    expect(evse.locator(".connector-figures")).to_contain_text(re.compile(r"[1-9][\d.]*\s*kW"))

    evse.get_by_role("link", name="Stop").click()
    send(portal)
    expect(history.filter(has_text="Stop a transaction").first).to_contain_text("Accepted")
    expect(evse.get_by_role("link", name="Session")).to_be_hidden()

    evse.get_by_role("link", name="Unlock").click()
    send(portal)
    unlocked = history.filter(has_text="Unlock a connector").first
    expect(unlocked).to_contain_text("answered after")

    portal.get_by_role("navigation", name="Station").get_by_role("link", name="Frames").click()
    frames = portal.locator("details.frame").filter(
        has_text=re.compile("RemoteStartTransaction|RequestStartTransaction")
    )
    answer, call = frames.nth(0), frames.nth(1)
    call.locator("summary").click()
    expect(call.get_by_role("region", name="Call")).to_contain_text(station.seeded.token)
    answer.locator("summary").click()
    expect(answer.get_by_role("region", name="Answer")).to_contain_text("Accepted")


def test_unknown_token_is_refused_in_the_dialog(portal: Page, dial: Dial) -> None:
    station = dial()
    find(portal, station.seeded.code).get_by_role("link").first.click()
    portal.get_by_role("article", name=re.compile("^EVSE 1,")).first.get_by_role(
        "link", name="Start"
    ).click()
    dialog = portal.get_by_role("dialog", name="Command")
    dialog.get_by_label("Token").fill("FFFF0000")
    dialog.locator("button[type=submit]").click()
    expect(dialog.get_by_text("There is no such token.")).to_be_visible()
    portal.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(portal.locator("#command-history")).not_to_contain_text("just now")


def test_chips_filter_by_state(portal: Page, live_site: LiveSite, dial: Dial) -> None:
    station = dial()
    asleep = live_site.take_station()
    portal.goto("/stations/")
    states = portal.get_by_role("navigation", name="State")
    states.get_by_role("link", name=re.compile("^Available")).click()
    expect(portal).to_have_url(re.compile("state=available"))
    expect(portal.get_by_text(station.seeded.code)).to_be_visible()
    expect(portal.get_by_text(asleep.code)).to_be_hidden()
    states.get_by_role("link", name=re.compile("^Offline")).click()
    expect(portal).to_have_url(re.compile("state=offline"))
    expect(portal.get_by_text(asleep.code)).to_be_visible()
    expect(portal.get_by_text(station.seeded.code)).to_be_hidden()


def test_add_a_station_and_watch_it_connect(
    portal: Page, live_site: LiveSite, simulators: Simulators
) -> None:
    portal.goto("/stations/add/")
    portal.locator("select[name=location]").select_option(index=1)
    portal.get_by_role("button", name="Continue").click()
    check(portal)
    portal.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    portal.get_by_role("link", name="KeContact P30 x-series").first.click()
    portal.get_by_role("button", name="Add station").click()
    expect(portal.get_by_text("This field is required.").first).to_be_visible()
    portal.get_by_label("Name").fill("By the gate")
    portal.get_by_role("button", name="Add station").click()

    key = portal.locator("#station-key").inner_text()
    identity = portal.locator("#station-identity").inner_text()
    assert re.fullmatch("[0-9a-f]{32}", key)
    assert portal.locator("#station-url").inner_text() == f"{live_site.ocpp_url}{identity}"
    waiting = portal.locator("#checklist")
    expect(waiting).to_contain_text("No connection yet.")

    bought = SeededStation(identity, key, model="keba-p30", protocol="1.6", token="")
    station = simulators.station(live_site.ocpp_url, bought)
    station.boot()
    expect(waiting.get_by_text("Connected", exact=True)).to_be_visible()
    expect(waiting).to_contain_text("Keba")

    portal.get_by_role("link", name="Go to the station").click()
    expect(portal.get_by_role("heading", name="By the gate")).to_be_visible()
    portal.goto(f"{portal.url}commissioning/")
    expect(portal.get_by_text("It was shown once and is kept as a fingerprint")).to_be_visible()
    assert key not in portal.content()
