from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.accessibility import assert_accessible
from tests.e2e.live_site import LiveSite


def test_wrong_password_is_refused_on_a_clean_page(page: Page, live_site: LiveSite) -> None:
    page.goto("/account/login/")
    assert_accessible(page)
    page.get_by_label("Email").fill(live_site.admin.email)
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("are not correct")).to_be_visible()
    assert page.url.endswith("/account/login/")
    assert_accessible(page)
