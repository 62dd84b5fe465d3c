"""Stations whose meters sign: what the driver's page says at the end, both versions by one test."""

from __future__ import annotations

import pytest

from chargers.simulator import Vehicle
from tests.journeys.conftest import Dial
from tests.journeys.site import Site
from tests.journeys.stations import charged, eventually

pytestmark = pytest.mark.asyncio

HOUR_WH = 11_040


@pytest.mark.parametrize("fault", [False, True])
async def test_a_signed_session(
    site: Site, dial: Dial, identity: str, protocol: str, card: str, *, fault: bool
) -> None:
    station = dial(identity, protocol, signs=True)
    await station.connect()
    await station.boot()
    if protocol == "1.6":
        # 1.6 has no place for the key: it is printed on the meter, and entered by a person.
        signer = station.model.signer
        assert signer is not None
        site.do("add_meter_key", identity=identity, key=signer.public_key)
    await station.plug_in(1, Vehicle(ac_max_current_a=16))
    tx = await station.authorize_and_start(1, card)
    await station.charge(minutes=60)
    if fault:
        await station.inject("wrong_signature")
    await station.stop(tx)
    await station.unplug(1)
    check = await eventually(
        lambda: site.do("meter_check", identity=identity), lambda row: bool(row) and row["end"]
    )
    (session,) = site.do("transactions", identity=identity)
    assert session["energy_wh"] == HOUR_WH
    codes = {warning["code"] for warning in session["warnings"]}
    status, page = site.web.get(f"/check/{check['token']}/")
    assert status == 200
    if fault:
        assert check["verdict"] == "invalid"
        assert "A signature is wrong." in check["findings"]
        assert (codes, session["needs_review"]) == ({"signed_values_wrong"}, True)
        assert "A signature is wrong." in page
        return
    assert (check["verdict"], check["findings"]) == ("valid", [])
    assert float(check["energy_wh"]) == HOUR_WH
    assert (codes, session["needs_review"]) == (set(), False)
    assert "The signature is valid" in page
    assert identity not in page
    statuses = [row["status"] for row in site.do("signed_values", identity=identity)]
    assert statuses == ["valid", "valid"]


async def test_a_session_without_a_signing_meter_has_no_page(
    site: Site, dial: Dial, identity: str, protocol: str, card: str
) -> None:
    station = dial(identity, protocol)
    await station.connect()
    await station.boot()
    await charged(site, station, evse=1, uid=card, minutes=5)
    assert site.do("signed_values", identity=identity) == []
    assert site.do("meter_check", identity=identity) is None
