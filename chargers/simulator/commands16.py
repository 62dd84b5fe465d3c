"""Orders of OCPP 1.6 to the command desk: one small function an action."""

from __future__ import annotations

import json
from collections.abc import Callable

from chargers.simulator.certificate_commands import HANDLERS_16, signing_or
from chargers.simulator.charging16 import CHARGING_16, decode_profile
from chargers.simulator.commands import CommandDesk
from chargers.simulator.local_list import ListEntry
from chargers.simulator.neutral import IdToken, Json, Reason
from chargers.simulator.outcome import Outcome, Topic
from chargers.simulator.wire import parse_instant, parse_optional

COST_MESSAGES = "org.openchargealliance.costmsg"
TOPICS = {
    "BootNotification": Topic.BOOT,
    "DiagnosticsStatusNotification": Topic.UPLOAD,
    "FirmwareStatusNotification": Topic.FIRMWARE,
    "Heartbeat": Topic.HEARTBEAT,
    "MeterValues": Topic.METER,
    "StatusNotification": Topic.STATUS,
}


def remote_start(payload: Json, desk: CommandDesk) -> Json:
    profile = payload.get("chargingProfile")
    outcome = desk.remote_start(
        evse=payload.get("connectorId"),
        id_token=IdToken(payload["idTag"]),
        profile=decode_profile(profile) if profile else None,
    )
    return {"status": str(outcome)}


def remote_stop(payload: Json, desk: CommandDesk) -> Json:
    return {"status": str(desk.remote_stop(str(int(payload["transactionId"]))))}


def reset(payload: Json, desk: CommandDesk) -> Json:
    reason = {"Hard": Reason.HARD_RESET, "Soft": Reason.SOFT_RESET}[payload["type"]]
    return {"status": str(desk.reset(reason=reason))}


def change_availability(payload: Json, desk: CommandDesk) -> Json:
    outcome = desk.change_availability(
        evse=int(payload["connectorId"]) or None, operative=payload["type"] == "Operative"
    )
    return {"status": str(outcome)}


def unlock_connector(payload: Json, desk: CommandDesk) -> Json:
    evse = int(payload["connectorId"])
    outcome = desk.unlock(evse)
    if outcome is Outcome.ONGOING:
        outcome = desk.stop_for_unlock(evse)
    return {"status": "Unlocked" if outcome is Outcome.UNLOCKED else "NotSupported"}


def trigger_message(payload: Json, desk: CommandDesk) -> Json:
    topic = TOPICS.get(payload["requestedMessage"])
    return {"status": str(desk.trigger(topic, payload.get("connectorId") or None))}


def clear_cache(_: Json, desk: CommandDesk) -> Json:
    return {"status": str(desk.clear_cache())}


def data_transfer(payload: Json, desk: CommandDesk) -> Json:
    if payload["vendorId"] == COST_MESSAGES:
        return {"status": _show_price(payload, desk)}
    if payload["vendorId"] != desk.model.hardware.vendor:
        return {"status": "UnknownVendorId"}
    return {"status": "Accepted"}


def _show_price(payload: Json, desk: CommandDesk) -> str:
    """OCA application note "OCPP & California Pricing Requirements"."""
    data = json.loads(payload["data"])
    match payload.get("messageId"):
        case "SetUserPrice":
            desk.display.tariffs[str(data["idToken"])] = str(data["priceText"])
        case "RunningCost":
            desk.display.costs.append((str(data["transactionId"]), float(data["cost"])))
        case "FinalCost":
            desk.display.bills[str(data["transactionId"])] = float(data["cost"])
        case _:
            return "UnknownMessageId"
    return "Accepted"


def send_local_list(payload: Json, desk: CommandDesk) -> Json:
    entries = {
        item["idTag"]: _list_entry(item["idTagInfo"]) if item.get("idTagInfo") else None
        for item in payload.get("localAuthorizationList", [])
    }
    full = payload["updateType"] == "Full"
    return {"status": str(desk.update_list(int(payload["listVersion"]), entries, full=full))}


def _list_entry(info: Json) -> ListEntry:
    return ListEntry(info["status"], parse_optional(info.get("expiryDate")))


def get_local_list_version(_: Json, desk: CommandDesk) -> Json:
    enabled = desk.model.settings.local_list_enabled
    return {"listVersion": desk.local_list.version if enabled else -1}


def reserve_now(payload: Json, desk: CommandDesk) -> Json:
    outcome = desk.reserve(
        evse=int(payload["connectorId"]) or None,
        reservation_id=int(payload["reservationId"]),
        id_token=IdToken(payload["idTag"]),
        expires_at=parse_instant(payload["expiryDate"]),
    )
    return {"status": str(outcome)}


def cancel_reservation(payload: Json, desk: CommandDesk) -> Json:
    return {"status": str(desk.cancel_reservation(int(payload["reservationId"])))}


def get_diagnostics(payload: Json, desk: CommandDesk) -> Json:
    str(payload["location"])
    return {"fileName": desk.upload()}


def update_firmware(payload: Json, desk: CommandDesk) -> Json:
    desk.update_firmware(str(payload["location"]))
    return {}


def signed_update_firmware(payload: Json, desk: CommandDesk) -> Json:
    firmware = payload["firmware"]
    if "BEGIN CERTIFICATE" not in firmware["signingCertificate"]:
        return {"status": "InvalidCertificate"}
    outcome = desk.update_firmware(str(firmware["location"]), int(payload["requestId"]))
    return {"status": str(outcome)}


def get_log(payload: Json, desk: CommandDesk) -> Json:
    str(payload["log"]["remoteLocation"])
    return {"status": "Accepted", "filename": desk.upload(int(payload["requestId"]))}


HANDLERS: dict[str, Callable[[Json, CommandDesk], Json]] = {
    **HANDLERS_16,
    **CHARGING_16,
    "CancelReservation": cancel_reservation,
    "ChangeAvailability": change_availability,
    "ClearCache": clear_cache,
    "DataTransfer": data_transfer,
    "ExtendedTriggerMessage": signing_or(trigger_message, names_use=False),
    "GetDiagnostics": get_diagnostics,
    "GetLocalListVersion": get_local_list_version,
    "GetLog": get_log,
    "RemoteStartTransaction": remote_start,
    "RemoteStopTransaction": remote_stop,
    "ReserveNow": reserve_now,
    "Reset": reset,
    "SendLocalList": send_local_list,
    "SignedUpdateFirmware": signed_update_firmware,
    "TriggerMessage": trigger_message,
    "UnlockConnector": unlock_connector,
    "UpdateFirmware": update_firmware,
}
