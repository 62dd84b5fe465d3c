"""One template for stations of both versions: sent, read back, drifted from, sent again."""

from __future__ import annotations

from typing import Any

import pytest

from chargers.simulator import SimulatedStation
from tests.journeys.conftest import Dial, new_station
from tests.journeys.site import Site
from tests.journeys.stations import PROTOCOLS, eventually

pytestmark = pytest.mark.asyncio
NAMES = {"1.6": "MeterValueSampleInterval", "2.0.1": "SampledDataCtrlr.TxUpdatedInterval"}
STRANGE = {"1.6": "VendorMagic", "2.0.1": "OCPPCommCtrlr.VendorMagic"}


def api(site: Site, method: str, path: str, body: Any = None) -> Any:
    status, answer = site.api(method, path, body, manages=True)
    assert status in {200, 201, 202, 204}, answer
    return answer


def template(site: Site, name: str, *items: dict[str, str]) -> str:
    row = api(site, "POST", "configuration-templates", {"name": name, "items": items})
    return str(row["id"])


def steps(site: Site, row: str, ids: dict[str, str]) -> dict[str, str]:
    """Protocol → how far the station is.

    Asked for each station: a site that is shared has more of them than a page of the list.
    """
    site.do("check_templates")
    return {protocol: step_of(site, row, key) for protocol, key in ids.items()}


def step_of(site: Site, row: str, station_id: str) -> str:
    found = api(site, "GET", f"stations/{station_id}/drift")["data"]
    return next((str(each["step"]) for each in found if each["template_id"] == row), "")


def applied(site: Site, row: str, ids: dict[str, str]) -> str:
    """One click; the roll-out."""
    body = {"station_ids": list(ids.values())}
    return str(api(site, "POST", f"configuration-templates/{row}/actions/apply", body)["id"])


def progress(site: Site, rollout: str) -> Any:
    site.do("further_rollouts")
    return api(site, "GET", f"configuration-rollouts/{rollout}")


async def done(site: Site, rollout: str) -> dict[str, int]:
    row = await eventually(
        lambda: progress(site, rollout), lambda row: row["status"] == "done", within=30
    )
    counts: dict[str, int] = row["counts"]
    return counts


async def booted(site: Site, dial: Dial) -> tuple[dict[str, SimulatedStation], dict[str, str]]:
    """A station of each version and their ids."""
    stations, ids = {}, {}
    for protocol in PROTOCOLS:
        identity = new_station(site)
        station = dial(identity, protocol)
        await station.connect()
        await station.boot()
        stations[protocol] = station
        ids[protocol] = site.do("station", identity=identity)["id"]
    return stations, ids


async def test_one_click_for_both_versions_and_again_after_a_drift(site: Site, dial: Dial) -> None:
    stations, ids = await booted(site, dial)
    row = template(
        site,
        "Journey: intervals",
        {"name": "sample_interval", "value": "45"},
        {"name": "cache_enabled", "value": "true"},
    )
    await eventually(lambda: steps(site, row, ids), lambda seen: set(seen.values()) == {"differs"})
    assert await done(site, applied(site, row, ids)) == {"applied": 2}
    assert {s.model.settings.sample_interval for s in stations.values()} == {45}
    await eventually(lambda: steps(site, row, ids), lambda seen: set(seen.values()) == {"in_step"})
    for station in stations.values():
        station.model.settings.sample_interval = 99
    site.do("read_at_night")
    await eventually(lambda: steps(site, row, ids), lambda seen: set(seen.values()) == {"differs"})
    for protocol, station in stations.items():
        assert site.do("drift_events", identity=station.identity) == [NAMES[protocol]]
    assert await done(site, applied(site, row, ids)) == {"applied": 2}
    assert {s.model.settings.sample_interval for s in stations.values()} == {45}
    api(site, "DELETE", f"configuration-templates/{row}")


async def test_a_refusal_is_told_in_the_stations_own_word(site: Site, dial: Dial) -> None:
    _stations, ids = await booted(site, dial)
    row = template(
        site,
        "Journey: strange",
        *({"name": name, "value": "1", "comparison": "never"} for name in STRANGE.values()),
    )
    await eventually(lambda: steps(site, row, ids), lambda seen: all(seen.values()))
    rollout = applied(site, row, ids)
    assert await done(site, rollout) == {"rejected": 2}
    told = api(site, "GET", f"configuration-rollouts/{rollout}/stations")["data"]
    words = {
        each["own"]: each["word"].partition(":")[0]
        for station in told
        for each in station["results"]
        if each["result"] == "rejected"
    }
    assert words == {"VendorMagic": "NotSupported", "OCPPCommCtrlr.VendorMagic": "UnknownVariable"}
    api(site, "DELETE", f"configuration-templates/{row}")


async def test_a_station_that_is_away_gets_it_on_its_return(site: Site, dial: Dial) -> None:
    stations, ids = await booted(site, dial)
    row = template(site, "Journey: later", {"name": "message_attempts", "value": "7"})
    await eventually(lambda: steps(site, row, ids), lambda seen: set(seen.values()) == {"differs"})
    for station in stations.values():
        await station.close()
    await eventually(
        lambda: [site.do("station", identity=s.identity)["is_online"] for s in stations.values()],
        lambda online: not any(online),
    )
    rollout = applied(site, row, ids)
    assert progress(site, rollout)["counts"] == {"waiting": 2}
    again = {protocol: dial(old.identity, protocol) for protocol, old in stations.items()}
    for station in again.values():
        await station.connect()
        await station.boot()
    assert await done(site, rollout) == {"applied": 2}
    assert {s.model.settings.message_attempts for s in again.values()} == {7}
    api(site, "DELETE", f"configuration-templates/{row}")
