"""What drivers read at a station: running costs, tariffs, messages; over a real websocket."""

from __future__ import annotations

from typing import Any

import pytest

from chargers.simulator import SimulatedStation
from tests.journeys.conftest import Dial
from tests.journeys.site import Site
from tests.journeys.stations import eventually
from tests.journeys.test_commands import finished

pytestmark = pytest.mark.asyncio


async def charging(site: Site, station: SimulatedStation, identity: str, card: str) -> str:
    """A session that runs, at a station that has told its variables; its reference."""
    await finished(site, site.do("read_everything", identity=identity))
    await station.settle()
    await station.plug_in(1)
    tx = await station.authorize_and_start(1, card)
    assert tx.reference is not None
    return tx.reference


async def test_the_running_cost_reaches_the_display(
    site: Site, station: SimulatedStation, identity: str, card: str
) -> None:
    reference = await charging(site, station, identity, card)
    display = station.desk.display
    site.do("tell_costs", amount_minor=123)
    await eventually(lambda: display.costs == [(reference, 1.23)])
    site.do("tell_costs", amount_minor=150)  # too soon
    site.do("tell_costs", amount_minor=150, seconds=31)
    await eventually(lambda: display.costs == [(reference, 1.23), (reference, 1.5)])
    expected = "DataTransfer" if station.wire.subprotocol == "ocpp1.6" else "CostUpdated"

    def told() -> int:
        frames = site.do("frames", identity=identity)
        sent = [frame["action"] for frame in frames if frame["direction"] == "out"]
        return sent.count(expected)

    # the frame log is written a moment after the frame is out
    await eventually(lambda: told() == 2)


async def test_words_of_a_make_carry_tariff_and_bill(
    site: Site, dial: Dial, identity: str, card: str
) -> None:
    """OCPP 1.6: what the answers cannot carry comes by DataTransfer in the standard dialect."""
    station = dial(identity, "1.6")
    await station.connect()
    await station.boot()
    reference = await charging(site, station, identity, card)
    display = station.desk.display
    site.do("tell_costs", amount_minor=100, text="0.45 EUR/kWh")
    await eventually(lambda: display.tariffs == {card: "0.45 EUR/kWh"})
    await eventually(lambda: display.costs == [(reference, 1.0)])
    tx = station.model.evse(1).tx
    assert tx is not None
    await station.stop(tx)
    site.do("tell_costs", amount_minor=420)
    await eventually(lambda: display.bills == {reference: 4.2})


async def test_messages_come_and_go(site: Site, dial: Dial, identity: str) -> None:
    station = dial(identity, "2.0.1")
    await station.connect()
    await station.boot()

    def rows() -> list[Any]:
        return [
            (row["number"], row["content"], row["status"])
            for row in site.do("display_messages", identity=identity)
        ]

    first = site.do("show_message", identity=identity, content="Maintenance on Monday")
    assert (await finished(site, first))["status"] == "accepted"
    assert station.desk.display.texts() == ["Maintenance on Monday"]
    assert rows() == [(1000, "Maintenance on Monday", "shown")]

    station.desk.display.messages[7] = {
        "id": 7,
        "priority": "InFront",
        "message": {"format": "UTF8", "content": "By the maker"},
    }
    await finished(site, site.do("ask_display", identity=identity))
    await station.settle()
    assert rows() == [(7, "By the maker", "shown"), (1000, "Maintenance on Monday", "shown")]

    clear = site.do("clear_message", identity=identity, number=7)
    assert (await finished(site, clear))["status"] == "accepted"
    assert station.desk.display.texts() == ["Maintenance on Monday"]
    del station.desk.display.messages[1000]
    await finished(site, site.do("ask_display", identity=identity))
    assert [status for _, _, status in rows()] == ["cleared", "cleared"]
