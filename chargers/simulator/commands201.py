"""Orders of OCPP 2.0.1 to the command desk: one small function an action."""

from __future__ import annotations

from collections.abc import Callable

from chargers.simulator.certificate_commands import HANDLERS_201, signing_or
from chargers.simulator.charging201 import CHARGING_201, decode_profile
from chargers.simulator.commands import CommandDesk
from chargers.simulator.local_list import ListEntry
from chargers.simulator.neutral import IdToken, Json, Raw, Reason
from chargers.simulator.outcome import Outcome, Topic
from chargers.simulator.variables201 import (
    PAGE,
    VariableStore,
    check_items,
    covers,
    decode_name,
    encode_name,
    in_state,
    report_row,
    send_pages,
)
from chargers.simulator.wire import parse_instant, parse_optional, stamp

TOPICS = {
    "BootNotification": Topic.BOOT,
    "FirmwareStatusNotification": Topic.FIRMWARE,
    "Heartbeat": Topic.HEARTBEAT,
    "LogStatusNotification": Topic.UPLOAD,
    "MeterValues": Topic.METER,
    "StatusNotification": Topic.STATUS,
    "TransactionEvent": Topic.TRANSACTION,
}


def decode_token(raw: Json) -> IdToken:
    return IdToken(raw["idToken"], raw["type"])


def request_start(payload: Json, desk: CommandDesk) -> Json:
    profile = payload.get("chargingProfile")
    outcome = desk.remote_start(
        evse=payload.get("evseId"),
        id_token=decode_token(payload["idToken"]),
        remote_start_id=int(payload["remoteStartId"]),
        profile=decode_profile(profile) if profile else None,
    )
    return {"status": str(outcome)}


def request_stop(payload: Json, desk: CommandDesk) -> Json:
    return {"status": str(desk.remote_stop(payload["transactionId"]))}


def transaction_status(payload: Json, desk: CommandDesk) -> Json:
    reference = payload.get("transactionId")
    answer: Json = {"messagesInQueue": desk.has_queued(reference)}
    if reference is not None:
        answer["ongoingIndicator"] = desk.model.find_tx(reference) is not None
    return answer


def reset(payload: Json, desk: CommandDesk) -> Json:
    when_idle = {"Immediate": False, "OnIdle": True}[payload["type"]]
    if payload.get("evseId"):
        return {"status": "Rejected"}  # no EVSE of ours restarts alone
    return {"status": str(desk.reset(reason=Reason.HARD_RESET, when_idle=when_idle))}


def change_availability(payload: Json, desk: CommandDesk) -> Json:
    evse = payload.get("evse")
    outcome = desk.change_availability(
        evse=int(evse["id"]) if evse else None,
        operative=payload["operationalStatus"] == "Operative",
    )
    return {"status": str(outcome)}


def unlock_connector(payload: Json, desk: CommandDesk) -> Json:
    number, connector = int(payload["evseId"]), int(payload["connectorId"])
    outcome = desk.unlock(number)
    if outcome is Outcome.UNKNOWN or connector not in _connectors(desk, number):
        return {"status": "UnknownConnector"}
    return {"status": str(outcome)}


def _connectors(desk: CommandDesk, number: int) -> range:
    return range(1, len(desk.model.evse(number).spec.connectors) + 1)


def trigger_message(payload: Json, desk: CommandDesk) -> Json:
    evse = payload.get("evse")
    topic = TOPICS.get(payload["requestedMessage"])
    return {"status": str(desk.trigger(topic, int(evse["id"]) if evse else None))}


def clear_cache(_: Json, desk: CommandDesk) -> Json:
    return {"status": str(desk.clear_cache())}


def data_transfer(payload: Json, desk: CommandDesk) -> Json:
    if payload["vendorId"] != desk.model.hardware.vendor:
        return {"status": "UnknownVendorId"}
    return {"status": "Accepted"}


def send_local_list(payload: Json, desk: CommandDesk) -> Json:
    entries = {
        item["idToken"]["idToken"]: _list_entry(item["idTokenInfo"])
        if item.get("idTokenInfo")
        else None
        for item in payload.get("localAuthorizationList", [])
    }
    full = payload["updateType"] == "Full"
    outcome = desk.update_list(int(payload["versionNumber"]), entries, full=full)
    if outcome is Outcome.NOT_SUPPORTED:
        outcome = Outcome.FAILED  # this version has no word for it
    return {"status": str(outcome)}


def _list_entry(info: Json) -> ListEntry:
    return ListEntry(info["status"], parse_optional(info.get("cacheExpiryDateTime")))


def get_local_list_version(_: Json, desk: CommandDesk) -> Json:
    enabled = desk.model.settings.local_list_enabled
    return {"versionNumber": desk.local_list.version if enabled else 0}


def reserve_now(payload: Json, desk: CommandDesk) -> Json:
    outcome = desk.reserve(
        evse=payload.get("evseId"),
        reservation_id=int(payload["id"]),
        id_token=decode_token(payload["idToken"]),
        expires_at=parse_instant(payload["expiryDateTime"]),
    )
    return {"status": str(outcome)}


def cancel_reservation(payload: Json, desk: CommandDesk) -> Json:
    return {"status": str(desk.cancel_reservation(int(payload["reservationId"])))}


def get_log(payload: Json, desk: CommandDesk) -> Json:
    str(payload["log"]["remoteLocation"])
    return {"status": "Accepted", "filename": desk.upload(int(payload["requestId"]))}


def update_firmware(payload: Json, desk: CommandDesk) -> Json:
    location = str(payload["firmware"]["location"])
    return {"status": str(desk.update_firmware(location, int(payload["requestId"])))}


def set_network_profile(payload: Json, _: CommandDesk) -> Json:
    slot = int(payload["configurationSlot"])
    return {"status": "Accepted" if 1 <= slot <= 3 else "Rejected"}


def customer_information(payload: Json, desk: CommandDesk) -> Json:
    token = (payload.get("idToken") or {}).get("idToken", "")
    if payload["report"]:
        desk.send_soon(
            [
                Raw(
                    "NotifyCustomerInformation",
                    {
                        "data": desk.local_list.known_of(token),
                        "seqNo": 0,
                        "generatedAt": stamp(desk.model.device_time()),
                        "requestId": int(payload["requestId"]),
                    },
                )
            ]
        )
    if payload["clear"] and payload.get("idToken"):
        desk.local_list.cache.discard(payload["idToken"]["idToken"])
    return {"status": "Accepted"}


def set_display_message(payload: Json, desk: CommandDesk) -> Json:
    running = {tx.reference for tx in desk.model.transactions() if tx.reference is not None}
    return {"status": desk.display.show(payload["message"], running)}


def get_display_messages(payload: Json, desk: CommandDesk) -> Json:
    found = desk.display.matching(payload)
    if not found:
        return {"status": "Unknown"}
    pages = [found[start : start + PAGE] for start in range(0, len(found), PAGE)]
    desk.send_soon(
        [
            Raw(
                "NotifyDisplayMessages",
                {
                    "requestId": int(payload["requestId"]),
                    "messageInfo": page,
                    "tbc": number < len(pages),
                },
            )
            for number, page in enumerate(pages, 1)
        ]
    )
    return {"status": "Accepted"}


def clear_display_message(payload: Json, desk: CommandDesk) -> Json:
    return {"status": desk.display.clear(int(payload["id"]))}


def cost_updated(payload: Json, desk: CommandDesk) -> Json:
    desk.display.costs.append((payload["transactionId"], float(payload["totalCost"])))
    return {}


def get_variables(payload: Json, desk: CommandDesk, store: VariableStore) -> Json:
    check_items("GetVariables", len(payload["getVariableData"]))
    results = []
    for item in payload["getVariableData"]:
        name = decode_name(item)
        status, value = store.read(name, desk)
        if item.get("attributeType", "Actual") != "Actual":
            status = "NotSupportedAttributeType"
        result: Json = {**encode_name(name), "attributeStatus": status}
        if status == "Accepted":
            result["attributeValue"] = value
        results.append(result)
    return {"getVariableResult": results}


def set_variables(payload: Json, desk: CommandDesk, store: VariableStore) -> Json:
    check_items("SetVariables", len(payload["setVariableData"]))
    results = []
    for item in payload["setVariableData"]:
        name = decode_name(item)
        if item.get("attributeType", "Actual") != "Actual":
            status = "NotSupportedAttributeType"
        else:
            status = store.write(name, item["attributeValue"], desk)
        results.append({**encode_name(name), "attributeStatus": status})
    return {"setVariableResult": results}


def get_base_report(payload: Json, desk: CommandDesk, store: VariableStore) -> Json:
    base = payload["reportBase"]
    if base == "SummaryInventory":
        return {"status": "NotSupported"}
    rows = [
        report_row(*entry)
        for entry in store.inventory(desk)
        if base == "FullInventory" or entry[1].mutability != "ReadOnly"
    ]
    return send_pages("NotifyReport", "reportData", int(payload["requestId"]), rows, desk)


def get_report(payload: Json, desk: CommandDesk, store: VariableStore) -> Json:
    wanted = [decode_name(item) for item in payload.get("componentVariable", [])]
    check_items("GetReport", len(wanted))
    entries = list(store.inventory(desk))
    values = {name: value for name, _variable, value in entries}
    criteria = payload.get("componentCriteria")
    fitting = in_state(criteria, values) if criteria else set(values)
    rows = [
        report_row(*entry)
        for entry in entries
        if entry[0] in fitting and (not wanted or any(covers(name, entry[0]) for name in wanted))
    ]
    return send_pages("NotifyReport", "reportData", int(payload["requestId"]), rows, desk)


HANDLERS: dict[str, Callable[[Json, CommandDesk], Json]] = {
    **HANDLERS_201,
    **CHARGING_201,
    "CancelReservation": cancel_reservation,
    "ChangeAvailability": change_availability,
    "ClearCache": clear_cache,
    "ClearDisplayMessage": clear_display_message,
    "CostUpdated": cost_updated,
    "CustomerInformation": customer_information,
    "DataTransfer": data_transfer,
    "GetDisplayMessages": get_display_messages,
    "GetLocalListVersion": get_local_list_version,
    "GetLog": get_log,
    "GetTransactionStatus": transaction_status,
    "RequestStartTransaction": request_start,
    "RequestStopTransaction": request_stop,
    "ReserveNow": reserve_now,
    "Reset": reset,
    "SendLocalList": send_local_list,
    "SetDisplayMessage": set_display_message,
    "SetNetworkProfile": set_network_profile,
    "TriggerMessage": signing_or(trigger_message, names_use=True),
    "UnlockConnector": unlock_connector,
    "UpdateFirmware": update_firmware,
}
STORE_HANDLERS: dict[str, Callable[[Json, CommandDesk, VariableStore], Json]] = {
    "GetBaseReport": get_base_report,
    "GetReport": get_report,
    "GetVariables": get_variables,
    "SetVariables": set_variables,
}
