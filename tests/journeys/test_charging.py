"""Limits from here reach the power at the plug, and last as long as they should: real websockets."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chargers.simulator import SimulatedStation, Vehicle, VirtualClock
from chargers.simulator.models import hardware
from chargers.simulator.settings import Settings
from tests.journeys.conftest import Dial, new_station
from tests.journeys.site import Site
from tests.journeys.stations import eventually
from tests.journeys.test_commands import finished

pytestmark = pytest.mark.asyncio

PHASES_W = 690  # an amp on each of three phases
FULL_W = 16 * PHASES_W


def present() -> VirtualClock:
    """Limits begin now, so these stations live now."""
    return VirtualClock(datetime.now(tz=UTC).replace(microsecond=0))


async def charging(
    dial: Dial, identity: str, protocol: str, card: str, **more: Any
) -> SimulatedStation:
    """A station with a car at EVSE 1 that takes 16 A."""
    station = dial(identity, protocol, clock=present(), **more)
    await station.connect()
    await station.boot()
    await station.plug_in(1, Vehicle(ac_max_current_a=16, battery_wh=500_000))
    await station.authorize_and_start(1, card)
    assert power(station) == FULL_W
    return station


def power(station: SimulatedStation, evse: int = 1) -> int:
    return station.model.evse(evse).draw.power_w


class Staff:
    """Orders by the API, which wake the socket in their own process."""

    def __init__(self, site: Site, station: SimulatedStation) -> None:
        self.site, self.station = site, station
        self.identity = station.identity
        self.id = site.do("station", identity=self.identity)["id"]

    async def order(self, action: str, **body: Any) -> str:
        """How the command ended, once the station has done what it was asked."""
        path = f"stations/{self.id}/actions/{action}"
        status, answer = await asyncio.to_thread(self.site.api, "POST", path, body)
        assert status == 202, answer
        ended = await finished(self.site, answer["id"])
        await self.station.settle()
        return str(ended["status"])

    def session(self) -> str:
        (running,) = self.site.do("transactions", identity=self.identity)
        return str(running["id"])


def told(site: Site, identity: str) -> list[tuple[Any, ...]]:
    return [
        (row["profile_id"], row["evse_number"], row["purpose"], row["status"])
        for row in site.do("charging_profiles", identity=identity)
    ]


async def test_a_limit_is_obeyed_ends_and_releases(
    site: Site, dial: Dial, identity: str, protocol: str, card: str
) -> None:
    station = await charging(dial, identity, protocol, card)
    staff = Staff(site, station)
    until = datetime.now(tz=UTC) + timedelta(minutes=30)
    assert await staff.order("set-limit", evse=1, amps=10, until=until) == "accepted"
    assert power(station) == 10 * PHASES_W
    assert told(site, identity) == [(1, 1, "TxDefaultProfile", "installed")]

    await staff.order("get-composite-schedule", evse=1, unit="A")
    (first, last) = site.do("composite", identity=identity, evse=1)
    assert (first, last[1]) == ([0, 10], None)
    assert 1_700 < last[0] <= 1_801

    await station.charge(seconds=last[0] - 1)
    assert power(station) == 10 * PHASES_W
    await station.charge(seconds=2)
    assert power(station) == FULL_W
    await station.charge(minutes=2)
    (session,) = site.do("transactions", identity=identity)
    assert session["power_w"] == FULL_W


async def test_purposes_and_levels_stack_as_the_standard_says(
    site: Site, dial: Dial, identity: str, protocol: str, card: str
) -> None:
    station = await charging(dial, identity, protocol, card)
    staff = Staff(site, station)

    async def limit(**body: Any) -> int:
        assert await staff.order("set-limit", **body) == "accepted"
        return power(station) // PHASES_W

    assert await limit(amps=12, evse=1) == 12
    assert await limit(amps=8, evse=1, stack_level=1) == 8
    assert await limit(amps=14, evse=1, transaction_id=staff.session()) == 14
    assert await limit(amps=9) == 9
    assert told(site, identity) == [
        (1, 1, "TxDefaultProfile", "installed"),
        (2, 1, "TxDefaultProfile", "installed"),
        (3, 1, "TxProfile", "installed"),
        (4, 0, "ChargingStationMaxProfile", "installed"),
    ]
    assert await staff.order("clear-charging-profile", profile_id=4) == "accepted"
    assert power(station) == 14 * PHASES_W
    tx = station.model.evse(1).tx
    assert tx is not None
    await station.stop(tx)
    site.do("keep_profiles_in_step")
    assert [row[3] for row in told(site, identity)] == [
        "installed", "installed", "cleared", "cleared",
    ]  # fmt: skip
    await station.unplug(1)
    await station.plug_in(1, Vehicle(ac_max_current_a=16))
    await station.authorize_and_start(1, card)
    assert power(station) == 8 * PHASES_W


async def test_what_a_station_rejects_is_told(
    site: Site, dial: Dial, identity: str, protocol: str, card: str
) -> None:
    station = await charging(dial, identity, protocol, card)
    staff = Staff(site, station)
    assert await staff.order("set-limit", evse=1, amps=10, stack_level=9) == "rejected"
    assert power(station) == FULL_W
    assert told(site, identity) == [(1, 1, "TxDefaultProfile", "rejected")]


@pytest.mark.parametrize("restart", [False, True], ids=["reconnect", "restart"])
async def test_q79_a_limit_that_the_station_lost_is_sent_again(  # noqa: PLR0917
    site: Site, dial: Dial, identity: str, protocol: str, card: str, restart: bool
) -> None:
    site.do("talk_at_once", vendor=f"Forgetful {identity}")
    forgetful = replace(hardware("alfen-eve-double"), vendor=f"Forgetful {identity}")
    station = await charging(
        dial, identity, protocol, card, model=forgetful,
        settings=Settings(keeps_profiles_over_reconnect=False, keeps_profiles_over_restart=False),
    )  # fmt: skip
    staff = Staff(site, station)
    for body in ({"evse": 1, "transaction_id": staff.session(), "amps": 10}, {"amps": 15}):
        assert await staff.order("set-limit", **body) == "accepted"

    def kept() -> list[int]:
        if not site.is_embedded:
            site.do("keep_profiles_in_step")  # where no worker runs
        return sorted(profile.id for _, profile in station.model.profiles.entries)

    assert kept() == [1, 2]
    await station.inject("offline")
    station.booted = not restart
    await station.inject("online")
    assert power(station) == 10 * PHASES_W  # nobody has looked yet
    await eventually(kept, lambda ids: ids == [1, 2])
    seen = await eventually(lambda: site.do("composite", identity=identity, evse=1))
    assert seen == [[0, 10]]
    await station.settle()
    assert power(station) == 10 * PHASES_W
    assert [row[3] for row in told(site, identity)] == ["installed", "installed"]


async def test_a_remote_start_brings_its_limit(
    site: Site, dial: Dial, identity: str, protocol: str, card: str
) -> None:
    station = dial(identity, protocol, clock=present())
    await station.connect()
    await station.boot()
    await station.plug_in(1, Vehicle(ac_max_current_a=16))
    staff = Staff(site, station)
    limit = {"unit": "A", "periods": [{"start_seconds": 0, "limit": 7}]}
    start = {"evse": 1, "id_token_uid": card, "charging_profile": limit}
    assert await staff.order("remote-start", **start) == "accepted"
    await eventually(lambda: site.do("transactions", identity=identity))
    assert power(station) == 7 * PHASES_W
    site.do("keep_profiles_in_step")
    (row,) = site.do("charging_profiles", identity=identity)
    assert (row["status"], row["transaction_id"]) == ("installed", staff.session())


async def test_what_a_station_reports_is_believed_of_itself_alone(
    site: Site, dial: Dial, identity: str, card: str
) -> None:
    """OCPP 2.0.1: one station's report, limits and clearings change nothing at another one."""
    other_identity = new_station(site)
    other_card = card.replace("04A1", "04A2")
    site.do("add_token", uid=other_card)
    station = await charging(dial, identity, "2.0.1", card)
    other = await charging(dial, other_identity, "2.0.1", other_card)
    staff, other_staff = Staff(site, station), Staff(site, other)
    for one, amps in ((staff, 10), (other_staff, 12)):
        assert await one.order("set-limit", evse=1, amps=amps) == "accepted"
    await station.limit_from_outside("EMS", limit=4_140)
    await other.limit_from_outside("EMS", unit="A", limit=9, critical=True)
    assert power(station) == 4_140

    await other.lift_limit("EMS")
    assert site.do("external_limits", identity=other_identity) == []
    assert site.do("external_limits", identity=identity) == [
        {"source": "EMS", "evse_number": 0, "is_grid_critical": False}
    ]
    assert await other_staff.order("clear-charging-profile", profile_id=1) == "accepted"
    assert told(site, other_identity) == [(1, 1, "TxDefaultProfile", "cleared")]
    assert told(site, identity) == [(1, 1, "TxDefaultProfile", "installed")]

    assert await staff.order("get-charging-profiles") == "accepted"
    seen = await eventually(lambda: told(site, identity), lambda rows: len(rows) == 2)
    assert seen == [
        (1, 1, "TxDefaultProfile", "installed"),
        (2, 0, "ChargingStationExternalConstraints", "installed"),
    ]
    await station.lift_limit("EMS")
    assert told(site, identity)[1][3] == "cleared"
    assert power(station) == 10 * PHASES_W


async def test_wishes_of_a_vehicle_are_kept_with_its_session(
    site: Site, dial: Dial, identity: str, card: str
) -> None:
    station = await charging(dial, identity, "2.0.1", card)
    await station.tell_needs(1, energy_wh=30_000)
    await station.tell_plan(1, ((0, 11_000), (900, 7_000)))
    (session,) = site.do("transactions", identity=identity)
    (needs,) = site.do("charging_needs", identity=identity)
    assert (needs["energy_wh"], needs["transaction_id"]) == (30_000, session["id"])
    assert [period["limit"] for period in needs["ev_schedule"]["periods"]] == [11_000, 7_000]
