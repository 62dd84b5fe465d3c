"""Pages and API answers that must not break, whatever stations have sent (poison records)."""

from __future__ import annotations

from tests.journeys.site import Site, Web

STAFF_PAGES = (
    "/",
    "/stations/",
    "/stations/export.csv",
    "/transactions/",
    "/transactions/export.csv",
    "/locations/",
)
API_LISTS = (
    "/api/v1/stations",
    "/api/v1/locations",
    "/api/v1/transactions",
    "/api/v1/commands",
)
STATION_TABS = (
    "",
    "transactions/",
    "commands/",
    "variables/",
    "charging/",
    "frames/",
    "timeline/",
    "settings/",
)


def broken_pages(site: Site, identity: str = "", *, web: Web | None = None) -> dict[str, int]:
    """Address to status of what does not answer with 200: lists, and all about one station."""
    paths = [*STAFF_PAGES, *API_LISTS]
    if identity:
        station = site.do("station", identity=identity)["id"]
        paths += [f"/stations/{station}/{tab}" for tab in STATION_TABS]
        paths += [f"/api/v1/stations/{station}"]
        for session in site.do("transactions", identity=identity):
            paths += [f"/transactions/{session['id']}/", f"/api/v1/transactions/{session['id']}"]
    cookie = site.do("staff_cookie")
    statuses = {path: (web or site.web).get(path, cookie=cookie)[0] for path in paths}
    return {path: status for path, status in statuses.items() if status != 200}
