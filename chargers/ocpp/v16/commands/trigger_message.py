"""1.6 section 5.17."""

from __future__ import annotations

from chargers.domain.commands import Outcome, TriggerMessage
from chargers.domain.vocabulary import RequestedMessage
from chargers.ocpp.errors import NotSupportedError
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status

_MESSAGE = {
    RequestedMessage.BOOT_NOTIFICATION: "BootNotification",
    RequestedMessage.HEARTBEAT: "Heartbeat",
    RequestedMessage.METER_VALUES: "MeterValues",
    RequestedMessage.STATUS_NOTIFICATION: "StatusNotification",
    RequestedMessage.FIRMWARE_STATUS_NOTIFICATION: "FirmwareStatusNotification",
    RequestedMessage.LOG_STATUS_NOTIFICATION: "DiagnosticsStatusNotification",
}


def encode(command: TriggerMessage) -> Payload:
    message = _MESSAGE.get(command.requested_message)
    if message is None:
        raise NotSupportedError(f"1.6 cannot trigger {command.requested_message}")
    payload: Payload = {"requestedMessage": message}
    if command.evse:
        payload["connectorId"] = command.evse
    return payload


def decode_outcome(_command: TriggerMessage, payload: Payload) -> Outcome:
    return by_status(payload)
