"""Browser tests: Chromium drives the real server, under guard (see page_guard).

Simulated stations dial it where something must happen live (see stations).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.live_site import LiveSite
from tests.e2e.page_guard import PageGuard
from tests.e2e.stations import LiveStation, Simulators

HERE = Path(__file__).parent
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
NO_CHROMIUM = "Chromium is not installed (Debian: apt-get install chromium; or set CHROMIUM)"
IN_CI = bool(os.environ.get("CI"))
GUARD = pytest.StashKey[PageGuard]()
# For machines with two busy cores; whatever is there earlier is seen earlier.
PATIENCE_MS = 30_000

Dial = Callable[[], LiveStation]

LOOPBACK_NAMES = "EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # WebGL without a graphics card, for the map.
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    # The guard reports requests to other machines; this also keeps them from leaving.
    f"--host-resolver-rules=MAP * ~NOTFOUND, {LOOPBACK_NAMES}",
]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.e2e)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    result = yield
    guard = item.stash.get(GUARD, None)
    if guard is not None:
        guard.check()
    return result


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    count = sum(NO_CHROMIUM in str(report.longrepr) for report in skipped)
    if count:
        terminalreporter.section("browser tests")
        terminalreporter.write_line(f"{count} browser tests did NOT run: {NO_CHROMIUM}")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser. Without one the tests are skipped, in CI they fail."""
    if CHROMIUM is not None:
        return CHROMIUM
    if IN_CI:
        pytest.fail(NO_CHROMIUM)
    pytest.skip(NO_CHROMIUM)


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any], chromium: str
) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": chromium, "args": CHROMIUM_FLAGS}


@pytest.fixture(scope="session")
def live_site(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """The server under test, one for the whole session."""
    with LiveSite(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="session")
def base_url(live_site: LiveSite) -> str:
    """Makes `page.goto("/path")` work."""
    return live_site.url


@pytest.fixture(autouse=True)
def page_guard(
    browser: Browser, live_site: LiveSite, request: pytest.FixtureRequest
) -> Iterator[PageGuard]:
    """Watches every browser context of the test; checked when the test's body has passed."""
    guard = PageGuard(live_site.is_ours)
    request.node.stash[GUARD] = guard
    browser.on("context", guard.watch)
    yield guard
    browser.remove_listener("context", guard.watch)


@pytest.fixture(scope="session", autouse=True)
def patience() -> None:
    expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture
def page(page: Page, page_guard: PageGuard) -> Page:
    page.set_default_timeout(PATIENCE_MS)
    return page


@pytest.fixture
def portal(page: Page, live_site: LiveSite) -> Page:
    """A page whose person is logged in as administrator."""
    sign_in(page, live_site, "admin")
    return page


def sign_in(page: Page, live_site: LiveSite, role: str, *, url: str = "") -> None:
    """Log in without the form, which has tests of its own; `url` is another host's."""
    cookie = live_site.session_cookie(role)
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": url or live_site.url}])


@pytest.fixture(scope="session")
def simulators() -> Iterator[Simulators]:
    with Simulators() as running:
        yield running


@pytest.fixture
def dial(live_site: LiveSite, simulators: Simulators) -> Dial:
    """Makes stations, each one of the network that no other test uses, connected and booted."""

    def make() -> LiveStation:
        station = simulators.station(live_site.ocpp_url, live_site.take_station())
        station.boot()
        return station

    return make


@pytest.fixture(scope="session")
def charging(live_site: LiveSite, simulators: Simulators) -> LiveStation:
    """A station that charges as long as the tests run."""
    station = simulators.station(live_site.ocpp_url, live_site.take_station())
    station.boot()
    station.start_charging()
    station.charge(minutes=10)
    return station
