"""Browser tests: Chromium drives the real server, under guard (see page_guard)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e.live_site import LiveSite
from tests.e2e.page_guard import PageGuard

HERE = Path(__file__).parent
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
NO_CHROMIUM = "Chromium is not installed (Debian: apt-get install chromium; or set CHROMIUM)"
IN_CI = bool(os.environ.get("CI"))
GUARD = pytest.StashKey[PageGuard]()

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
    """The server under test, one for the whole session, with a log-in in `live_site.admin`."""
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
