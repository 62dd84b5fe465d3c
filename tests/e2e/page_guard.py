"""What no page may ever do: log an error, throw, break the CSP, or ask another machine."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, WebError, WebSocket


class PageGuard:
    """Collects `problems` of every page of a test; expect() lets a known one pass.

    Chromium reports a violated Content Security Policy and a failed subresource as console errors.
    """

    def __init__(self, is_ours: Callable[[str], bool]) -> None:
        self.problems: list[str] = []
        self._is_ours = is_ours
        self._expected: list[re.Pattern[str]] = []
        self._contexts: list[BrowserContext] = []

    def watch(self, context: BrowserContext) -> None:
        self._contexts.append(context)
        context.on("console", self._on_console)
        context.on("weberror", self._on_web_error)
        context.on("request", self._on_request)
        context.on("page", self._on_page)

    def expect(self, pattern: str) -> None:
        """Let problems that match `pattern` pass in this test; at least one must occur."""
        self._expected.append(re.compile(pattern))

    def settle(self) -> None:
        """Take in what the browser has reported so far."""
        for context in self._contexts:
            if context.pages:
                # Messages arrive in order: after this answer all earlier reports are here.
                context.cookies()

    def check(self) -> None:
        """Fail on anything unexpected, and on an expectation that nothing met."""
        self.settle()
        unexpected = [
            problem
            for problem in self.problems
            if not any(pattern.search(problem) for pattern in self._expected)
        ]
        unmet = [
            f"expected, but did not happen: {pattern.pattern}"
            for pattern in self._expected
            if not any(map(pattern.search, self.problems))
        ]
        if unexpected or unmet:
            raise AssertionError("\n".join([*unexpected, *unmet]))

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(f"console error: {message.text} ({message.location['url']})")

    def _on_web_error(self, error: WebError) -> None:
        self.problems.append(f"uncaught: {error.error}")

    def _on_request(self, request: Request) -> None:
        self._note_address(request.url)

    def _on_page(self, page: Page) -> None:
        page.on("websocket", self._on_websocket)

    def _on_websocket(self, websocket: WebSocket) -> None:
        self._note_address(websocket.url)

    def _note_address(self, url: str) -> None:
        if not self._is_ours(url):
            self.problems.append(f"request to another machine: {url}")
