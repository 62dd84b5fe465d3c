"""The guard and the accessibility gate must see what they are there for."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route

from tests.e2e.accessibility import accessibility_findings, assert_accessible
from tests.e2e.live_site import LiveSite
from tests.e2e.page_guard import PageGuard

GOOD = (
    "<!doctype html><html lang=en><title>Good</title><main><h1>Good</h1>"
    "<label>Name <input></label></main></html>"
)


def serve(page: Page, body: str, policy: str = "default-src 'unsafe-inline'") -> None:
    def answer(route: Route) -> None:
        headers = {"content-security-policy": policy, "content-type": "text/html"}
        route.fulfill(status=200, headers=headers, body=body)

    page.route("**/made-up", answer)
    page.goto("/made-up")


def problems(guard: PageGuard) -> list[str]:
    guard.settle()
    found = guard.problems.copy()
    guard.problems.clear()
    return found


def test_good_page_has_no_problem_and_no_finding(page: Page, page_guard: PageGuard) -> None:
    serve(page, GOOD)
    assert_accessible(page)
    assert problems(page_guard) == []


def test_console_error_and_uncaught_error_are_seen(page: Page, page_guard: PageGuard) -> None:
    serve(page, GOOD + "<script>console.error('one'); throw new Error('two')</script>")
    found = problems(page_guard)
    assert len(found) == 2
    assert found[0].startswith("console error: one")
    assert found[1].startswith("uncaught: ")
    assert "two" in found[1]


def test_violated_content_security_policy_is_seen(page: Page, page_guard: PageGuard) -> None:
    serve(page, GOOD + "<script>window.ran = true</script>", policy="default-src 'none'")
    assert page.evaluate("window.ran") is None
    [found] = problems(page_guard)
    assert "Content Security Policy" in found


def test_request_to_another_machine_is_seen(page: Page, page_guard: PageGuard) -> None:
    serve(page, f"{GOOD}<img alt='' src='http://tiles.example/1.png'>", policy="img-src *")
    first, second = problems(page_guard)
    assert first == "request to another machine: http://tiles.example/1.png"
    assert "ERR_NAME_NOT_RESOLVED" in second


def test_websocket_to_another_machine_is_seen(page: Page, page_guard: PageGuard) -> None:
    script = "<script>new WebSocket('ws://bus.example/')</script>"
    serve(page, GOOD + script, policy="default-src 'unsafe-inline' ws:")
    page.wait_for_event("console")
    assert "request to another machine: ws://bus.example/" in problems(page_guard)


def test_check_fails_on_the_unexpected_and_on_the_unmet(page: Page, page_guard: PageGuard) -> None:
    page_guard.expect("never happens")
    serve(page, GOOD + "<script>console.error('surprise')</script>")
    with pytest.raises(AssertionError, match="surprise") as failure:
        page_guard.check()
    assert "expected, but did not happen: never happens" in str(failure.value)
    page_guard.problems[:] = ["never happens"]


def test_expected_problem_passes(page: Page, page_guard: PageGuard) -> None:
    page_guard.expect("console error: known")
    serve(page, f"{GOOD}<script>console.error('known')</script>")


def test_second_context_is_watched_too(
    page: Page, page_guard: PageGuard, live_site: LiveSite
) -> None:
    assert page.context.browser is not None
    other = page.context.browser.new_context(base_url=live_site.url).new_page()
    serve(other, f"{GOOD}<script>console.error('elsewhere')</script>")
    [found] = problems(page_guard)
    other.context.close()
    assert found.startswith("console error: elsewhere")


def test_unlabelled_field_is_an_accessibility_finding(page: Page) -> None:
    serve(page, GOOD.replace("<label>Name <input></label>", "<input>"))
    [finding] = accessibility_findings(page)
    assert finding.startswith("label (critical): ")
