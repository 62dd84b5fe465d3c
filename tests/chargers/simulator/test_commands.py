"""Orders of a CSMS: answered by the schema, carried out by the machine. Both versions."""

from __future__ import annotations

from typing import Any

import pytest

from chargers.simulator import IdToken, NotAuthorized, SimulatedStation, Vehicle
from chargers.simulator.neutral import Reason
from tests.chargers.simulator.fake_csms import FakeCsms, OrderFailed

pytestmark = pytest.mark.asyncio
CARD = "04A1B2C3"
ACCEPTED = {"status": "Accepted"}


class Operator:
    """Gives the same order in the station's own version."""

    def __init__(self, csms: FakeCsms, station: SimulatedStation) -> None:
        self.csms, self.station = csms, station
        self.old = station.wire.subprotocol == "ocpp1.6"

    async def give(
        self, old: tuple[str, dict[str, Any]], new: tuple[str, dict[str, Any]]
    ) -> dict[str, Any]:
        action, payload = old if self.old else new
        answer = await self.csms.order(self.station.identity, action, payload)
        await self.station.settle()
        return answer

    async def start(self, evse: int | None = 1, card: str = CARD) -> dict[str, Any]:
        place = {} if evse is None else {"evseId": evse}
        old_place = {} if evse is None else {"connectorId": evse}
        token = {"idToken": card, "type": "ISO14443"}
        return await self.give(
            ("RemoteStartTransaction", {"idTag": card, **old_place}),
            ("RequestStartTransaction", {"idToken": token, "remoteStartId": 77, **place}),
        )

    async def stop(self, reference: str | None) -> dict[str, Any]:
        assert reference is not None
        return await self.give(
            ("RemoteStopTransaction", {"transactionId": int(reference) if self.old else 0}),
            ("RequestStopTransaction", {"transactionId": reference}),
        )

    async def availability(self, evse: int | None, *, operative: bool) -> dict[str, Any]:
        word = "Operative" if operative else "Inoperative"
        place = {} if evse is None else {"evse": {"id": evse}}
        return await self.give(
            ("ChangeAvailability", {"connectorId": evse or 0, "type": word}),
            ("ChangeAvailability", {"operationalStatus": word, **place}),
        )

    async def limit(self, amps: float, *, evse: int = 1, profile_id: int = 5) -> dict[str, Any]:
        schedule: dict[str, Any] = {
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": amps}],
        }
        common = {
            "stackLevel": 1,
            "chargingProfilePurpose": "TxDefaultProfile",
            "chargingProfileKind": "Relative",
        }
        old = {"chargingProfileId": profile_id, **common, "chargingSchedule": schedule}
        new = {"id": profile_id, **common, "chargingSchedule": [{"id": 1, **schedule}]}
        return await self.give(
            ("SetChargingProfile", {"connectorId": evse, "csChargingProfiles": old}),
            ("SetChargingProfile", {"evseId": evse, "chargingProfile": new}),
        )

    async def same(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        return await self.give((action, payload), (action, payload))


@pytest.fixture
def operator(csms: FakeCsms, station: SimulatedStation) -> Operator:
    return Operator(csms, station)


async def test_remote_start_with_a_car(operator: Operator, station: SimulatedStation) -> None:
    await station.plug_in(1)
    assert (await operator.start())["status"] == "Accepted"
    tx = station.model.evse(1).tx
    assert tx is not None
    assert tx.id_token == IdToken(CARD)
    await station.charge(minutes=30)
    assert await operator.stop(tx.reference) == ACCEPTED
    assert (tx.energy_wh, tx.reason) == (5_520, Reason.REMOTE)
    assert await operator.stop(tx.reference) == {"status": "Rejected"}


async def test_remote_start_waits_for_the_car(
    operator: Operator, station: SimulatedStation
) -> None:
    await operator.start(evse=2)
    assert station.model.evse(2).status == "Preparing"
    await station.wait(seconds=30)
    tx = await station.plug_in(2)
    assert tx is not None
    assert station.model.evse(2).tx is tx


async def test_remote_start_gives_up_without_a_car(
    operator: Operator, station: SimulatedStation
) -> None:
    await operator.start(evse=2)
    await station.wait(seconds=60)
    assert station.model.evse(2).status == "Available"
    assert await station.plug_in(2) is None


async def test_remote_start_picks_the_plug_with_a_car(
    operator: Operator, station: SimulatedStation
) -> None:
    await station.plug_in(2)
    await operator.start(evse=None)
    assert station.model.evse(1).tx is None
    assert station.model.evse(2).tx is not None


async def test_remote_start_is_refused_where_it_cannot_be(
    operator: Operator, station: SimulatedStation
) -> None:
    assert (await operator.start(evse=9))["status"] == "Rejected"
    await station.inject("connector_fault", evse=1)
    assert (await operator.start(evse=1))["status"] == "Rejected"
    assert list(station.model.transactions()) == []


async def test_remote_start_may_ask_first(
    operator: Operator, station: SimulatedStation, csms: FakeCsms
) -> None:
    station.model.settings.authorize_remote = True
    csms.blocked.add(CARD)
    await station.plug_in(1)
    assert (await operator.start())["status"] == "Accepted"
    assert len(csms.seen("Authorize")) == 1
    assert station.model.evse(1).tx is None


async def test_reset_ends_sessions_and_boots(
    operator: Operator, station: SimulatedStation, csms: FakeCsms
) -> None:
    await station.plug_in(1)
    tx = await station.authorize_and_start(1, CARD)
    order = ("Reset", {"type": "Hard"}), ("Reset", {"type": "Immediate"})
    assert await operator.give(*order) == ACCEPTED
    assert tx.reason is Reason.HARD_RESET
    assert len(csms.seen("BootNotification")) == 2
    assert csms.handshakes == 2
    assert station.booted


async def test_reset_on_idle_waits(make_station: Any, csms: FakeCsms) -> None:
    station = make_station("2.0.1")
    await station.connect()
    await station.boot()
    await station.plug_in(1)
    tx = await station.authorize_and_start(1, CARD)
    answer = await csms.order("SIM-1", "Reset", {"type": "OnIdle"})
    assert answer == {"status": "Scheduled"}
    await station.charge(minutes=5)
    assert csms.handshakes == 1
    await station.stop(tx)
    await station.charge(minutes=5)
    assert csms.handshakes == 2
    assert csms.seen("BootNotification")[-1]["reason"] == "ScheduledReset"


async def test_availability_of_one_plug_and_of_all(
    operator: Operator, station: SimulatedStation
) -> None:
    assert await operator.availability(1, operative=False) == ACCEPTED
    assert [evse.status for evse in station.model.evses] == ["Unavailable", "Available"]
    assert await operator.availability(None, operative=False) == ACCEPTED
    assert await operator.availability(None, operative=True) == ACCEPTED
    assert [evse.status for evse in station.model.evses] == ["Available", "Available"]
    assert await operator.availability(7, operative=True) == {"status": "Rejected"}


async def test_availability_waits_for_the_session(
    operator: Operator, station: SimulatedStation
) -> None:
    await station.plug_in(1)
    tx = await station.authorize_and_start(1, CARD)
    assert await operator.availability(1, operative=False) == {"status": "Scheduled"}
    assert station.model.evse(1).status == "Charging"
    await station.stop(tx)
    assert station.model.evse(1).status == "Unavailable"


async def test_unlock(operator: Operator, station: SimulatedStation) -> None:
    order = (
        ("UnlockConnector", {"connectorId": 1}),
        ("UnlockConnector", {"evseId": 1, "connectorId": 1}),
    )
    assert await operator.give(*order) == {"status": "Unlocked"}
    await station.plug_in(1)
    tx = await station.authorize_and_start(1, CARD)
    answer = await operator.give(*order)
    if operator.old:
        assert answer == {"status": "Unlocked"}
        assert tx.reason is Reason.UNLOCK_COMMAND
    else:
        assert answer == {"status": "OngoingAuthorizedTransaction"}
        assert tx.reason is None


@pytest.mark.parametrize(
    ("topic", "action"),
    [
        ("BootNotification", "BootNotification"),
        ("Heartbeat", "Heartbeat"),
        ("MeterValues", "MeterValues"),
        ("StatusNotification", "StatusNotification"),
        ("FirmwareStatusNotification", "FirmwareStatusNotification"),
    ],
)
async def test_trigger(operator: Operator, csms: FakeCsms, topic: str, action: str) -> None:
    before = len(csms.seen(action))
    assert await operator.same("TriggerMessage", {"requestedMessage": topic}) == ACCEPTED
    assert len(csms.seen(action)) > before


async def test_clear_cache(operator: Operator, station: SimulatedStation) -> None:
    await station.authorize(CARD)
    assert station.desk.local_list.cache == {CARD}
    assert await operator.same("ClearCache", {}) == ACCEPTED
    assert station.desk.local_list.cache == set()


async def test_data_transfer(operator: Operator) -> None:
    assert await operator.same("DataTransfer", {"vendorId": "Alfen"}) == ACCEPTED
    assert await operator.same("DataTransfer", {"vendorId": "X"}) == {"status": "UnknownVendorId"}


async def test_a_limit_is_obeyed_and_cleared(operator: Operator, station: SimulatedStation) -> None:
    await station.plug_in(1, Vehicle(ac_max_current_a=16))
    tx = await station.authorize_and_start(1, CARD)
    assert await operator.limit(10) == ACCEPTED
    await station.charge(minutes=60)
    old = ("ClearChargingProfile", {"id": 5})
    new = ("ClearChargingProfile", {"chargingProfileId": 5})
    assert await operator.give(old, new) == ACCEPTED
    assert await operator.give(old, new) == {"status": "Unknown"}
    await station.charge(minutes=60)
    await station.stop(tx)
    assert tx.energy_wh == 6_900 + 11_040


async def test_a_limit_below_six_amps_suspends(
    operator: Operator, station: SimulatedStation
) -> None:
    await station.plug_in(1)
    tx = await station.authorize_and_start(1, CARD)
    await operator.limit(0)
    await station.charge(minutes=60)
    assert station.model.evse(1).status == "SuspendedEVSE"
    await station.stop(tx)
    assert tx.energy_wh == 0


async def test_composite_schedule(operator: Operator) -> None:
    await operator.limit(10.5)
    order = {"duration": 600, "chargingRateUnit": "A"}
    answer = await operator.give(
        ("GetCompositeSchedule", {"connectorId": 1, **order}),
        ("GetCompositeSchedule", {"evseId": 1, **order}),
    )
    schedule = answer["chargingSchedule"] if operator.old else answer["schedule"]
    assert schedule["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 10.5}]
    assert schedule["duration"] == 600


async def test_local_list(operator: Operator, station: SimulatedStation, csms: FakeCsms) -> None:
    async def send(version: int, kind: str, card: str) -> dict[str, Any]:
        info = {"status": "Accepted"}
        token = {"idToken": card, "type": "ISO14443"}
        old = [{"idTag": card, "idTagInfo": info}]
        new = [{"idToken": token, "idTokenInfo": info}]
        base = {"updateType": kind}
        return await operator.give(
            ("SendLocalList", {"listVersion": version, "localAuthorizationList": old, **base}),
            ("SendLocalList", {"versionNumber": version, "localAuthorizationList": new, **base}),
        )

    key = "listVersion" if operator.old else "versionNumber"
    assert await operator.same("GetLocalListVersion", {}) == {key: 0}
    assert await send(3, "Full", CARD) == ACCEPTED
    assert await send(3, "Differential", "B") == {"status": "VersionMismatch"}
    assert await send(4, "Differential", "B") == ACCEPTED
    assert await operator.same("GetLocalListVersion", {}) == {key: 4}
    station.model.settings.local_pre_authorize = True
    assert await station.authorize("B")
    assert csms.seen("Authorize") == []


async def test_reservation(operator: Operator, station: SimulatedStation, csms: FakeCsms) -> None:
    expiry = "2026-03-02T09:00:00Z"
    order = (
        ("ReserveNow", {"connectorId": 1, "expiryDate": expiry, "idTag": CARD, "reservationId": 8}),
        ("ReserveNow", {"evseId": 1, "expiryDateTime": expiry, "id": 8,
                        "idToken": {"idToken": CARD, "type": "ISO14443"}}),
    )  # fmt: skip
    assert await operator.give(*order) == ACCEPTED
    assert station.model.evse(1).status == "Reserved"
    assert (await operator.start(card="OTHER"))["status"] == "Rejected"
    cancel = {"reservationId": 8}
    assert await operator.same("CancelReservation", cancel) == ACCEPTED
    assert await operator.same("CancelReservation", cancel) == {"status": "Rejected"}
    await operator.give(*order)
    await station.plug_in(1)
    await station.authorize_and_start(1, CARD)
    starts = csms.seen("StartTransaction") or csms.seen("TransactionEvent")
    assert starts[0]["reservationId"] == 8


async def test_a_reservation_expires(operator: Operator, station: SimulatedStation) -> None:
    expiry = "2026-03-02T08:10:00Z"
    token = {"idToken": CARD, "type": "ISO14443"}
    await operator.give(
        ("ReserveNow", {"connectorId": 2, "expiryDate": expiry, "idTag": CARD, "reservationId": 8}),
        ("ReserveNow", {"evseId": 2, "expiryDateTime": expiry, "id": 8, "idToken": token}),
    )
    await station.wait(minutes=9)
    assert station.model.evse(2).status == "Reserved"
    await station.wait(minutes=1)
    assert station.model.evse(2).status == "Available"


async def test_log_upload(operator: Operator, csms: FakeCsms) -> None:
    answer = await operator.give(
        ("GetDiagnostics", {"location": "https://files.example/up"}),
        ("GetLog", {"logType": "DiagnosticsLog", "requestId": 4,
                    "log": {"remoteLocation": "https://files.example/up"}}),
    )  # fmt: skip
    assert answer["fileName" if operator.old else "filename"] == "log-20260302T080000Z.zip"
    action = "DiagnosticsStatusNotification" if operator.old else "LogStatusNotification"
    assert [p["status"] for p in csms.seen(action)] == ["Uploading", "Uploaded"]


async def test_firmware_update(operator: Operator, csms: FakeCsms) -> None:
    firmware = {
        "location": "https://files.example/fw-7.1.2.bin",
        "retrieveDateTime": "2026-03-02T08:00:00Z",
    }
    answer = await operator.give(
        (
            "UpdateFirmware",
            {"location": firmware["location"], "retrieveDate": "2026-03-02T08:00:00Z"},
        ),
        ("UpdateFirmware", {"requestId": 6, "firmware": firmware}),
    )
    assert answer == ({} if operator.old else ACCEPTED)
    assert [p["status"] for p in csms.seen("FirmwareStatusNotification")] == [
        "Downloading",
        "Downloaded",
        "Installing",
        "Installed",
    ]
    boot = csms.seen("BootNotification")[-1]
    assert (boot if operator.old else boot["chargingStation"])["firmwareVersion"] == "7.1.2"


async def test_an_unknown_order_is_not_implemented(operator: Operator) -> None:
    with pytest.raises(OrderFailed) as caught:
        await operator.same("MakeCoffee", {})
    assert caught.value.code == "NotImplemented"
    assert operator.station.connected


async def test_a_malformed_order_is_a_formation_violation(
    operator: Operator, csms: FakeCsms
) -> None:
    with pytest.raises(OrderFailed) as caught:
        await csms.raw_order("SIM-1", "Reset", {"type": "Sideways"})
    expected = "FormationViolation" if operator.old else "FormatViolation"
    assert caught.value.code == expected
    with pytest.raises(OrderFailed):
        await csms.raw_order("SIM-1", "UnlockConnector", [])
    assert await operator.same("ClearCache", {}) == ACCEPTED


async def test_another_card_stops_only_if_allowed(
    station: SimulatedStation, csms: FakeCsms
) -> None:
    csms.blocked.add("OTHER")
    await station.plug_in(1)
    tx = await station.authorize_and_start(1, CARD)
    with pytest.raises(NotAuthorized):
        await station.stop(tx, "OTHER")
    assert station.model.evse(1).tx is tx
    csms.blocked.clear()
    await station.stop(tx, "OTHER")
    assert tx.reason is Reason.LOCAL
