"""The network dashboard, and that it is alive."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Dial


def test_dashboard_shows_figures_map_alerts_and_stations(portal: Page) -> None:
    portal.goto("/")
    figures = portal.get_by_role("region", name="Key figures")
    for label in (
        "Energy today",
        "Live power",
        "Active sessions",
        "Connectors in use",
        "Uptime, 30 days",
    ):
        expect(figures.get_by_text(label, exact=True)).to_be_visible()
    expect(figures.locator("#kpi-energy .kpi-value")).to_have_text(re.compile(r"\d"))
    expect(portal.locator("[data-map][data-ready]")).to_be_visible()
    expect(portal.locator("[data-chart] canvas")).to_be_visible()
    table = portal.get_by_role("region", name="Table of stations")
    expect(table.get_by_text("NC-0001")).to_be_visible()
    expect(table.get_by_text("NC-0006")).to_be_visible()

    alerts = portal.get_by_role("region", name="Needs attention")
    expect(alerts.get_by_role("listitem").first).to_be_visible()
    alerts.get_by_role("link", name=re.compile(r"^All \d+")).click()
    expect(portal.get_by_role("heading", name="Needs attention", level=1)).to_be_visible()
    expect(portal.get_by_role("main").get_by_role("listitem").first).to_be_visible()


def test_dashboard_follows_a_station_without_reload(portal: Page, dial: Dial) -> None:
    portal.goto("/")
    expect(portal.locator("[data-live=on]")).to_be_visible()
    portal.evaluate("window.isStillThePage = true")
    sessions = portal.locator("#kpi-sessions .kpi-value")
    before = int(sessions.inner_text())

    station = dial()
    row = portal.get_by_role("region", name="Table of stations").get_by_role(
        "row", name=re.compile(station.seeded.code)
    )
    expect(row.get_by_text("Available", exact=True)).to_be_visible()

    station.start_charging()
    station.charge(minutes=2)
    expect(sessions).to_have_text(str(before + 1))
    expect(row.get_by_text("Charging", exact=True)).to_be_visible()
    expect(row.get_by_text(re.compile(r"^[1-9][\d.]*\s*kW$"))).to_be_visible()

    station.fault(evse=1)
    alerts = portal.get_by_role("region", name="Needs attention")
    expect(
        alerts.get_by_text(re.compile(rf"^{station.seeded.code} · Connector 1 "))
    ).to_be_visible()
    assert portal.evaluate("window.isStillThePage") is True
