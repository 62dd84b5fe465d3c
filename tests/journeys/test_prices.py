"""From the price list to the station's display, over a real websocket."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chargers.simulator import SimulatedStation
from tests.journeys.site import Site
from tests.journeys.stations import eventually
from tests.journeys.test_displays import charging

pytestmark = pytest.mark.asyncio


@pytest.fixture
def selling(site: Site, identity: str) -> Iterator[Site]:
    """A site that sells sessions at the station for 1.25 EUR."""
    site.do("sell", identity=identity, fee="1.25")
    yield site
    site.do("stop_selling")


async def test_a_session_has_a_running_cost_and_the_display_shows_it(
    selling: Site, station: SimulatedStation, identity: str, card: str
) -> None:
    reference = await charging(selling, station, identity, card)
    selling.do("price_and_show", seconds=20)

    priced = {"tariff": f"Fee at {identity}", "running": 125, "quoted": 125}
    assert selling.do("price_of", identity=identity) == priced
    await eventually(lambda: station.desk.display.costs == [(reference, 1.25)])
