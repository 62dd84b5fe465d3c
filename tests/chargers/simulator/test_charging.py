"""Charging profiles at simulated stations: taken or rejected, obeyed, told, kept or lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from chargers.simulator import SimulatedStation, Vehicle
from chargers.simulator.profiles import Able
from chargers.simulator.settings import Settings
from tests.chargers.simulator.conftest import START, MakeStation
from tests.chargers.simulator.fake_csms import FakeCsms, OrderFailed

pytestmark = pytest.mark.asyncio
CARD = "04A1B2C3"
STATION_MAX = "ChargingStationMaxProfile"


class Csms:
    """Sets and asks about profiles in the station's own version."""

    def __init__(self, csms: FakeCsms, station: SimulatedStation) -> None:
        self.csms, self.station = csms, station
        self.old = station.wire.subprotocol == "ocpp1.6"

    async def order(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        answer = await self.csms.order(self.station.identity, action, payload)
        await self.station.settle()
        return answer

    async def set(self, evse: int = 1, **values: Any) -> str:
        """A TxDefaultProfile of 10 A from now on, or what is said; the station's verdict."""
        profile = self.profile(**values)
        if self.old:
            payload = {"connectorId": evse, "csChargingProfiles": profile}
        else:
            payload = {"evseId": evse, "chargingProfile": profile}
        return str((await self.order("SetChargingProfile", payload))["status"])

    def profile(
        self,
        *,
        id: int = 1,  # noqa: A002 - the standard's own word
        level: int = 0,
        purpose: str = "TxDefaultProfile",
        kind: str = "Absolute",
        unit: str = "A",
        periods: tuple[tuple[float, ...], ...] = ((0, 10),),
        start: datetime | None = START,
        tx: str | None = None,
        schedule: dict[str, Any] | None = None,
        **more: Any,
    ) -> dict[str, Any]:
        steps = [
            {"startPeriod": item[0], "limit": item[1]}
            | ({"numberPhases": item[2]} if len(item) > 2 else {})
            for item in periods
        ]
        content: dict[str, Any] = {
            "chargingRateUnit": unit,
            "chargingSchedulePeriod": steps,
            **(schedule or {}),
        }
        if start is not None and kind != "Relative":
            content["startSchedule"] = start.isoformat()
        common = {"stackLevel": level, "chargingProfileKind": kind, **more}
        if self.old:
            word = "ChargePointMaxProfile" if purpose == STATION_MAX else purpose
            named = {"transactionId": int(tx)} if tx else {}
            return {
                "chargingProfileId": id, "chargingProfilePurpose": word, **common, **named,
                "chargingSchedule": content,
            }  # fmt: skip
        named_new = {"transactionId": tx} if tx else {}
        return {
            "id": id, "chargingProfilePurpose": purpose, **common, **named_new,
            "chargingSchedule": [{"id": 1, **content}],
        }  # fmt: skip

    async def composite(self, unit: str = "A", evse: int = 1, seconds: int = 7200) -> Any:
        place = {"connectorId": evse} if self.old else {"evseId": evse}
        payload = {**place, "duration": seconds, "chargingRateUnit": unit}
        answer = await self.order("GetCompositeSchedule", payload)
        if answer["status"] != "Accepted":
            return answer["status"]
        schedule = answer["chargingSchedule"] if self.old else answer["schedule"]
        return [(item["startPeriod"], item["limit"]) for item in schedule["chargingSchedulePeriod"]]


@pytest.fixture
def desk(csms: FakeCsms, station: SimulatedStation) -> Csms:
    return Csms(csms, station)


async def charging(station: SimulatedStation, evse: int = 1, **vehicle: Any) -> Any:
    await station.plug_in(
        evse, Vehicle(**{"ac_max_current_a": 16, "battery_wh": 500_000, **vehicle})
    )
    return await station.authorize_and_start(evse, CARD)


def power(station: SimulatedStation, evse: int = 1) -> int:
    return station.model.evse(evse).draw.power_w


# -- rejected -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        {"level": 9},
        {"periods": tuple((60 * number, 10) for number in range(25))},
        {"periods": ((60, 10),)},
        {"evse": 3},
        {"evse": 1, "purpose": STATION_MAX},
        {"start": None},
        {"kind": "Recurring"},
        {"purpose": "TxProfile", "tx": "77"},
        {"tx": "77"},
    ],
    ids=",".join,
)
async def test_what_a_real_station_would_reject(
    desk: Csms, station: SimulatedStation, values: dict[str, Any]
) -> None:
    assert await desk.set(**values) == "Rejected"
    assert station.model.profiles.entries == []


async def test_a_unit_that_it_does_not_take(desk: Csms, station: SimulatedStation) -> None:
    station.model.profiles.able = Able(units=("A",))
    assert await desk.set(unit="W", periods=((0, 7_360),)) == "Rejected"
    assert await desk.composite("W") == "Rejected"
    assert await desk.composite("A") == [(0, -1)]
    payload = {"connectorId": 1} if desk.old else {"evseId": 1}
    with pytest.raises(OrderFailed):
        await desk.csms.raw_order(station.identity, "SetChargingProfile", payload)


async def test_there_is_room_for_so_many(desk: Csms, station: SimulatedStation) -> None:
    station.model.profiles.able = Able(max_profiles=2)
    assert await desk.set(id=1) == "Accepted"
    assert await desk.set(id=2, level=1) == "Accepted"
    assert await desk.set(id=3, level=2) == "Rejected"
    assert await desk.set(id=3, level=1) == "Accepted"
    assert [profile.id for _, profile in station.model.profiles.entries] == [1, 3]


async def test_a_session_profile_needs_its_session(desk: Csms, station: SimulatedStation) -> None:
    tx = await charging(station)
    other = "4711"
    assert await desk.set(purpose="TxProfile", tx=other) == "Rejected"
    assert await desk.set(purpose="TxProfile", tx=tx.reference, evse=2) == "Rejected"
    assert await desk.set(purpose="TxProfile", tx=tx.reference) == "Accepted"
    assert await desk.set(purpose="TxProfile", id=2, level=1) == (
        "Accepted" if desk.old else "Rejected"
    )


async def test_what_it_tells_of_itself_agrees(desk: Csms, station: SimulatedStation) -> None:
    station.model.profiles.able = Able(max_stack_level=2, max_periods=3, units=("A",))
    if desk.old:
        wanted = ["ChargeProfileMaxStackLevel", "ChargingScheduleMaxPeriods",
                  "ChargingScheduleAllowedChargingRateUnit", "MaxChargingProfilesInstalled"]  # fmt: skip
        answer = await desk.order("GetConfiguration", {"key": wanted})
        told = {item["key"]: item["value"] for item in answer["configurationKey"]}
        assert [told[name] for name in wanted] == ["2", "3", "Current", "10"]
        return
    names = [("ProfileStackLevel", ""), ("PeriodsPerSchedule", ""), ("RateUnit", ""),
             ("Entries", "ChargingProfiles")]  # fmt: skip
    data = [
        {
            "component": {"name": "SmartChargingCtrlr"},
            "variable": {"name": name, **({"instance": instance} if instance else {})},
        }
        for name, instance in names
    ]
    answer = await desk.order("GetVariables", {"getVariableData": data})
    values = [item["attributeValue"] for item in answer["getVariableResult"]]
    assert values == ["2", "3", "A", "10"]


# -- obeyed ---------------------------------------------------------------------------------------


async def test_purposes_and_levels_stack(desk: Csms, station: SimulatedStation) -> None:
    tx = await charging(station)
    assert power(station) == 11_040
    await desk.set(id=1, periods=((0, 12),))
    assert power(station) == 12 * 690
    await desk.set(id=2, level=1, periods=((0, 8),))
    assert power(station) == 8 * 690
    await desk.set(id=3, purpose="TxProfile", tx=tx.reference, periods=((0, 14),))
    assert power(station) == 14 * 690
    await desk.set(id=4, evse=0, purpose=STATION_MAX, unit="W", periods=((0, 6_900),))
    assert power(station) == 6_900
    await station.stop(tx)
    await station.unplug(1)
    assert await charging(station) is not tx
    assert power(station) == 8 * 690


async def test_the_stations_own_limit_is_shared(desk: Csms, station: SimulatedStation) -> None:
    await charging(station, 1)
    await charging(station, 2)
    await desk.set(evse=0, purpose=STATION_MAX, periods=((0, 20),))
    assert (power(station, 1), power(station, 2)) == (6_900, 6_900)


async def test_periods_end_to_the_second(desk: Csms, station: SimulatedStation) -> None:
    tx = await charging(station)
    await desk.set(periods=((0, 6), (1_003, 10)), schedule={"duration": 1_807})
    await station.charge(seconds=1_003)
    assert power(station) == 6_900
    await station.charge(seconds=804)
    assert power(station) == 11_040
    await station.charge(seconds=1_793)
    await station.stop(tx)
    exact = (6 * 690 * 1_003 + 6_900 * 804 + 11_040 * 1_793) / 3600
    assert abs(tx.energy_wh - exact) <= 1


async def test_validity(desk: Csms, station: SimulatedStation) -> None:
    await charging(station)
    begin, end = START + timedelta(minutes=10), START + timedelta(minutes=20)
    await desk.set(validFrom=begin.isoformat(), validTo=end.isoformat())
    seen = [power(station)]
    for _ in range(2):
        await station.charge(minutes=10)
        seen.append(power(station))
    assert seen == [11_040, 6_900, 11_040]


async def test_a_daily_schedule_returns(desk: Csms, station: SimulatedStation) -> None:
    await desk.set(
        kind="Recurring", recurrencyKind="Daily", start=START - timedelta(days=3, hours=1),
        periods=((0, 6), (7_200, 10)), schedule={"duration": 10_800},
    )  # fmt: skip
    assert await desk.composite(seconds=86_400) == [
        (0, 6), (3_600, 10), (7_200, -1), (82_800, 6),
    ]  # fmt: skip


async def test_a_relative_schedule_counts_from_the_session(
    desk: Csms, station: SimulatedStation
) -> None:
    await desk.set(kind="Relative", periods=((0, 6), (600, 10)))
    await station.wait(minutes=30)
    await charging(station)
    assert power(station) == 6 * 690
    await station.charge(minutes=10)
    assert power(station) == 6_900


async def test_phases_and_the_least_rate(desk: Csms, station: SimulatedStation) -> None:
    await charging(station)
    await desk.set(periods=((0, 16, 1),))
    assert power(station) == 16 * 230
    await desk.set(periods=((0, 7),), schedule={"minChargingRate": 8})
    assert (power(station), station.model.evse(1).status) == (0, "SuspendedEVSE")
    await desk.set(unit="W", periods=((0, 5_520),), schedule={"minChargingRate": 5_520})
    assert power(station) == 5_520


# -- told -----------------------------------------------------------------------------------------


@pytest_asyncio.fixture
async def modern(make_station: MakeStation, csms: FakeCsms) -> Csms:
    station = make_station("2.0.1")
    await station.connect()
    await station.boot()
    return Csms(csms, station)


async def ask(desk: Csms, criteria: dict[str, Any], evse: int | None = None) -> str:
    place = {} if evse is None else {"evseId": evse}
    payload = {"requestId": 5, "chargingProfile": criteria, **place}
    return str((await desk.order("GetChargingProfiles", payload))["status"])


async def test_profiles_are_reported_in_parts(modern: Csms, csms: FakeCsms) -> None:
    assert await ask(modern, {"chargingProfilePurpose": "TxDefaultProfile"}) == "NoProfiles"
    end = (START + timedelta(hours=9)).isoformat()
    for number in range(1, 4):
        await modern.set(id=number, level=number, validTo=end, periods=((0, 10, 3), (60, 8.5)))
    await modern.set(id=4, evse=0, purpose=STATION_MAX, kind="Recurring", recurrencyKind="Weekly",
                     schedule={"duration": 60, "minChargingRate": 6})  # fmt: skip
    await modern.station.limit_from_outside("EMS", limit=9_000)
    assert await ask(modern, {"stackLevel": 0}) == "Accepted"
    assert await ask(modern, {"chargingLimitSource": ["CSO"]}) == "Accepted"
    parts = csms.seen("ReportChargingProfiles")
    told = [
        (part["evseId"], part["chargingLimitSource"], part["tbc"],
         [profile["id"] for profile in part["chargingProfile"]])
        for part in parts
    ]  # fmt: skip
    assert told == [
        (0, "CSO", True, [4]), (0, "EMS", False, [5]),
        (0, "CSO", True, [4]), (1, "CSO", True, [1, 2]), (1, "CSO", False, [3]),
    ]  # fmt: skip
    first = parts[3]["chargingProfile"][0]
    expected = modern.profile(id=1, level=1, periods=((0, 10, 3), (60, 8.5)))
    assert datetime.fromisoformat(first.pop("validTo")) == datetime.fromisoformat(end)
    start = first["chargingSchedule"][0].pop("startSchedule")
    assert datetime.fromisoformat(start) == START
    del expected["chargingSchedule"][0]["startSchedule"]
    assert first == expected


async def test_a_limit_from_outside_holds_until_it_is_lifted(desk: Csms, csms: FakeCsms) -> None:
    station = desk.station
    await charging(station)
    await station.limit_from_outside("EMS", unit="A", limit=8, critical=True)
    assert power(station) == 8 * 690
    clear = {"id": 1} if desk.old else {"chargingProfileId": 1}
    assert await desk.order("ClearChargingProfile", clear) == {"status": "Unknown"}
    assert await desk.composite() == [(0, 8)]
    await station.lift_limit("EMS")
    assert power(station) == 11_040
    if desk.old:
        assert csms.seen("NotifyChargingLimit") == []
        return
    (told,) = csms.seen("NotifyChargingLimit")
    assert told["chargingLimit"] == {"chargingLimitSource": "EMS", "isGridCritical": True}
    assert told["chargingSchedule"][0]["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 8}]
    assert csms.seen("ClearedChargingLimit") == [{"chargingLimitSource": "EMS"}]


async def test_a_vehicle_tells_its_needs_and_its_plan(modern: Csms, csms: FakeCsms) -> None:
    station = modern.station
    await charging(station, soc_percent=35)
    departure = datetime(2026, 3, 2, 17, tzinfo=UTC)
    await station.tell_needs(1, energy_wh=30_000, departure_at=departure)
    await station.tell_plan(1, ((0, 11_000), (900, 7_000)))
    assert csms.seen("NotifyEVChargingNeeds") == [
        {
            "evseId": 1,
            "chargingNeeds": {
                "requestedEnergyTransfer": "AC_three_phase",
                "departureTime": "2026-03-02T17:00:00.000Z",
                "acChargingParameters": {
                    "energyAmount": 30_000, "evMinCurrent": 6, "evMaxCurrent": 16,
                    "evMaxVoltage": 230,
                },
            },
        }
    ]  # fmt: skip
    (plan,) = csms.seen("NotifyEVChargingSchedule")
    assert plan["chargingSchedule"]["chargingSchedulePeriod"] == [
        {"startPeriod": 0, "limit": 11_000}, {"startPeriod": 900, "limit": 7_000},
    ]  # fmt: skip
    with pytest.raises(LookupError):
        await station.tell_needs(2, energy_wh=1)


async def test_a_battery_charged_by_direct_current_tells_its_state(
    make_station: MakeStation, csms: FakeCsms
) -> None:
    station = make_station("2.0.1", model="alpitronic-hyc50")
    await station.connect()
    await station.boot()
    await station.plug_in(1, Vehicle(soc_percent=41.5, battery_wh=77_000))
    await station.tell_needs(1, energy_wh=30_000)
    (told,) = csms.seen("NotifyEVChargingNeeds")
    assert told["chargingNeeds"]["dcChargingParameters"] == {
        "evMaxCurrent": 300, "evMaxVoltage": 400, "energyAmount": 30_000, "stateOfCharge": 41,
        "evEnergyCapacity": 77_000,
    }  # fmt: skip


# -- kept or lost ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "reconnected", "restarted"),
    [
        ({}, [1, 2], [1, 2]),
        ({"keeps_profiles_over_reconnect": False}, [1], [1]),
        ({"keeps_profiles_over_restart": False}, [1, 2], []),
    ],
)
async def test_what_a_make_keeps(  # noqa: PLR0917
    csms: FakeCsms,
    make_station: MakeStation,
    protocol: str,
    settings: dict[str, bool],
    reconnected: list[int],
    restarted: list[int],
) -> None:
    station = make_station(protocol, settings=Settings(**settings))
    await station.connect()
    await station.boot()
    desk = Csms(csms, station)
    tx = await charging(station)
    await desk.set(id=1)
    await desk.set(id=2, purpose="TxProfile", tx=tx.reference, periods=((0, 8),))

    def kept() -> list[int]:
        return [profile.id for _, profile in station.model.profiles.entries]

    await station.inject("offline")
    await station.inject("online")
    assert kept() == reconnected
    await station.inject("reboot_resume")
    assert kept() == restarted


async def test_a_remote_start_may_bring_a_limit(desk: Csms) -> None:
    station = desk.station
    await station.plug_in(1, Vehicle(ac_max_current_a=16))

    async def start(**values: Any) -> str:
        values = {"purpose": "TxProfile", "kind": "Relative", **values}
        profile = {"chargingProfile": desk.profile(**values)}
        if desk.old:
            payload = {"idTag": CARD, "connectorId": 1, **profile}
            return str((await desk.order("RemoteStartTransaction", payload))["status"])
        token = {"idToken": CARD, "type": "ISO14443"}
        payload = {"idToken": token, "remoteStartId": 7, "evseId": 1, **profile}
        return str((await desk.order("RequestStartTransaction", payload))["status"])

    assert await start(purpose="TxDefaultProfile") == "Rejected"
    assert await start(level=9) == "Rejected"
    assert station.model.evse(1).tx is None
    assert await start(periods=((0, 8), (600, 12))) == "Accepted"
    assert power(station) == 8 * 690
    await station.charge(minutes=10)
    assert power(station) == 12 * 690
