"""Time every portal page as one member: `python -m bench.page_probe <examples.json> <times>`.

Django's test client runs URL resolution, middleware, view and template in this process; what is
not in the time is the socket. Prints JSON: one object a page.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

import bench.django_setup  # noqa: F401 -- models need it
from accounts.models import User
from accounts.policy import Permission
from bench.page_list import ESSENTIAL, LEFT_OUT_PREFIXES, ONLY_WITH_QUERY, WITH_QUERY
from common.memory import settle_memory

_WARM_UPS = 2
_HOST = "localhost"


@dataclass(frozen=True, slots=True)
class Route:
    """One address of the URL configuration: `name` with namespaces, `path` as it is written."""

    name: str
    path: str
    parameters: tuple[str, ...]


@dataclass(slots=True)
class Page:
    """What was seen; `waits` (by the clock) and `cpu` (of this process) are milliseconds.

    Attributes:
        fault: why it could not be measured; empty when it was.
        kind: "page", "redirect", "stream", or "post" (no GET).
    """

    name: str
    url: str = ""
    kind: str = "page"
    fault: str = ""
    queries: int = 0
    size: int = 0
    waits: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


def routes() -> list[Route]:
    """Every address whose view asks for a permission of the portal."""
    return [
        route
        for route, callback in _walk(get_resolver().url_patterns, "", "")
        if isinstance(_policy(callback), Permission)
        and not route.path.startswith(LEFT_OUT_PREFIXES)
    ]


def _walk(patterns: Sequence[Any], path: str, space: str) -> Iterator[tuple[Route, Any]]:
    for pattern in patterns:
        here = f"{path}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            inside = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, here, inside)
        elif isinstance(pattern, URLPattern) and pattern.name:
            # Parameters of a prefix stand in `here`, too.
            names = tuple(part.split(">")[0].split(":")[-1] for part in here.split("<")[1:])
            yield Route(f"{space}{pattern.name}", here, names), pattern.callback


def _policy(callback: Any) -> Any:
    declared = getattr(callback, "policy", None)
    return declared or getattr(getattr(callback, "view_class", None), "policy", None)


def urls_of(route: Route, examples: dict[str, list[str]]) -> list[str]:
    """Addresses of different objects; one when there are no parameters.

    Raises:
        LookupError: there is no example for a parameter.
    """
    values = [_examples_of(route, name, examples) for name in route.parameters]
    if not values:
        return [reverse(route.name)]
    count = max(map(len, values))
    return [
        reverse(
            route.name,
            kwargs={
                name: found[n % len(found)]
                for name, found in zip(route.parameters, values, strict=True)
            },
        )
        for n in range(count)
    ]


def _examples_of(route: Route, parameter: str, examples: dict[str, list[str]]) -> list[str]:
    """Of the page itself where not every object will do, else of the parameter or of the place."""
    place = route.path.split("/")[0]
    found = examples.get(route.name) or examples.get(parameter) or examples.get(place)
    if not found:
        raise LookupError(f"no example for {parameter!r}")
    return found


class Probe:
    """Gets pages as one user."""

    def __init__(self, user: User, examples: dict[str, list[str]], times: int) -> None:
        self._client = Client(headers={"host": _HOST})
        self._client.force_login(user)
        self._examples = examples
        self._times = times

    def measure(self, route: Route, query: str = "") -> Page:
        """Time a page over different objects; a fault is noted, never raised."""
        page = Page(f"{route.name}?{query}" if query else route.name)
        try:
            urls = urls_of(route, self._examples)
            if query:
                first = {name: found[0] for name, found in self._examples.items() if found}
                urls = [f"{url}?{query.format(**first)}" for url in urls]
            page.url = urls[0]
            self._classify(page, urls[0])
            if page.kind == "page" and not page.fault:
                self._time(page, urls)
        except Exception as error:  # noqa: BLE001 -- one broken page must not hide the others
            page.fault = repr(error)[:300]
        return page

    def _classify(self, page: Page, url: str) -> None:
        with CaptureQueriesContext(connection) as queries:
            response = self._client.get(url)
        page.queries = len(queries)
        if response.streaming:
            page.kind = "stream"
            response.close()
        elif response.status_code == 405:
            page.kind = "post"
        elif response.status_code in {301, 302}:
            page.kind = "redirect"
            if "/account/" in response.headers["Location"]:
                page.fault = "sent to the log-in"
        elif response.status_code != 200:
            page.fault = f"status {response.status_code}"
        else:
            page.size = len(response.content)

    def _time(self, page: Page, urls: list[str]) -> None:
        for n in range(_WARM_UPS + self._times):
            started, cpu = time.perf_counter(), time.process_time()
            response = self._client.get(urls[n % len(urls)])
            took, used = time.perf_counter() - started, time.process_time() - cpu
            if response.status_code != 200:
                page.fault = f"status {response.status_code} at {urls[n % len(urls)]}"
                return
            if n >= _WARM_UPS:
                page.waits.append(took * 1000)
                page.cpu.append(used * 1000)


def main() -> None:
    facts = json.loads(Path(sys.argv[1]).read_text())
    probe = Probe(User.objects.get(pk=facts["user"]), facts["examples"], int(sys.argv[2]))
    known = {route.name: route for route in routes()}
    settle_memory()  # as the web process does
    pages = [probe.measure(route) for name, route in known.items() if name not in ONLY_WITH_QUERY]
    pages += [Page(name, fault="does not exist") for name in ESSENTIAL if name not in known]
    for name, query in WITH_QUERY:
        if name in known:
            pages.append(probe.measure(known[name], query))
        else:
            pages.append(Page(f"{name}?{query}", fault="does not exist"))
    print(json.dumps([asdict(page) for page in pages]))


if __name__ == "__main__":
    main()
