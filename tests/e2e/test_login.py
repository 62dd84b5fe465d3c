from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.accessibility import assert_accessible
from tests.e2e.live_site import LiveSite


def fill(page: Page, email: str, password: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def test_wrong_password_is_refused_on_a_clean_page(page: Page, live_site: LiveSite) -> None:
    page.goto("/account/login/")
    assert_accessible(page)
    fill(page, live_site.log_in().email, "not the password")
    expect(page.get_by_text("do not match")).to_be_visible()
    expect(page).to_have_url(f"{live_site.url}/account/login/")
    assert_accessible(page)


def test_log_in_leads_to_where_one_wanted_to_go_and_log_out_ends_it(
    page: Page, live_site: LiveSite
) -> None:
    page.goto("/drivers/groups/")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    person = live_site.log_in()
    fill(page, person.email, person.password)
    expect(page.get_by_role("heading", name="Groups of drivers")).to_be_visible()

    page.get_by_role("button", name="Ida Krogh").click()
    page.locator("#user-menu").get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    page.goto("/stations/")
    expect(page).to_have_url(re.compile(r"/account/login/\?next=/stations/$"))


def test_log_in_leads_to_the_network(page: Page, live_site: LiveSite) -> None:
    page.goto("/")
    person = live_site.log_in("operations")
    fill(page, person.email, person.password)
    expect(page).to_have_url(f"{live_site.url}/")
    expect(page.get_by_role("heading", name="Network", exact=True)).to_be_visible()


def test_forgotten_password_tells_nothing_about_accounts(page: Page) -> None:
    page.goto("/account/login/")
    page.get_by_role("link", name="Forgot your password?").click()
    assert_accessible(page)
    page.get_by_label("E-mail").fill("nobody@nordlys.example")
    page.get_by_role("button", name="Send link").click()
    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()
    assert_accessible(page)
