"""Tokens that a station knows by itself, and places that it keeps, over real websockets."""

from __future__ import annotations

from typing import Any

import pytest

from chargers.simulator import SimulatedStation
from chargers.simulator.station import UnableToStart
from tests.journeys.site import Site
from tests.journeys.stations import eventually

pytestmark = pytest.mark.asyncio


def listed(station: SimulatedStation, card: str) -> str | None:
    return station.desk.local_list.status_of(card, station.clock.now())


async def test_a_block_reaches_the_list_and_holds_without_a_connection(
    site: Site, station: SimulatedStation, identity: str, card: str
) -> None:
    other = card.replace("04A1", "04A2")
    site.do("add_token", uid=other)
    site.do("keep_list", identity=identity)
    seen = await in_step(site, identity)
    assert listed(station, card) == "Accepted"
    assert seen["version"] == station.desk.local_list.version
    assert station.model.settings.local_authorize_offline
    assert await station.authorize(card)  # remembered in the cache, too

    site.do("block_token", uid=card)
    await in_step(site, identity, version=seen["version"] + 1)
    assert listed(station, card) == "Blocked"
    update = [frame for frame in station.frames if frame.message[2:3] == ["SendLocalList"]][-1]
    assert update.message[3]["updateType"] == "Differential"
    assert len(update.message[3]["localAuthorizationList"]) == 1

    await station.inject("offline")
    assert not await station.authorize(card)
    assert await station.authorize(other)


async def in_step(site: Site, identity: str, *, version: int = 1) -> dict[str, Any]:
    """Let the worker's part be done until the station has confirmed this version, or a later one."""

    def look() -> dict[str, Any]:
        site.do("sync_lists")
        row: dict[str, Any] = site.do("local_list", identity=identity)
        return row

    return await eventually(
        look, lambda row: row["state"] == "in_step" and row["version"] >= version
    )


async def test_a_place_is_kept_for_one_token_and_used_by_it(
    site: Site, station: SimulatedStation, identity: str, card: str
) -> None:
    stranger = card.replace("04A1", "04A3")
    site.do("add_token", uid=stranger)
    row = site.do("reserve", identity=identity, evse=1, uid=card, minutes=30)
    await reserved(site, row, "accepted")
    await station.settle()
    assert station.model.evse(1).status == "Reserved"
    (place, free) = site.do("connectors", identity=identity)
    assert (place["status"], free["status"]) == ("Reserved", "Available")

    await station.plug_in(1)
    with pytest.raises(UnableToStart, match="reserved for another token"):
        await station.authorize_and_start(1, stranger)
    await station.authorize_and_start(1, card)
    (session,) = site.do("transactions", identity=identity)
    used = await reserved(site, row, "used")
    assert str(used["transaction_id"]) == str(session["id"])
    assert session["warnings"] == []
    assert site.do("reserved_until", identity=identity) == [None, None]


async def test_a_place_that_nobody_came_for(
    site: Site, station: SimulatedStation, identity: str, card: str, protocol: str
) -> None:
    row = site.do("reserve", identity=identity, evse=2, uid=card, minutes=30)
    await reserved(site, row, "accepted")
    await station.settle()
    assert station.model.evse(2).status == "Reserved"
    # the station's clock runs hours behind, see `past`: half an hour from now is far ahead
    await station.wait(minutes=225)
    assert station.model.evse(2).status == "Available"
    told = station.sent("ReservationStatusUpdate") if protocol != "1.6" else []
    if told:
        assert told == [{"reservationId": 1, "reservationUpdateStatus": "Expired"}]
        assert (await reserved(site, row, "expired"))["note"] == ""
    else:
        # this version has no word for it: the connector shows it, or our own clock
        assert (await reserved(site, row, "cancelled"))["note"] == "the station shows it free"


async def test_a_place_is_given_free_again(
    site: Site, station: SimulatedStation, identity: str, card: str
) -> None:
    row = site.do("reserve", identity=identity, evse=1, uid=card, minutes=30)
    await reserved(site, row, "accepted")
    site.do("cancel_reservation", reservation_id=row)
    await reserved(site, row, "cancelled")
    assert site.do("reserved_until", identity=identity) == [None, None]
    await station.settle()
    assert station.model.evse(1).status == "Available"


async def reserved(site: Site, row: str, status: str) -> dict[str, Any]:
    seen: dict[str, Any] = await eventually(
        lambda: site.do("reservation", reservation_id=row), lambda seen: seen["status"] == status
    )
    return seen
